/** The backends of this deployment, each with what the isolate has seen of it. Another isolate may have seen other things. */
import { env } from "cloudflare:workers";
import { SETTINGS } from "../deployed-settings.ts";
import type { Backend } from "./backend.ts";
import { CircuitBreaker, type CircuitState } from "./circuit-breaker.ts";
import { Latencies } from "./latencies.ts";
import { makeBackend } from "./make-backend.ts";

export interface DeployedBackend {
  backend: Backend;
  breaker: CircuitBreaker;
  latencies: Latencies;
}

const backends = new Map<string, DeployedBackend>();

if (SETTINGS.ok) {
  for (const [model, settings] of SETTINGS.value.backends) {
    backends.set(model, {
      backend: makeBackend(settings, env as unknown as Record<string, unknown>),
      breaker: new CircuitBreaker(Date.now),
      latencies: new Latencies(),
    });
  }
}

/** The backend of a model; null if it has none. */
export function backendOf(model: { name: string }): DeployedBackend | null {
  return backends.get(model.name) ?? null;
}

/** Each model that has a backend, and the state of its circuit. */
export function circuits(): [model: string, state: CircuitState][] {
  return Array.from(backends, ([model, { breaker }]) => [model, breaker.state]);
}

export function hasBackends(): boolean {
  return backends.size > 0;
}
