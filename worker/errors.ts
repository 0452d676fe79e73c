/** Every expected failure of the service; `public-error.ts` gives each its status, public code and text. */
import type { Head } from "../engine/index.ts";
import type { JobLimitName, LimitName } from "./limits.ts";
import type { Scope } from "./auth/scope.ts";
import type { ReadyCheck } from "./readiness.ts";
import type { Route } from "./routing.ts";

/** A failure that a caller can cause or must expect, with the facts its message needs. Never holds a user's texts. */
export type Failure =
  | { kind: "missing_api_key" }
  /** Different keys in several headers: nobody can tell which is meant. */
  | { kind: "several_api_keys" }
  /** No key of this service, or one that was revoked. `isMistyped`: it cannot be a key of any such service. */
  | { kind: "unknown_api_key"; isMistyped: boolean }
  | { kind: "expired_api_key" }
  /** A token of an identity provider that is not right. `problem` follows "The token" in a sentence. */
  | { kind: "invalid_token"; problem: string }
  /** The key is right, and may not do this. */
  | { kind: "missing_scope"; scope: Scope }
  /** A publishable key that came from no page of its own. */
  | { kind: "origin_not_allowed" }
  /** Where keys are kept, or those are that tokens are signed with, gives no answer. */
  | { kind: "api_keys_unavailable" }
  | { kind: "rate_limited"; requestsPerMinute: number; retryAfterSeconds: number }
  /** `neededTokens`: null before the body is read. */
  | {
      kind: "budget_spent";
      tokensPerDay: number;
      remainingTokens: number;
      neededTokens: number | null;
      retryAfterSeconds: number;
    }
  /** Nobody knows what the caller has left of its budget. */
  | { kind: "budget_unavailable" }
  /** Too many requests from one address, whoever sends them. */
  | { kind: "address_rate_limited" }
  | { kind: "empty_body" }
  | { kind: "invalid_utf8" }
  /** `problem` is the parser's own sentence; it may quote a few characters of the body, so it is never logged. */
  | { kind: "invalid_json"; problem: string }
  | { kind: "too_deep"; actual: number }
  | { kind: "invalid_value"; param?: string; problem: string }
  | {
      kind: "over_limit";
      limit: LimitName | JobLimitName;
      actual: number;
      atLeast?: true;
      param?: string;
    }
  /** A pair that does not fit, of a request that forbids to cut it. `index` is its place among the pairs, `tokens` has the special ones. */
  | { kind: "over_window"; index: number; tokens: number; window: number; param?: string }
  | { kind: "empty_list"; param: string }
  | { kind: "not_an_object" }
  | { kind: "missing_value"; param: string }
  | { kind: "body_timeout" }
  | { kind: "unknown_model"; requested: string; served: readonly string[] }
  /** A model that is served cannot be loaded now; the log says why. */
  | { kind: "model_unavailable"; model: string }
  | { kind: "not_a_ranker"; head: Head["kind"]; labels: number }
  | { kind: "no_text_labels" }
  | { kind: "unknown_path" }
  | { kind: "unknown_deployment"; requested: string; served: string }
  | { kind: "unknown_swagger_version"; requested: string; supported: readonly string[] }
  | { kind: "wrong_method"; allowed: string }
  | { kind: "wrong_content_type"; actual: string }
  | { kind: "header_too_long"; names: string; maxChars: number }
  /** A request of another site's page, as a browser says. */
  | { kind: "cross_site" }
  /** A request to a name under which the service does not answer. */
  | { kind: "wrong_host" }
  | Overload
  /** `x-rerank-route: backend`, or a backend's model with `x-rerank-route: edge`, where there is none. */
  | { kind: "no_such_route"; route: Route }
  /** What a request asks for, the backend that it must go to cannot be told. */
  | { kind: "not_expressible" }
  /** The backend fails, and the edge may not or cannot stand in. `problem` is a sentence about it without any text. */
  | { kind: "backend_unavailable"; problem: string; retryAfterMs: number; tooLargeForEdge: boolean }
  | { kind: "deadline_exceeded"; timeoutMs: number }
  /** Each problem is a sentence that names a setting. */
  | { kind: "misconfigured"; problems: readonly string[] }
  /** What `GET /ready` found, by the name of the check that failed. */
  | { kind: "not_ready"; check: ReadyCheck }
  /** The service has no bucket for files and jobs. */
  | { kind: "jobs_not_set_up" }
  | { kind: "unknown_file" }
  | { kind: "file_exists" }
  /** An upload whose body must say its length. */
  | { kind: "length_required" }
  | { kind: "invalid_upload"; problem: string }
  | { kind: "unknown_upload" }
  /** An address in a job's body that is not read. `problem` follows the address in a sentence, and quotes nothing of it. */
  | { kind: "input_address"; problem: string; param?: string }
  | { kind: "unknown_job" }
  /** An `Idempotency-Key` that came with another body before. */
  | { kind: "key_reused" }
  /** The path that a job shall write to. */
  | { kind: "output_exists" }
  | { kind: "too_many_jobs" }
  /** What is asked for is there when the job has ended. */
  | { kind: "job_not_ended"; status: string }
  | { kind: "no_such_result"; format: string; has: readonly string[] }
  | { kind: "client_gone" }
  | { kind: "internal" };

/** Too much waits: a limit is reached, or the request's time would be over before its turn. */
export interface Overload {
  kind: "overloaded";
  limit: LimitName | "x-request-timeout-ms";
  retryAfterSeconds: number;
}

export type Result<T> = { ok: true; value: T } | { ok: false; failure: Failure };

export function ok<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}

export function fail(failure: Failure): { ok: false; failure: Failure } {
  return { ok: false, failure };
}
