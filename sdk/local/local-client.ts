import { RerankClient } from "../client.ts";
import { localFetch } from "./local-fetch.ts";
import { closed, type LocalHost } from "./local-host.ts";
import type { LocalClientOptions } from "./options.ts";
import { isPage, startWorker } from "./worker-host.ts";

/** Longest wait that timers know, 25 days: a call here waits for nobody but its own computing. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * A client that computes by itself what others ask of a service: the same methods, types and errors, and the same bytes of scores. Limits
 * of size are none, and neither are routes, caches and `azure.swagger()`. It loads its model with the first call, or with {@link load}.
 *
 * Calls that come together take turns. Without a worker, they block the thread for up to 512 tokens at a time.
 *
 * @example
 * ```ts
 * const client = new LocalRerankClient();
 * const { results } = await client.rerank({ query: "red planet", documents: ["Venus", "Mars"] });
 * ```
 */
export class LocalRerankClient extends RerankClient {
  readonly #host: LazyHost;

  constructor(options: LocalClientOptions = {}) {
    const host = new LazyHost(options);
    const { totalTimeout, logger, logLevel } = options;
    super({
      baseURL: "http://local.invalid",
      apiKey: "",
      timeout: NO_TIMEOUT_MS,
      maxRetries: 0,
      totalTimeout,
      logger,
      logLevel,
      fetch: localFetch(() => host.get()),
    });
    this.#host = host;
  }

  /** Resolves when the model is loaded. After a failure, the next call tries anew. @throws RerankError */
  async load(): Promise<void> {
    await this.#host.get();
  }

  /** Ends the worker, if there is one, and with it open calls; lets go of the model. Later calls fail. */
  close(): void {
    this.#host.close();
  }
}

/** A {@link LocalRerankClient} that has loaded its model. @throws RerankError */
export async function createLocalClient(
  options: LocalClientOptions = {},
): Promise<LocalRerankClient> {
  const client = new LocalRerankClient(options);
  await client.load();
  return client;
}

/** Loads when it is first needed, and once for all that wait. */
class LazyHost {
  readonly #options: LocalClientOptions;
  #host: Promise<LocalHost> | undefined;
  #isClosed = false;

  constructor(options: LocalClientOptions) {
    this.#options = options;
  }

  async get(): Promise<LocalHost> {
    if (this.#isClosed) throw closed();
    const started = (this.#host ??= start(this.#options).catch((error: unknown) => {
      if (this.#host === started) this.#host = undefined;
      throw error;
    }));
    return started;
  }

  close(): void {
    this.#isClosed = true;
    this.#host?.then((host) => host.close()).catch(() => {});
    this.#host = undefined;
  }
}

async function start(options: LocalClientOptions): Promise<LocalHost> {
  const { worker = isPage() } = options;
  if (worker) return startWorker(options, worker === true ? undefined : worker);
  // A page whose worker computes never loads the engine itself.
  const { startHere } = await import("./start-here.ts");
  return startHere(options);
}
