/** An upload: in one request, or in parts. */
import type { StoredFile } from "./file-types.ts";
import { isRerankError, rerankError, type RerankError } from "./errors.ts";
import type { UploadOptions, UploadState } from "./files.ts";
import { inParallel } from "./in-parallel.ts";
import type { RequestOptions } from "./options.ts";
import type { Transport } from "./transport.ts";

/** Bytes that are sent in one request, if there are no more. */
const MAX_WHOLE_BYTES = 16 * 1024 * 1024;

/** Parts that are under way at once. */
const CONCURRENCY = 3;

/** The slowest connection that a request's time is enough for. */
const BYTES_PER_MS = 64;

/** What all requests of an upload have. */
interface Upload {
  transport: Transport;
  path: string;
  blob: Blob;
  /** Of a request that sends so many bytes. */
  optionsOf: (bytes: number, signal?: AbortSignal) => RequestOptions;
}

/** @param path - Of the file, such as `/files/pairs.csv` */
export async function uploadFile(
  transport: Transport,
  path: string,
  data: Blob | Uint8Array | string,
  { onProgress, resume, onState, ...options }: UploadOptions,
): Promise<StoredFile> {
  const blob =
    typeof data === "string" || ArrayBuffer.isView(data)
      ? new Blob([data as Uint8Array<ArrayBuffer>])
      : data;
  const { timeout, totalTimeout } = transport.timeoutsOf(options);
  const endsAtMs = Date.now() + totalTimeout;
  const optionsOf = (bytes: number, signal = options.signal): RequestOptions => ({
    ...options,
    signal,
    timeout: options.timeout ?? timeout + bytes / BYTES_PER_MS,
    totalTimeout: endsAtMs - Date.now(),
  });
  const upload: Upload = { transport, path, blob, optionsOf };
  try {
    if (resume || blob.size > MAX_WHOLE_BYTES)
      return await uploadParts(upload, { onProgress, resume, onState });
    const call = { method: "PUT", path, bytes: blob } as const;
    const { data: file } = await transport.send<StoredFile>(call, optionsOf(blob.size));
    onProgress?.(blob.size, blob.size);
    return file;
  } catch (error) {
    throw isUnreadable(error) ? unreadable(error) : error;
  }
}

async function uploadParts(
  upload: Upload,
  { onProgress, resume, onState }: UploadOptions,
): Promise<StoredFile> {
  const { transport, path, blob, optionsOf } = upload;
  const begun: Pick<UploadState, "uploadId" | "partBytes"> =
    resume ?? (await send(upload, "POST", "?uploads"));
  const { uploadId, partBytes } = begun;
  if (!(partBytes >= 1))
    throw rerankError("invalid_request", "The state of an upload has partBytes of at least 1.", {
      code: "invalid_value",
      param: "resume.partBytes",
    });
  const search = `?uploadId=${encodeURIComponent(uploadId)}`;
  const etags = new Map(resume?.parts.map(({ partNumber, etag }) => [partNumber, etag]));
  const numbers = Array.from({ length: Math.ceil(blob.size / partBytes) }, (_, index) => index + 1);
  const spanOf = (partNumber: number): [start: number, end: number] => [
    (partNumber - 1) * partBytes,
    Math.min(partNumber * partBytes, blob.size),
  ];
  const partsThere = (): UploadState["parts"] =>
    numbers.flatMap((partNumber) => {
      const etag = etags.get(partNumber);
      return etag === undefined ? [] : [{ partNumber, etag }];
    });
  const ending = new AbortController();
  const put = async (partNumber: number): Promise<void> => {
    const bytes = blob.slice(...spanOf(partNumber));
    const at = `${path}${search}&partNumber=${partNumber}`;
    const { data } = await transport.send<{ etag: string }>(
      { method: "PUT", path: at, bytes },
      optionsOf(bytes.size, ending.signal),
    );
    etags.set(partNumber, data.etag);
    const parts = partsThere();
    const spans = parts.map((part) => spanOf(part.partNumber));
    onState?.({ uploadId, partBytes, parts });
    onProgress?.(
      spans.reduce((sum, [start, end]) => sum + end - start, 0),
      blob.size,
    );
  };
  try {
    if (!resume) onState?.({ uploadId, partBytes, parts: [] });
    const missing = numbers.filter((partNumber) => !etags.has(partNumber));
    const { signal } = optionsOf(0);
    await inParallel(missing, CONCURRENCY, { ending, signal }, put);
    return await complete(upload, search, partsThere());
  } catch (error) {
    // Nobody can go on with it. Nor does anybody wait for its end: the service ends it itself one day.
    if (!onState && !resume) {
      const own = { signal: undefined, totalTimeout: undefined, maxRetries: 0 };
      const call = { method: "DELETE", path: path + search, read: async () => {} } as const;
      transport.send(call, { ...optionsOf(0), ...own }).catch(() => {});
    }
    throw error;
  }
}

async function complete(
  upload: Upload,
  search: string,
  parts: UploadState["parts"],
): Promise<StoredFile> {
  try {
    return await send(upload, "POST", search, { parts });
  } catch (error) {
    if (!isRerankError(error) || error.code !== "unknown_upload") throw error;
    // An upload that is complete is not known any longer: perhaps it was the answer that got lost.
    const file = await send<StoredFile>(upload, "GET", "").catch(() => undefined);
    if (file?.bytes === upload.blob.size && file.etag.endsWith(`-${parts.length}`)) return file;
    throw error;
  }
}

async function send<T>(
  { transport, path, optionsOf }: Upload,
  method: "GET" | "POST",
  search: string,
  body?: object,
): Promise<T> {
  const { data } = await transport.send<T>({ method, path: path + search, body }, optionsOf(0));
  return data;
}

/** As Node says it, whose `fetch` wraps it: a file's bytes are read when they are sent. */
function isUnreadable(error: unknown): boolean {
  if (!isRerankError(error, "connection")) return false;
  const cause = error.cause as Error | undefined;
  return [cause, cause?.cause].some((each) => (each as Error)?.name === "NotReadableError");
}

function unreadable(cause: unknown): RerankError {
  return rerankError(
    "invalid_request",
    "The file cannot be read, or was changed while it was uploaded: upload it anew.",
    { code: "unreadable", param: "data", cause },
  );
}
