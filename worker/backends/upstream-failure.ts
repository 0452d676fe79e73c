/** Why a call to a backend failed, and what follows from it. Pure. Never holds a text of the caller or of the backend. */

export type UpstreamFailure =
  /** No connection, or one that broke. */
  | { kind: "unreachable" }
  | { kind: "timeout"; timeoutMs: number }
  /** A status other than 200. `retryAfterMs` is what it asks to wait; null if it does not. */
  | { kind: "status"; status: number; retryAfterMs: number | null }
  /** A redirect: it is not followed, since the key and the texts are for the configured address alone. */
  | { kind: "redirect"; status: number }
  | { kind: "too_large"; maxBytes: number }
  | { kind: "not_json" }
  /** 200, but no answer to what was asked: `problem` says how. */
  | { kind: "nonsense"; problem: string }
  /** No token could be had for it: Entra's status, or null if it did not answer. */
  | { kind: "no_token"; status: number | null }
  /** Ended by us: the client is gone, the deadline is over, or another part has failed. */
  | { kind: "aborted" };

/** Whether the same call may succeed a moment later. */
export function isRetryable(failure: UpstreamFailure): boolean {
  switch (failure.kind) {
    case "unreachable":
    case "timeout":
    case "not_json":
    case "nonsense":
      return true;
    case "status":
      return [408, 409, 425, 429].includes(failure.status) || failure.status >= 500;
    case "no_token":
      return failure.status === null || failure.status >= 500 || failure.status === 429;
    case "redirect":
    case "too_large":
    case "aborted":
      return false;
  }
}

/** Whether it speaks against the backend and not against this one call: what the circuit breaker counts. */
export function isOutage(failure: UpstreamFailure): boolean {
  if (failure.kind === "aborted") return false;
  return failure.kind !== "status" || ![400, 413, 422].includes(failure.status);
}

/** One sentence for the log and the caller. */
export function describeFailure(failure: UpstreamFailure): string {
  switch (failure.kind) {
    case "unreachable":
      return "it cannot be reached";
    case "timeout":
      return `it did not answer within ${failure.timeoutMs} ms`;
    case "status":
      return `it answered with status ${failure.status}`;
    case "redirect":
      return `it answered with a redirect (${failure.status}), which is not followed`;
    case "too_large":
      return `its answer is larger than ${failure.maxBytes} bytes`;
    case "not_json":
      return "its answer is not JSON";
    case "nonsense":
      return `its answer has ${failure.problem}`;
    case "no_token":
      return failure.status === null
        ? "the token service cannot be reached"
        : `the token service answered with status ${failure.status}`;
    case "aborted":
      return "the call was ended";
  }
}
