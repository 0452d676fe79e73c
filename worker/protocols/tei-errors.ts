/**
 * Errors as Text Embeddings Inference writes them. Pure.
 *
 * Where TEI's framework answers a body that it cannot read in plain text, the form is the same as for all others here.
 * @see router/src/http/server.rs, `From<TextEmbeddingsError>`, of text-embeddings-inference 1.9
 */
import type { TeiErrorBody } from "../../sdk/index.ts";
import type { Failure } from "../errors.ts";
import type { PublicError } from "../public-error.ts";
import { LIMITS } from "../limits.ts";

export function teiErrorBody(error: PublicError, _id: string, failure: Failure): TeiErrorBody {
  return { error: messageOf(error, failure), error_type: typeOf(error) };
}

/** A body of the wrong form or size is 422, as since 1.9.0; only one of too many bytes stays 413. */
export function teiErrorStatus({ code, status, param }: PublicError): number {
  const isTooMuch = code === "over_limit" && param !== "body";
  return isTooMuch || code === "invalid_value" || code === "over_window" ? 422 : status;
}

/** TEI's own sentence where it has one. */
function messageOf({ message }: PublicError, failure: Failure): string {
  switch (failure.kind) {
    case "empty_list":
      return `\`${failure.param}\` cannot be empty`;
    case "over_window":
      return `\`inputs\` must have less than ${failure.window} tokens. Given: ${failure.tokens}`;
    case "over_limit":
      return failure.limit === "maxDocuments"
        ? `batch size ${failure.actual} > maximum allowed batch size ${LIMITS.maxDocuments}`
        : message;
    case "not_a_ranker":
      return "model is not a re-ranker model";
    default:
      return message;
  }
}

function typeOf({ code, status }: PublicError): TeiErrorBody["error_type"] {
  if (code === "empty_list" || code === "empty_body") return "Empty";
  if (status === 429) return "Overloaded";
  if (status === 503) return "Unhealthy";
  return status === 424 || status >= 500 ? "Backend" : "Validation";
}
