/**
 * What this isolate has done since it started, for Prometheus.
 *
 * Under TEI's names where they mean what TEI means by them. Labels hold nothing that a caller sent: paths are those of the routes. Each isolate counts
 * by itself and forgets when it ends.
 */
import { queuedRequests, waitingRequests } from "./admission.ts";
import { Counter, exposition, Gauge, Histogram, type Metric } from "./exposition.ts";
import type { RequestEnd } from "./observe/request-end.ts";

/** Seconds. */
const DURATION_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Tokens; no model reads more than 512. */
const LENGTH_BOUNDS = [8, 16, 32, 64, 128, 256, 384, 512];

const httpRequests = new Counter(
  "rerank_http_requests_total",
  "Requests answered, by route and status",
);
const errors = new Counter("rerank_errors_total", "Requests answered with an error, by code");
const requests = new Counter("te_request_count", "Requests that score or tokenize");
const successes = new Counter("te_request_success", "Of these, those that were answered");
const failures = new Counter("te_request_failure", "Of these, those that were refused, by code");
const duration = seconds("te_request_duration", "from the end of the body to the answer");
const tokenization = seconds("te_request_tokenization_duration", "spent on tokenizing");
const queue = seconds("te_request_queue_duration", "spent on waiting for a turn and the model");
const inference = seconds("te_request_inference_duration", "spent on the model");
const inputLength = new Histogram(
  "te_request_input_length",
  "Tokens of each text or pair, after truncation",
  LENGTH_BOUNDS,
);
const tokens = new Counter("rerank_tokens_total", "Tokens computed, special ones included");
const truncated = new Counter(
  "rerank_truncated_documents_total",
  "Documents and texts that did not fit the model's window",
);
const routed = new Counter("rerank_routed_total", "Requests answered, by who computed and why");
const cached = new Counter("rerank_cached_scores_total", "Scores looked up in the cache");
const queueSize = new Gauge(
  "te_queue_size",
  "Requests that are read, wait, are computed or are with the backend",
  queuedRequests,
);

const waiting = new Gauge(
  "rerank_waiting_requests",
  "Requests that wait for their turn at the engine, or have it",
  waitingRequests,
);
const open = new Gauge(
  "rerank_open_requests",
  "Requests of any route that are not answered yet",
  () => openRequests,
);
const uptime = new Gauge(
  "rerank_uptime_seconds",
  "Since the isolate's first request",
  () => (Date.now() - firstRequestAtMs) / 1_000,
);

let openRequests = 0;
/** In production no clock runs before the first request. */
let firstRequestAtMs = 0;

/** A request has come. @param nowMs - Milliseconds since 1970. */
export function countBegin(nowMs: number): void {
  firstRequestAtMs ||= nowMs;
  openRequests += 1;
}

/** A request whose beginning was counted has ended. */
export function countEnd(end: RequestEnd): void {
  openRequests -= 1;
  httpRequests.add({ path: end.route, status: String(end.status) });
  if (end.status >= 400) errors.add({ code: end.code ?? "other" });
  if (end.scoring === undefined) return;
  requests.add({ method: end.scoring });
  if (end.servedBy === undefined || end.reason === undefined) {
    failures.add({ err: end.code ?? "other" });
    return;
  }
  successes.add({ method: end.scoring });
  const { queueMs = 0, tokenizationMs = 0, inferenceMs = 0 } = end;
  duration.observe((queueMs + tokenizationMs + inferenceMs) / 1_000);
  tokenization.observe(tokenizationMs / 1_000);
  queue.observe(queueMs / 1_000);
  inference.observe(inferenceMs / 1_000);
  tokens.add({}, end.tokens ?? 0);
  truncated.add({}, end.truncated ?? 0);
  routed.add({ served_by: end.servedBy, reason: end.reason });
  if (end.cacheHits === undefined) return;
  cached.add({ result: "hit" }, end.cacheHits);
  cached.add({ result: "miss" }, end.cacheMisses ?? 0);
}

/** @param lengths - Tokens of each text or pair that is going to be computed. */
export function observeInputLengths(lengths: readonly number[]): void {
  for (const length of lengths) inputLength.observe(length);
}

/**
 * All of it in Prometheus' text format.
 * @param others - What else there is to tell of the isolate.
 */
export function metricsText(others: readonly Metric[] = []): string {
  return exposition([
    httpRequests,
    errors,
    requests,
    successes,
    failures,
    duration,
    tokenization,
    queue,
    inference,
    inputLength,
    queueSize,
    waiting,
    open,
    uptime,
    tokens,
    truncated,
    routed,
    cached,
    ...others,
  ]);
}

function seconds(name: string, what: string): Histogram {
  return new Histogram(name, `Seconds ${what}`, DURATION_BOUNDS);
}
