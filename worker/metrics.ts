/**
 * What this isolate has done since it started, for Prometheus.
 *
 * Under TEI's names where they mean what TEI means by them. Labels hold nothing that a caller sent: paths are those of the routes. Each isolate counts
 * by itself and forgets when it ends.
 */
import { queuedRequests } from "./admission.ts";
import { Counter, exposition, Gauge, Histogram } from "./exposition.ts";
import type { Outcome } from "./pair-scores.ts";
import type { StageTimes } from "./stage-times.ts";

/** Seconds. */
const DURATION_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Tokens; no model reads more than 512. */
const LENGTH_BOUNDS = [8, 16, 32, 64, 128, 256, 384, 512];

const httpRequests = new Counter(
  "rerank_http_requests_total",
  "Requests answered, by route and status",
);
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

/** Whether a request asked for one text or pair, or for a list of them; TEI's label `method`. */
export type RequestMethod = "single" | "batch";

/** @param path - The route's, not the request's. */
export function countHttpRequest(path: string, status: number): void {
  httpRequests.add({ path, status: String(status) });
}

export function countSuccess(method: RequestMethod, outcome: Outcome, times: StageTimes): void {
  requests.add({ method });
  successes.add({ method });
  duration.observe(times.totalMs / 1_000);
  tokenization.observe(times.tokenizationMs / 1_000);
  queue.observe(times.queueMs / 1_000);
  inference.observe(times.inferenceMs / 1_000);
  tokens.add({}, outcome.tokens);
  truncated.add({}, outcome.cuts ?? 0);
  const { servedBy, reason, cache } = outcome.provenance;
  routed.add({ served_by: servedBy, reason });
  if (cache) {
    cached.add({ result: "hit" }, cache.hit);
    cached.add({ result: "miss" }, cache.miss);
  }
}

/** A failure counts as a batch: it may have come before anyone knew. @param err - The failure's public code. */
export function countFailure(err: string): void {
  requests.add({ method: "batch" });
  failures.add({ err });
}

/** @param lengths - Tokens of each text or pair that is going to be computed. */
export function observeInputLengths(lengths: readonly number[]): void {
  for (const length of lengths) inputLength.observe(length);
}

/** All of it in Prometheus' text format. */
export function metricsText(): string {
  return exposition([
    httpRequests,
    requests,
    successes,
    failures,
    duration,
    tokenization,
    queue,
    inference,
    inputLength,
    queueSize,
    tokens,
    truncated,
    routed,
    cached,
  ]);
}

function seconds(name: string, what: string): Histogram {
  return new Histogram(name, `Seconds ${what}`, DURATION_BOUNDS);
}
