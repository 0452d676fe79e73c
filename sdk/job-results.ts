/** A job's results: their bytes, and the rows of them. */
import type { WithResponse } from "./api-promise.ts";
import { invalidResponse } from "./errors.ts";
import type { JobFormat, JobPrediction, JobScore } from "./job-types.ts";
import { bodyOf, chunksOf, openAgain, openEnded, textOf } from "./open-again.ts";
import type { RequestOptions } from "./options.ts";
import { csvRows, jsonRows } from "./read-rows.ts";
import { streamOf } from "./stream-of.ts";
import type { Transport } from "./transport.ts";

const MEDIA_TYPES: Partial<Record<JobFormat, string>> = {
  csv: "text/csv",
  scores: "text/csv",
  jsonl: "application/x-ndjson",
  errors: "application/x-ndjson",
};

/**
 * @param path - Of the job
 * @returns When the service has begun to answer
 */
export async function downloadResults(
  transport: Transport,
  path: string,
  format: JobFormat,
  options: RequestOptions,
): Promise<ReadableStream<Uint8Array>> {
  const search = format === "csv" ? "" : `?format=${format}`;
  const call = { method: "GET", path: `${path}/results${search}`, read: bodyOf } as const;
  const accept = MEDIA_TYPES[format] ?? "*/*";
  const send = (own: RequestOptions): Promise<WithResponse<Response["body"]>> =>
    transport.send(call, openEnded({ ...options, ...own }, { accept }));
  const first = await send({});
  const { headers } = first.response;
  // The caller's own headers may have asked for a range.
  let at = startOf(first.response);
  // NaN is not known: then the answer ends where it ends.
  const end = at + Number(headers.get("content-length") ?? NaN);
  const etag = headers.get("etag");
  // Only of such an answer a range is the rest of the same bytes.
  const canGoOn = etag?.startsWith('"') && end >= 0 && !headers.has("content-encoding");

  const goOn = async (): Promise<Response["body"]> => {
    const range = { range: `bytes=${at}-${end - 1}`, "if-range": etag };
    const { data, response } = await send({
      headers: { ...options.headers, ...range },
      maxRetries: 0,
    });
    if (response.status === 206 && startOf(response) === at) return data;
    data?.cancel().catch(() => {});
    throw invalidResponse(
      "The results are others than when their download began: ask for them again.",
      response,
    );
  };
  const { timeout } = transport.timeoutsOf(options);
  let isFirst = true;
  return streamOf(options.signal, (signal) => {
    const patience = canGoOn ? { ...options, signal } : { ...options, signal, maxRetries: 0 };
    const reopening = { call, options: patience, endsAtMs: Infinity };
    return openAgain(transport, reopening, async function* (alive) {
      if (!isFirst && at === end) return true;
      const body = isFirst ? first.data : await goOn();
      isFirst = false;
      if (body)
        for await (const chunk of chunksOf(body, () => timeout, signal)) {
          at += chunk.length;
          alive();
          yield chunk;
        }
      return at < end ? undefined : true;
    });
  });
}

/** Place of an answer's first byte in the file. */
function startOf({ status, headers }: Response): number {
  return status === 206 ? Number(/^bytes (\d+)-/.exec(headers.get("content-range") ?? "")?.[1]) : 0;
}

/** @see downloadResults */
export async function* resultRows(
  transport: Transport,
  path: string,
  format: JobFormat,
  options: RequestOptions,
): AsyncGenerator<unknown, void, undefined> {
  const body = await downloadResults(transport, path, format, options);
  // The stream itself waits no longer than it may.
  const text = textOf(chunksOf(body, () => Infinity, undefined));
  if (format === "jsonl" || format === "errors") return yield* jsonRows(text);
  let isHeader = format === "scores";
  for await (const fields of csvRows(text)) {
    if (!isHeader) yield format === "scores" ? scoreOf(fields) : predictionOf(fields);
    isHeader = false;
  }
}

function predictionOf([row, prediction = "", file = ""]: string[]): JobPrediction {
  return { row: Number(row), prediction, file };
}

function scoreOf([file = "", row, index, label, score]: string[]): JobScore {
  return {
    file,
    row: Number(row),
    index: index ? Number(index) : null,
    label: label || null,
    score: Number(score),
  };
}
