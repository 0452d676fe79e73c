import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout } from "node:timers/promises";
import type { Fault } from "./fault.ts";
import { hangUp } from "./hang-up.ts";

/** What can be answered to one call. */
export interface Answer {
  /** The JSON of a 200. */
  body: string;
  /** The JSON of an error. */
  writeError(status: number, message: string): string;
}

const HUGE_BODY_BYTES = 1e10;
const HUGE_BODY_CHUNK = Buffer.from(
  `[${'{"index":0,"score":0.5,"relevance_score":0.5},'.repeat(1500)}`,
);

/** Sends the answer as the fault has it: later, in part, or something else. Resolves when all is handed over or the client has left. */
export async function sendAnswer(
  response: ServerResponse,
  answer: Answer,
  fault: Fault | undefined,
): Promise<void> {
  switch (fault?.kind) {
    case "delay":
      if (await pause(response, fault.ms)) sendJson(response, 200, answer.body);
      return;
    case "hang":
      return;
    case "refuse":
      return hangUp(response, "reset");
    case "cut":
      response.setHeader("content-length", Buffer.byteLength(answer.body));
      response.setHeader("content-type", "application/json");
      response.write(halfOf(answer.body), () => hangUp(response));
      return;
    case "half_body":
      return sendJson(response, 200, halfOf(answer.body));
    case "status":
      if (fault.retryAfter !== undefined) response.setHeader("retry-after", fault.retryAfter);
      if (fault.retryAfterMs !== undefined)
        response.setHeader("retry-after-ms", fault.retryAfterMs);
      return sendError(response, fault.status, answer);
    case "azure_424":
      response.setHeader("ms-azureml-model-error-statuscode", fault.status);
      response.setHeader("ms-azureml-model-error-reason", fault.reason ?? "model_error");
      return sendError(response, 424, answer);
    case "redirect":
      response.writeHead(fault.status ?? 307, { location: fault.to }).end();
      return;
    case "huge_body":
      return sendHugeBody(response, fault.bytes ?? HUGE_BODY_BYTES, fault.declared ?? false);
    case "html":
      response.writeHead(fault.status ?? 200, { "content-type": "text/html; charset=utf-8" });
      response.end("<!doctype html><title>Gateway</title><p>The page is not available.");
      return;
    case "slow_drip":
      return drip(response, Buffer.from(answer.body), fault.ms);
    case "json_string":
      return sendJson(response, 200, JSON.stringify(answer.body));
    case "wrong_count":
    case "nan":
    case "score_out_of_range":
    case "duplicate_index":
    case "index_out_of_range":
    case undefined:
      return sendJson(response, 200, answer.body);
  }
}

/** The whole body at once, with its length. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: string | Uint8Array,
): void {
  response
    .writeHead(status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    })
    .end(body);
}

function sendError(response: ServerResponse, status: number, answer: Answer): void {
  sendJson(response, status, answer.writeError(status, `Told to answer ${status}.`));
}

function halfOf(body: string): Buffer {
  const bytes = Buffer.from(body);
  return bytes.subarray(0, bytes.length >> 1);
}

/** The chunk over and over: what is sent looks like an answer from its beginning, and takes no memory. */
async function sendHugeBody(
  response: ServerResponse,
  bytes: number,
  declared: boolean,
): Promise<void> {
  response.setHeader("content-type", "application/json");
  if (declared) response.setHeader("content-length", bytes);
  function* chunks(): Generator<Buffer> {
    for (let sent = 0; sent < bytes; sent += HUGE_BODY_CHUNK.length) {
      yield HUGE_BODY_CHUNK.subarray(0, bytes - sent);
    }
  }
  try {
    await pipeline(Readable.from(chunks(), { highWaterMark: 1 }), response);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // The client has had enough, which is what this is for.
    if (code !== "ERR_STREAM_PREMATURE_CLOSE" && code !== "ECONNRESET" && code !== "EPIPE")
      throw error;
  }
}

async function drip(response: ServerResponse, bytes: Buffer, ms: number): Promise<void> {
  response.writeHead(200, { "content-type": "application/json", "content-length": bytes.length });
  for (const byte of bytes) {
    response.write(Buffer.of(byte));
    if (!(await pause(response, ms))) return;
  }
  response.end();
}

/** @returns whether the connection is still there after that time; false as soon as it is not */
async function pause(response: ServerResponse, ms: number): Promise<boolean> {
  const gone = new AbortController();
  const abort = (): void => gone.abort();
  response.once("close", abort);
  await setTimeout(ms, undefined, { signal: gone.signal }).catch(() => undefined);
  response.off("close", abort);
  return !gone.signal.aborted && !response.destroyed;
}
