import type { TextPair } from "../../../worker/compute-logits.ts";
import type { Backend, BackendLimits, UpstreamResult } from "../../../worker/backends/backend.ts";
import { CircuitBreaker } from "../../../worker/backends/circuit-breaker.ts";
import { Latencies } from "../../../worker/backends/latencies.ts";
import { sendPairs, type SendContext } from "../../../worker/backends/send-pairs.ts";
import type { UpstreamFailure } from "../../../worker/backends/upstream-failure.ts";
import { DEFAULT_FIT } from "../../../engine/fit-pair.ts";
import {
  logitsInOrder,
  type UpstreamProtocol,
} from "../../../worker/protocols/upstream-protocol.ts";
import { VirtualTime } from "./virtual-time.ts";

/** What a scripted backend answers to a call, and after which time. */
export interface Answer {
  afterMs?: number;
  failure?: UpstreamFailure;
  /** In place of the right ones. */
  scores?: unknown[];
  /** Default: 10 a document. Null: it does not say. */
  tokens?: number | null;
}

export interface SentCall {
  /** Calls before this one. */
  number: number;
  query: string;
  documents: string[];
  startMs: number;
  endMs: number | undefined;
  isAborted: boolean;
  remainingMs: number;
}

/** The smallest protocol there can be: a document that is a number has that number for its logit. */
function numbers(carries: UpstreamProtocol["carries"]): UpstreamProtocol {
  return {
    name: "numbers",
    path: "",
    carries,
    expresses: () => true,
    body: ({ pairs }) => ({
      query: pairs[0]!.query,
      documents: pairs.map(({ document }) => document),
    }),
    read({ body }, pairs) {
      const { scores, tokens } = body as { scores: unknown[]; tokens: number | null };
      return logitsInOrder(scores, "logit", pairs, tokens);
    },
  };
}

/** A list of documents 0, 1, 2, ... of one query. */
export function documents(count: number): TextPair[] {
  return Array.from({ length: count }, (_, index) => ({ query: "q", document: String(index) }));
}

const LIMITS: BackendLimits = {
  maxDocuments: 10,
  maxTokens: 1_000_000,
  maxConcurrency: 6,
  timeoutMs: 10_000,
  maxRetries: 2,
  hedge: false,
};

/** A backend that does what a test says, under a clock that nobody waits for. */
export function scripted(
  answer: (call: SentCall) => Answer = () => ({}),
  limits: Partial<BackendLimits> & { carries?: UpstreamProtocol["carries"] } = {},
) {
  const { carries = "one-query", ...changed } = limits;
  const time = new VirtualTime();
  const calls: SentCall[] = [];
  const underWay = { now: 0, most: 0 };
  const backend: Backend = {
    id: "scripted",
    protocol: numbers(carries),
    model: undefined,
    limits: { ...LIMITS, ...changed },
    async send(body, { signal, remainingMs }): Promise<UpstreamResult> {
      const { query, documents: sent } = body as { query: string; documents: string[] };
      const call: SentCall = {
        number: calls.length,
        query,
        documents: sent,
        startMs: time.nowMs,
        endMs: undefined,
        isAborted: false,
        remainingMs,
      };
      calls.push(call);
      underWay.most = Math.max(underWay.most, ++underWay.now);
      const { afterMs = 100, failure, scores, tokens = 10 * sent.length } = answer(call);
      await time.sleep(afterMs, signal);
      underWay.now -= 1;
      call.endMs = time.nowMs;
      call.isAborted = signal.aborted;
      if (signal.aborted) return { ok: false, failure: { kind: "aborted" } };
      if (failure) return { ok: false, failure };
      const value = { scores: scores ?? sent.map(Number), tokens };
      return { ok: true, value: { body: value, headers: new Headers() } };
    },
  };
  const breaker = new CircuitBreaker(time.now);
  const latencies = new Latencies();
  const send = (pairs: readonly TextPair[], context: Partial<SendContext> = {}) => {
    const endMs = time.nowMs + 30_000;
    const tokens = pairs.map(() => 10);
    return time.run(
      sendPairs(
        backend,
        { pairs, tokens, fit: DEFAULT_FIT },
        {
          signal: new AbortController().signal,
          remainingMs: () => endMs - time.nowMs,
          requestId: "r",
          trace: { traceId: "1".repeat(32), flags: "00" },
          breaker,
          latencies,
          probe: false,
          random: () => 0,
          now: time.now,
          sleep: time.sleep,
          ...context,
        },
      ),
    );
  };
  return { backend, time, calls, underWay, breaker, latencies, send };
}
