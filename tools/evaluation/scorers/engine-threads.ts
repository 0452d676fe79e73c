import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Head } from "../../../engine/index.ts";
import { readPackedModel } from "../../packed-model.ts";
import { UserError } from "../../user-error.ts";
import type { ThreadAnswer, ThreadData, ThreadRequest } from "./engine-thread.ts";

export interface EngineOptions {
  /** Threads, each with an engine and a copy of the weights. */
  threads: number;
  /** Window in tokens, special ones included; undefined: the model's. */
  maxTokens: number | undefined;
}

/** A packed model at work in threads of this process. */
export interface EngineThreads {
  name: string;
  /** All that its answers depend on, by the name of the setting. */
  identity: Readonly<Record<string, string | number>>;
  /**
   * Gives a request to an idle thread.
   * @throws UserError if the model gives a logit that is no finite number; Error for more calls at once than threads
   */
  ask: <Request extends ThreadRequest>(request: Request) => Promise<AnswerTo<Request>>;
  close: () => Promise<void>;
}

/** The answer whose kind is that of the request. */
type AnswerTo<Request extends ThreadRequest> = Extract<ThreadAnswer, { kind: Request["kind"] }>;

const ENGINE_WASM = join(import.meta.dirname, "../../../engine/build/engine.wasm");

/** A Worker may not compile, so its types make this class abstract; here it is Node. */
const NodeModule = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module;

/**
 * Loads a packed model into threads.
 *
 * @param folder - A packed model.
 * @param check - Called with its head before anything is started; throws if the head does not suit.
 * @throws UserError if it is none, or the engine was not built; ModelError if it is damaged
 */
export async function startEngine(
  folder: string,
  { threads, maxTokens }: EngineOptions,
  check: (head: Head) => void,
): Promise<EngineThreads> {
  const model = await readPackedModel(folder);
  const { name, head, architecture, weights, tokenizer } = model.manifest;
  check(head);
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
    async ask<Request extends ThreadRequest>(request: Request) {
      const thread = idle.pop();
      if (!thread) throw new Error(`more than ${threads} calls at once`);
      thread.postMessage(request);
      const answer = await answerOf(thread);
      idle.push(thread);
      if (answer.kind === "not-finite") {
        throw new UserError(
          `${folder} gives a logit that is no finite number. The model is damaged or its training diverged: use another one.`,
        );
      }
      if (answer.kind !== request.kind) throw new UserError(describeFailure(answer));
      return answer as AnswerTo<Request>;
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
  const answer = await answerOf(thread);
  if (answer.kind !== "ready") throw new UserError(describeFailure(answer));
  return thread;
}

async function answerOf(thread: Worker): Promise<ThreadAnswer> {
  const [answer] = (await once(thread, "message")) as [ThreadAnswer];
  return answer;
}

function describeFailure(answer: ThreadAnswer): string {
  return answer.kind === "failed" ? answer.message : "The engine gave an answer out of turn.";
}
