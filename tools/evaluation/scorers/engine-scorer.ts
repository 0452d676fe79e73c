import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { readPackedModel } from "../../packed-model.ts";
import { UserError } from "../../user-error.ts";
import type { ThreadAnswer, ThreadData, ThreadRequest } from "./engine-thread.ts";
import type { Scorer } from "./scorer.ts";

export interface EngineOptions {
  /** Threads, each with an engine and a copy of the weights. */
  threads: number;
  /** Window of query and document in tokens, special ones included; undefined: the model's. */
  maxTokens: number | undefined;
}

const ENGINE_WASM = join(import.meta.dirname, "../../../engine/build/engine.wasm");

/** A Worker may not compile, so its types make this class abstract; here it is Node. */
const NodeModule = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module;

/**
 * The engine in threads of this process. Scores are logits; a query is scored by one thread, so its latency is that of one core.
 *
 * @param folder - A packed model.
 * @throws UserError if it is none, is no reranker, or the engine was not built; ModelError if it is damaged
 */
export async function engineScorer(
  folder: string,
  { threads, maxTokens }: EngineOptions,
): Promise<Scorer> {
  const model = await readPackedModel(folder);
  const { name, head, architecture, weights, tokenizer } = model.manifest;
  if (head.labels.length !== 1) {
    throw new UserError(
      `${folder} has ${head.labels.length} labels, and a reranker has one. Choose another --model.`,
    );
  }
  const window = maxTokens ?? architecture.maxSeqLength;
  if (window > architecture.maxSeqLength) {
    throw new UserError(
      `--max-tokens is ${window}, and ${folder} reads at most ${architecture.maxSeqLength}.`,
    );
  }
  const engine = await readEngine();
  const data: ThreadData = { module: new NodeModule(engine), model, maxTokens: window };
  const all = await Promise.all(Array.from({ length: threads }, () => startThread(data)));
  const idle = [...all];
  return {
    name,
    identity: {
      model: name,
      weightsSha256: weights.sha256,
      tokenizerSha256: tokenizer.sha256,
      engineSha256: createHash("sha256").update(engine).digest("hex"),
      maxTokens: window,
    },
    concurrency: threads,
    async score(query, documents) {
      const thread = idle.pop();
      if (!thread) throw new Error(`more than ${threads} calls at once`);
      const answer = await ask(thread, { query, documents });
      idle.push(thread);
      if (answer.kind !== "scored") throw new UserError(describeFailure(answer));
      if (!answer.logits.every(Number.isFinite)) {
        throw new UserError(
          `${folder} gives a logit that is no finite number. The model is damaged or its training diverged: use another one.`,
        );
      }
      return { scores: answer.logits, latencyMs: answer.latencyMs };
    },
    async close() {
      await Promise.all(all.map((thread) => thread.terminate()));
    },
  };
}

async function readEngine(): Promise<Uint8Array> {
  const bytes = await readFile(ENGINE_WASM).catch(() => undefined);
  if (!bytes) throw new UserError("The engine is not built. Run `npm run build` first.");
  return bytes;
}

async function startThread(data: ThreadData): Promise<Worker> {
  const thread = new Worker(join(import.meta.dirname, "engine-thread.ts"), { workerData: data });
  const [answer] = (await once(thread, "message")) as [ThreadAnswer];
  if (answer.kind !== "ready") throw new UserError(describeFailure(answer));
  return thread;
}

async function ask(thread: Worker, request: ThreadRequest): Promise<ThreadAnswer> {
  thread.postMessage(request);
  const [answer] = (await once(thread, "message")) as [ThreadAnswer];
  return answer;
}

function describeFailure(answer: ThreadAnswer): string {
  return answer.kind === "failed" ? answer.message : "The engine gave an answer out of turn.";
}
