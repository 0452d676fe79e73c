/** What the service adds to the engine's own time, and what a deployment uploads. */
import { stat } from "node:fs/promises";
import { bundle, stageProject } from "./bundle.ts";
import { ENGINE_WASM } from "./paths.ts";
import type { Peers } from "./peers/prepare.ts";
import { formatMs, type Section } from "./report.ts";
import { SHORT_REQUEST } from "./short-request.ts";
import { spreadOf } from "./statistics.ts";
import { compileWorker, startWorker, type RunningWorker } from "./workerd.ts";

const MAX_OVERHEAD_MS = 5;
const MAX_WASM_KIB = 64;
const MAX_UPLOAD_MIB = 32;

const WARM_UPS = 10;
const REQUESTS = 30;

export async function measureService(
  { packedModel }: Peers,
  rounds: number,
  print: (line: string) => void,
): Promise<Section> {
  const project = await stageProject("default", packedModel);
  const serviceBundle = await bundle(project, "service");
  const engineBundle = await bundle(project, "engine-only");
  const running: RunningWorker[] = [];
  try {
    const service = await startWorker(await compileWorker(serviceBundle));
    running.push(service);
    const engine = await startWorker(await compileWorker(engineBundle));
    running.push(engine);
    for (let i = 0; i < WARM_UPS; i++) {
      await rankingMs(service);
      await engineMs(engine);
    }
    const ofService: number[] = [];
    const ofEngine: number[] = [];
    const overheads: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const own: number[] = [];
      const bare: number[] = [];
      for (let i = 0; i < REQUESTS; i++) {
        own.push(await rankingMs(service));
        bare.push(await engineMs(engine));
      }
      ofService.push(spreadOf(own).median);
      ofEngine.push(spreadOf(bare).median);
      overheads.push(ofService.at(-1)! - ofEngine.at(-1)!);
    }
    const overhead = spreadOf(overheads);
    const wasmKib = (await stat(ENGINE_WASM)).size / 1024;
    const uploadMib = serviceBundle.uploadKib / 1024;
    print(
      `overhead ${formatMs(overhead)}: service ${formatMs(spreadOf(ofService))}, engine ${formatMs(spreadOf(ofEngine))}`,
    );
    print(`wasm ${wasmKib.toFixed(1)} KiB, bundle ${uploadMib.toFixed(1)} MiB`);
    return {
      title: "Service and sizes",
      notes: [
        `The service's time is a client's: POST of ${SHORT_REQUEST.documents.length} short documents to /v1/rerank over HTTP on the same machine, all of its layers and the client included. ` +
          "The engine's is that of the same texts, tokenizing included, in a Worker that does nothing else, by its own clock. Both run in workerd, asked in turn; each round is the median of " +
          `${REQUESTS} requests after ${WARM_UPS} to warm up, and the figures are over the rounds.`,
        "The bundle is `Total Upload` of `wrangler deploy --dry-run` with the default model, whose files are static assets and not in it.",
      ],
      measures: [
        {
          what: "service, 10 short documents",
          ours: formatMs(spreadOf(ofService)),
          peer: "the engine alone",
          theirs: formatMs(spreadOf(ofEngine)),
        },
        {
          what: "service over the engine",
          ours: formatMs(overhead),
          target: {
            text: `at most ${MAX_OVERHEAD_MS} ms`,
            met: overhead.median <= MAX_OVERHEAD_MS,
          },
        },
        {
          what: "engine's wasm",
          ours: `${wasmKib.toFixed(1)} KiB`,
          target: { text: `at most ${MAX_WASM_KIB} KiB`, met: wasmKib <= MAX_WASM_KIB },
        },
        {
          what: "bundle",
          ours: `${uploadMib.toFixed(1)} MiB`,
          target: { text: `at most ${MAX_UPLOAD_MIB} MiB`, met: uploadMib <= MAX_UPLOAD_MIB },
        },
      ],
    };
  } finally {
    for (const worker of running) await worker.stop();
  }
}

async function rankingMs(service: RunningWorker): Promise<number> {
  const start = performance.now();
  await service.post("/v1/rerank", SHORT_REQUEST);
  return performance.now() - start;
}

async function engineMs(engine: RunningWorker): Promise<number> {
  const { query, documents } = SHORT_REQUEST;
  const pairs = documents.map((document) => [query, document]);
  return ((await engine.post("/", { pairs })) as { engineMs: number }).engineMs;
}
