/** Local mode's worker as the page sees it. */
import { rerankError, type RerankError } from "../errors.ts";
import { loadError } from "./load-error.ts";
import { closed, type LocalAnswer, type LocalHost, type LocalRequest } from "./local-host.ts";
import type { LocalClientOptions, ModelFiles, ModelReader, WorkerLike } from "./options.ts";
import { readModel } from "./read-model.ts";
import { isRead, sourceOf } from "./model-source.ts";
import type { FromWorker, ToWorker } from "./worker-messages.ts";

/** A global, by which bundlers find the script. */
declare const Worker: new (url: URL, options: { type: "module"; name: string }) => WorkerLike;

/** Whether a worker computes unless the caller says otherwise: on a page, which would else stand still. */
export function isPage(): boolean {
  const { document, process } = globalThis as {
    document?: unknown;
    process?: { versions?: { node?: string } };
  };
  return (
    document !== undefined && typeof Worker === "function" && process?.versions?.node === undefined
  );
}

/** A worker with a loaded model. @throws RerankError */
export async function startWorker(
  options: LocalClientOptions,
  start: () => WorkerLike = startOwn,
): Promise<LocalHost> {
  const { signal, cache, engine, onProgress } = options;
  const [model, transfer] = await forWorker(options);
  if (signal?.aborted) throw loadError(undefined, signal);
  const worker = start();
  const host = new WorkerHost(worker);
  const end = (): void => host.fail(loadError(undefined, signal));
  signal?.addEventListener("abort", end);
  try {
    await host.load({ type: "load", model, cache, engine }, transfer, onProgress);
    return host;
  } catch (error) {
    host.close();
    throw error;
  } finally {
    signal?.removeEventListener("abort", end);
  }
}

/** Bundlers look for these very words, and put the script where they then point. */
function startOwn(): WorkerLike {
  return new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "rerank" });
}

/** What a worker can be sent of the option `model`, and what of that is given away to it: a function is called here. */
async function forWorker(
  options: LocalClientOptions,
): Promise<[string | ModelFiles, ArrayBuffer[]]> {
  const { model } = options;
  if (isRead(model)) return [model, []];
  const source = sourceOf(model as string | URL | ModelReader | undefined);
  if (source.url) return [source.url.href, []];
  try {
    const { manifest, weights, tokenizer } = await readModel(source, options, true);
    return [{ manifest, weights, tokenizer }, [weights.buffer]];
  } catch (error) {
    throw loadError(error, options.signal);
  }
}

interface Deferred<T> {
  promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/** What Node 20 has not yet as `Promise.withResolvers`. */
function deferred<T>(): Deferred<T> {
  let settle!: Omit<Deferred<T>, "promise">;
  const promise = new Promise<T>((resolve, reject) => (settle = { resolve, reject }));
  // Nobody may wait for it when it fails.
  promise.catch(() => {});
  return { promise, ...settle };
}

class WorkerHost implements LocalHost {
  readonly #worker: WorkerLike;
  readonly #open = new Map<number, Deferred<LocalAnswer>>();
  readonly #loaded = deferred<void>();
  #lastId = 0;
  #failure: RerankError | undefined;
  #onProgress: LocalClientOptions["onProgress"];

  constructor(worker: WorkerLike) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: { data: FromWorker }) => this.#receive(data));
    worker.addEventListener("error", () =>
      this.fail(
        rerankError(
          "server",
          "The worker failed, or could not be started: its script must be where the page's policy allows, or be told with the option worker.",
          { code: "worker_failed", param: "worker" },
        ),
      ),
    );
  }

  async load(
    message: ToWorker & { type: "load" },
    transfer: ArrayBuffer[],
    onProgress: LocalClientOptions["onProgress"],
  ): Promise<void> {
    this.#onProgress = onProgress;
    this.#worker.postMessage(message, transfer);
    await this.#loaded.promise;
  }

  async answer(request: LocalRequest, signal: AbortSignal): Promise<LocalAnswer> {
    if (this.#failure) throw this.#failure;
    signal.throwIfAborted();
    const id = ++this.#lastId;
    const answered = deferred<LocalAnswer>();
    this.#open.set(id, answered);
    const abort = (): void => {
      this.#worker.postMessage({ type: "abort", id } satisfies ToWorker, []);
      answered.reject(signal.reason);
    };
    signal.addEventListener("abort", abort);
    try {
      this.#worker.postMessage({ type: "request", id, request } satisfies ToWorker, []);
      return await answered.promise;
    } finally {
      this.#open.delete(id);
      signal.removeEventListener("abort", abort);
    }
  }

  /** Ends the worker and all that waits for it. */
  fail(failure: RerankError): void {
    this.#failure ??= failure;
    this.#worker.terminate();
    this.#loaded.reject(failure);
    for (const answered of this.#open.values()) answered.reject(failure);
  }

  close(): void {
    this.fail(closed());
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case "progress":
        this.#onProgress?.(message.progress);
        break;
      case "loaded":
        this.#loaded.resolve();
        break;
      case "failed": {
        const { kind, message: sentence, ...facts } = message.failure;
        this.fail(rerankError(kind, sentence, facts));
        break;
      }
      case "answer":
        this.#open.get(message.id)?.resolve(message.answer);
    }
  }
}
