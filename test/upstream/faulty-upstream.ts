/**
 * A rerank server on this machine that can be told to misbehave, for tests of what calls one.
 *
 * A call is understood by `question.ts`, its answer spoiled by `spoil-results.ts` and sent by `send-answer.ts`; `fault.ts` lists the faults
 * and `fault-schedule.ts` says which calls they strike.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { readFault, type Fault } from "./fault.ts";
import { faultSchedule } from "./fault-schedule.ts";
import { hangUp } from "./hang-up.ts";
import { isScoringPath, readQuestion } from "./question.ts";
import { sendAnswer, sendJson } from "./send-answer.ts";
import { spoilResults } from "./spoil-results.ts";
import { teiInfo } from "./tei-info.ts";
import { recordCall, type OpenCall, type UpstreamCall } from "./upstream-call.ts";

export type { Fault } from "./fault.ts";
export type { UpstreamCall } from "./upstream-call.ts";
export { sigmoid, upstreamLogit } from "./upstream-logit.ts";

export interface UpstreamOptions {
  /** By default one that is free. With that of a closed upstream, it is back. */
  port?: number;
  /** How many texts a call of TEI's form may have, told by `/info` and enforced; 32 by default, as there. Other forms have no limit. */
  maxClientBatchSize?: number;
}

export interface FaultyUpstream {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly url: string;
  /** What it does wrong now; undefined for nothing. Calls that are on their way keep the fault of their arrival. Setting it starts its counts anew. */
  fault: Fault | undefined;
  /** Calls since the start or the last reset, in the order of their arrival. */
  readonly calls: readonly UpstreamCall[];
  /** The most calls that were open at once since then. */
  readonly maxConcurrent: number;
  /** As just started: no fault, no calls; those still open are cut. */
  reset(): void;
  /** Cuts what is open and stops listening. */
  close(): Promise<void>;
}

/** Starts an upstream without a fault, on 127.0.0.1 alone. Whoever starts it closes it. */
export async function startFaultyUpstream({
  port = 0,
  maxClientBatchSize = 32,
}: UpstreamOptions = {}): Promise<FaultyUpstream> {
  let fault: Fault | undefined;
  let strike = faultSchedule(fault);
  let calls: UpstreamCall[] = [];
  let maxConcurrent = 0;
  const open = new Set<ServerResponse>();

  const server = createServer((request, response) => {
    const path = request.url!.split("?")[0]!;
    if (request.method === "PUT" && path === "/fault") return void putFault(request, response);
    const struckBy = strike(path, request.method === "POST" && isScoringPath(path));
    const call = recordCall(request, response, path, struckBy?.kind);
    calls.push(call);
    open.add(response);
    response.once("close", () => open.delete(response));
    maxConcurrent = Math.max(maxConcurrent, open.size);
    if (struckBy?.kind === "refuse") return hangUp(response, "reset");
    void answer(request, response, call, struckBy);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });

  const upstream: FaultyUpstream = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get fault() {
      return fault;
    },
    set fault(next) {
      fault = next;
      strike = faultSchedule(next);
    },
    get calls() {
      return calls;
    },
    get maxConcurrent() {
      return maxConcurrent;
    },
    reset() {
      upstream.fault = undefined;
      cutOpen();
      calls = [];
      maxConcurrent = 0;
    },
    close() {
      cutOpen();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
  return upstream;

  function cutOpen(): void {
    for (const response of open) hangUp(response);
    open.clear();
  }

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    call: OpenCall,
    struckBy: Fault | undefined,
  ): Promise<void> {
    const body = await readText(request);
    if (body === undefined || response.destroyed) return;
    if (call.method === "POST" && isScoringPath(call.path)) {
      const question = readQuestion(call.path, body, maxClientBatchSize);
      if ("status" in question) return sendJson(response, question.status, question.body);
      const { documents, results } = question;
      call.documents = documents;
      const spoiled = question.write(spoilResults(results, documents, struckBy));
      const { writeError } = question;
      return sendAnswer(response, { body: spoiled, writeError }, struckBy);
    }
    const page = pageOf(call.method, call.path);
    if (page === undefined)
      return sendJson(response, 404, JSON.stringify({ message: "Not found" }));
    const writeError = (status: number, error: string): string => JSON.stringify({ error, status });
    return sendAnswer(response, { body: JSON.stringify(page), writeError }, struckBy);
  }

  function pageOf(method: string, path: string): object | undefined {
    if (method !== "GET" && method !== "HEAD") return undefined;
    if (path === "/health") return { status: "ok" };
    return path === "/info" ? teiInfo(maxClientBatchSize) : undefined;
  }

  async function putFault(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readText(request);
    if (body === undefined) return;
    const parsed = readFault(body);
    if ("error" in parsed)
      return sendJson(response, 400, JSON.stringify({ message: parsed.error }));
    upstream.fault = parsed.fault;
    response.writeHead(204).end();
  }
}

/** @returns undefined if the client left before it had sent all */
async function readText(request: IncomingMessage): Promise<string | undefined> {
  try {
    return await text(request);
  } catch (error) {
    if (request.complete) throw error;
    return undefined;
  }
}
