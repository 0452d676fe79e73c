/** What local mode can be told. */
import type { PackedModel } from "../../engine/index.ts";
import type { ClientOptions } from "../options.ts";

/** Of the files of a model that are read now. */
export interface LoadProgress {
  loadedBytes: number;
  totalBytes: number;
}

/**
 * Gives a file of a packed model by its name: first `model.json`, then those that it names. For hosts that keep files in their own way, such as
 * `(file) => env.ASSETS.fetch("https://assets.local/model/" + file)` in a Worker.
 */
export type ModelReader = (file: string, signal?: AbortSignal) => Promise<Response>;

/** A packed model whose files are read: the parsed model.json, the bytes of weights.safetensors, the text of tokenizer.json. */
export type ModelFiles = PackedModel;

/** A Web Worker as far as local mode uses one. */
export interface WorkerLike {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  // Any event: a page's own types for it need those of the DOM.
  // oxlint-disable-next-line typescript/no-explicit-any
  addEventListener(type: "message" | "error", listener: (event: any) => void): void;
  terminate(): void;
}

export interface LocalClientOptions extends Pick<
  ClientOptions,
  "totalTimeout" | "logger" | "logLevel"
> {
  /**
   * Where the model is: a folder's path or `file:` address (not in browsers), the address of a folder that is served, read files, or what reads
   * them. Relative addresses are the page's. Default: the model that comes with this package; in browsers and Workers there is none, since they
   * cannot read a package's files: copy `node_modules/@x/rerank-sdk/model/` to what is served.
   */
  model?: string | URL | ModelReader | ModelFiles | undefined;
  /** Called as files of the model arrive, and at their end. */
  onProgress?: ((progress: LoadProgress) => void) | undefined;
  /** Ends loading: what waits for it fails with an `AbortedError`. */
  signal?: AbortSignal | undefined;
  /**
   * Whether files that were downloaded are kept in the Cache Storage, where there is one, under the SHA-256 that model.json says. A kept file is
   * checked by it whenever it is loaded, and an older version is deleted.
   * @default true
   */
  cache?: boolean | undefined;
  /**
   * The compiled `@x/rerank-sdk/engine.wasm`, for hosts that may not compile it themselves: in a Worker what `import` gives for it; there,
   * `ctx.waitUntil(client.load())` in each request lets the model load to its end although the first client hangs up. Default: this package's
   * own copy is compiled.
   */
  engine?: WebAssembly.Module | undefined;
  /**
   * Whether a Web Worker computes, so that the page stays responsive; or what starts it, for bundlers that must be told: its script is
   * `@x/rerank-sdk/local/worker`. Otherwise the calling thread is blocked for up to 512 tokens at a time. Default: true in pages, else false.
   */
  worker?: boolean | (() => WorkerLike) | undefined;
}
