/** Files that jobs read. */
import { apiPromise, identified, type ApiPromise, type Identified } from "./api-promise.ts";
import { rerankError } from "./errors.ts";
import type { FilePage, StoredFile } from "./file-types.ts";
import type { RequestOptions } from "./options.ts";
import { pagesOf } from "./pages.ts";
import { noBody, type Transport } from "./transport.ts";

/** An upload that has begun, as JSON can keep it: with it another call goes on with the same bytes. The service forgets it after seven days. */
export interface UploadState {
  uploadId: string;
  /** Bytes of each part but the last. */
  partBytes: number;
  /** Those that are there, by their number, which is from 1. */
  parts: { partNumber: number; etag: string }[];
}

/**
 * An upload. `maxRetries` is of each of its requests, `totalTimeout` of all together. Without a `timeout` of its own, a request has the
 * client's and the time that its bytes take at 64 KB a second.
 */
export interface UploadOptions extends RequestOptions {
  /** Called after each request that brought bytes there. What it throws ends the upload. */
  onProgress?: ((sentBytes: number, totalBytes: number) => void) | undefined;
  /** Of an upload of the same bytes that was not finished: what is there is not sent again. */
  resume?: UploadState | undefined;
  /** Called when an upload in parts has begun and after each part, with all that are there. Without it one that fails is given up. */
  onState?: ((state: UploadState) => void) | undefined;
}

/** A list of files. */
export interface ListFilesOptions extends RequestOptions {
  /** Of the names. Default: all files. */
  prefix?: string | undefined;
}

/**
 * The caller's files on a service. A job's body names them by their `uri`.
 *
 * @example
 * ```ts
 * const { uri } = await client.files.upload("pairs.csv", "query,document\nred planet,Mars\n");
 * const job = await client.jobs.create({
 *   properties: { InputData: { pairs: { JobInputType: "UriFile", Uri: uri } } },
 * });
 * ```
 */
export class Files {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Uploads a file, and replaces the one of that name. Up to 16 MiB go in one request, more in parts of that size, three at a time, each
   * tried again on its own.
   *
   * A `Blob` is read as it is sent: in Node, `openAsBlob(path)` of `node:fs` gives one of any size.
   *
   * @param name - May have slashes, and no segments that are empty, `.` or `..`
   * @example
   * ```ts
   * let state: UploadState | undefined;
   * const upload = () =>
   *   client.files.upload("corpus.jsonl", blob, {
   *     resume: state,
   *     onState: (reached) => (state = reached),
   *     onProgress: (sent, total) => console.log(`${sent} of ${total} bytes`),
   *   });
   * const file = await upload().catch(upload); // the second one sends what the first one did not
   * ```
   * @throws InvalidRequestError `unknown_upload` if what is to be resumed is not known any longer: begin anew; `unreadable`, in Node, if
   * the file was changed meanwhile
   */
  async upload(
    name: string,
    data: Blob | Uint8Array | string,
    options: UploadOptions = {},
  ): Promise<StoredFile> {
    const path = pathOf(name);
    const { uploadFile } = await import("./upload-file.ts");
    return uploadFile(this.#transport, path, data, options);
  }

  /**
   * What the service says of a file; not its content.
   *
   * @example
   * ```ts
   * const { bytes, uploadedAt } = await client.files.get("pairs.csv");
   * ```
   */
  get(name: string, options?: RequestOptions): ApiPromise<Identified<StoredFile>> {
    return identified(this.#transport.send({ method: "GET", path: pathOf(name) }, options));
  }

  /**
   * All files, by their names' order, by pages that are asked for as the loop comes to them.
   *
   * @example
   * ```ts
   * for await (const { value } of client.files.list({ prefix: "may/" })) for (const file of value) console.log(file.name);
   * ```
   */
  list({ prefix, ...options }: ListFilesOptions = {}): AsyncGenerator<FilePage, void, undefined> {
    const search = prefix ? `?prefix=${encodeURIComponent(prefix)}` : "";
    return pagesOf<FilePage>(this.#transport, "/files", search, options);
  }

  /**
   * Deletes a file.
   *
   * @example
   * ```ts
   * await client.files.delete("pairs.csv");
   * ```
   * @throws InvalidRequestError `unknown_file` if there is none
   */
  delete(name: string, options?: RequestOptions): ApiPromise<void> {
    const call = { method: "DELETE", path: pathOf(name), read: noBody } as const;
    return apiPromise(this.#transport.send<void>(call, options));
  }
}

/** Addresses are normalised before they are sent: another file would be meant, or no file at all. */
function pathOf(name: string): string {
  if (/(^|\/)(\.{0,2})(\/|$)|\p{Surrogate}/u.test(name))
    throw rerankError(
      "invalid_request",
      "A file's name must be valid Unicode, and its segments must be neither empty nor . or ..",
      { code: "invalid_value", param: "name" },
    );
  return `/files/${name.split("/").map(encodeURIComponent).join("/")}`;
}
