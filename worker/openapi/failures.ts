/** Examples of every failure, one for each status that a protocol may give it, and which failures the kinds of routes have. */
import type { Failure } from "../errors.ts";
import { LIMITS } from "../limits.ts";

export type FailureKind = Failure["kind"];

export const EXAMPLES: {
  readonly [Kind in FailureKind]: readonly Extract<Failure, { kind: Kind }>[];
} = {
  missing_api_key: [{ kind: "missing_api_key" }],
  several_api_keys: [{ kind: "several_api_keys" }],
  unknown_api_key: [{ kind: "unknown_api_key", isMistyped: false }],
  expired_api_key: [{ kind: "expired_api_key" }],
  invalid_token: [{ kind: "invalid_token", problem: "has expired" }],
  missing_scope: [{ kind: "missing_scope", scope: "jobs" }],
  origin_not_allowed: [{ kind: "origin_not_allowed" }],
  api_keys_unavailable: [{ kind: "api_keys_unavailable" }],
  rate_limited: [{ kind: "rate_limited", requestsPerMinute: 600, retryAfterSeconds: 12 }],
  budget_spent: [
    {
      kind: "budget_spent",
      tokensPerDay: 2_000_000,
      remainingTokens: 12,
      neededTokens: 5_000,
      retryAfterSeconds: 3_600,
    },
  ],
  budget_unavailable: [{ kind: "budget_unavailable" }],
  address_rate_limited: [{ kind: "address_rate_limited" }],
  empty_body: [{ kind: "empty_body" }],
  invalid_utf8: [{ kind: "invalid_utf8" }],
  invalid_json: [{ kind: "invalid_json", problem: "Unexpected end of JSON input" }],
  too_deep: [{ kind: "too_deep", actual: LIMITS.maxJsonDepth + 1 }],
  invalid_value: [{ kind: "invalid_value", param: "model", problem: "must be a string" }],
  // Some protocols give a body of too many bytes a status of its own.
  over_limit: [
    { kind: "over_limit", limit: "maxTotalChars", actual: LIMITS.maxTotalChars + 1 },
    { kind: "over_limit", limit: "maxBodyBytes", actual: LIMITS.maxBodyBytes + 1, param: "body" },
  ],
  over_window: [{ kind: "over_window", index: 0, tokens: 600, window: 512 }],
  empty_list: [{ kind: "empty_list", param: "inputs" }],
  not_an_object: [{ kind: "not_an_object" }],
  missing_value: [{ kind: "missing_value", param: "input_data" }],
  body_timeout: [{ kind: "body_timeout" }],
  unknown_model: [
    { kind: "unknown_model", requested: "another", served: ["x/rerank-minilm-l6", "mine"] },
  ],
  model_unavailable: [{ kind: "model_unavailable", model: "mine" }],
  not_a_ranker: [{ kind: "not_a_ranker", head: "sequence-classification", labels: 3 }],
  no_text_labels: [{ kind: "no_text_labels" }],
  unknown_path: [{ kind: "unknown_path" }],
  unknown_deployment: [{ kind: "unknown_deployment", requested: "blue", served: "green" }],
  unknown_swagger_version: [
    { kind: "unknown_swagger_version", requested: "9", supported: ["2", "3", "3.1"] },
  ],
  wrong_method: [{ kind: "wrong_method", allowed: "POST" }],
  wrong_content_type: [{ kind: "wrong_content_type", actual: "text/plain" }],
  header_too_long: [{ kind: "header_too_long", names: "x-request-id", maxChars: 100 }],
  cross_site: [{ kind: "cross_site" }],
  wrong_host: [{ kind: "wrong_host" }],
  overloaded: [{ kind: "overloaded", limit: "maxQueuedRequests", retryAfterSeconds: 3 }],
  no_such_route: [{ kind: "no_such_route", route: "backend" }],
  not_expressible: [{ kind: "not_expressible" }],
  backend_unavailable: [
    {
      kind: "backend_unavailable",
      problem: "it cannot be reached",
      retryAfterMs: 5_000,
      tooLargeForEdge: true,
    },
  ],
  deadline_exceeded: [{ kind: "deadline_exceeded", timeoutMs: 60_000 }],
  misconfigured: [{ kind: "misconfigured", problems: ["BACKEND_PROTOCOL is missing"] }],
  not_ready: [{ kind: "not_ready", check: "logits" }],
  unknown_job: [{ kind: "unknown_job" }],
  key_reused: [{ kind: "key_reused" }],
  output_exists: [{ kind: "output_exists" }],
  too_many_jobs: [{ kind: "too_many_jobs" }],
  job_not_ended: [{ kind: "job_not_ended", status: "Running" }],
  no_such_result: [{ kind: "no_such_result", format: "trec", has: ["csv", "scores"] }],
  jobs_not_set_up: [{ kind: "jobs_not_set_up" }],
  unknown_file: [{ kind: "unknown_file" }],
  file_exists: [{ kind: "file_exists" }],
  length_required: [{ kind: "length_required" }],
  invalid_upload: [
    { kind: "invalid_upload", problem: "every part but the last must have 16777216 bytes" },
  ],
  unknown_upload: [{ kind: "unknown_upload" }],
  input_address: [
    { kind: "input_address", problem: "is on the web; upload it with PUT /files/NAME" },
  ],
  client_gone: [{ kind: "client_gone" }],
  internal: [{ kind: "internal" }],
};

/** @param failure - A kind, or an example of its own. */
export function examplesOf(failure: FailureKind | Failure): readonly Failure[] {
  return typeof failure === "string" ? EXAMPLES[failure] : [failure];
}

/** Of a route that reads no body. A path that exists refuses other methods. */
export const READING: readonly FailureKind[] = [
  "wrong_method",
  "cross_site",
  "wrong_host",
  "internal",
];

/** Of a route that reads a JSON body. */
export const READING_JSON: readonly FailureKind[] = [
  "empty_body",
  "invalid_utf8",
  "invalid_json",
  "too_deep",
  "body_timeout",
  "client_gone",
];

/** Of a route that needs a key. */
export const GUARDED: readonly FailureKind[] = [
  "missing_api_key",
  "several_api_keys",
  "unknown_api_key",
  "expired_api_key",
  "invalid_token",
  "missing_scope",
  "origin_not_allowed",
  "api_keys_unavailable",
  "rate_limited",
  "address_rate_limited",
  "misconfigured",
];

/** Of a route whose work is charged to a key's tokens a day. */
export const CHARGED: readonly FailureKind[] = ["budget_spent", "budget_unavailable"];

/** Of a route of files or jobs. */
export const KEEPING: readonly FailureKind[] = [...READING, ...GUARDED, "jobs_not_set_up"];

/** Of a route that reads a body and computes. */
export const COMPUTING: readonly FailureKind[] = [
  ...READING,
  ...GUARDED,
  ...CHARGED,
  ...READING_JSON,
  "invalid_value",
  "over_limit",
  "wrong_content_type",
  "overloaded",
  "model_unavailable",
  "deadline_exceeded",
];

/** Of a route whose work may go to a backend. */
export const SCORING: readonly FailureKind[] = [
  ...COMPUTING,
  "over_window",
  "no_such_route",
  "not_expressible",
  "backend_unavailable",
];

/** Of a route that ranks, or scores by a model that the request names. */
export const RANKING: readonly FailureKind[] = [...SCORING, "unknown_model", "not_a_ranker"];
