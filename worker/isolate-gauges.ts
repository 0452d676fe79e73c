/** What an isolate has at hand, for Prometheus: its models, and its backends as it has found them. */
import { circuits } from "./backends/deployed-backends.ts";
import type { CircuitState } from "./backends/circuit-breaker.ts";
import { Gauge, type Metric } from "./exposition.ts";
import { loadedModels } from "./model.ts";
import { bundledNames } from "./models.ts";

const CIRCUIT_VALUES: Readonly<Record<CircuitState, number>> = {
  closed: 0,
  "half-open": 1,
  open: 2,
};

export function isolateGauges(): Metric[] {
  return [
    new Gauge(
      "rerank_model_loaded",
      "1: the model is in memory; 0: it is loaded when asked for",
      () => {
        const { names } = loadedModels();
        const known = new Set([...bundledNames(), ...names]);
        return Array.from(known, (model) => [{ model }, names.includes(model) ? 1 : 0] as const);
      },
    ),
    new Gauge(
      "rerank_model_memory_bytes",
      "Memory of all loaded models in WebAssembly, and an estimate of their tokenizers",
      () => loadedModels().bytes,
    ),
    new Gauge("rerank_backend_circuit", "0: closed, 1: half-open, 2: open and left alone", () =>
      circuits().map(([model, state]) => [{ model }, CIRCUIT_VALUES[state]] as const),
    ),
  ];
}
