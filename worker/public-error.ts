/** What each failure is to its caller: the one table that gives it its status, public code and text. */
import {
  ADDRESS_RATE_SECONDS,
  JOB_LIMITS,
  KEYS_RETRY_AFTER_SECONDS,
  LIMITS,
  VERDICT_SECONDS,
} from "./limits.ts";
import type { ReadyCheck } from "./readiness.ts";

import type { Failure, Overload } from "./errors.ts";

/** A failure as the caller sees it; each protocol has its own body for it. */
export interface PublicError {
  status:
    | 400
    | 401
    | 403
    | 404
    | 405
    | 408
    | 409
    | 411
    | 412
    | 413
    | 415
    | 421
    | 424
    | 429
    | 431
    | 499
    | 500
    | 501
    | 503
    | 504;
  /** Stable, for programs. */
  code: string;
  /** A sentence for people. */
  message: string;
  /** The offending part of the request, such as `documents[3].text`. */
  param?: string;
  headers?: Record<string, string>;
}

/** As HTTP asks of every 401. @see https://www.rfc-editor.org/rfc/rfc6750#section-3 */
const ASK_FOR_KEY = { "www-authenticate": 'Bearer realm="rerank"' };

/** Heeded by clients that would try again after any 409 or 501, this project's and OpenAI's among them. */
const NO_RETRY = { "x-should-retry": "false" };

/**
 * Status, code and text of a failure.
 *
 * Wrong values are 400 and not 422, as Cohere and the Azure ML inference server have it; too much of anything is 413;
 * overload is 429, as TEI, Infinity and Azure ML have it.
 */
export function publicError(failure: Failure): PublicError {
  switch (failure.kind) {
    case "missing_api_key":
      return {
        status: 401,
        code: "missing_api_key",
        message:
          "This needs an API key, as `Authorization: Bearer KEY`, `api-key` or `x-api-key`. The operator of the service makes one with `npm run tools -- keys create NAME`: docs/keys.md.",
        headers: ASK_FOR_KEY,
      };
    case "several_api_keys":
      return {
        status: 401,
        code: "several_api_keys",
        message:
          "Authorization, api-key and x-api-key hold different keys; send one, or the same in each.",
        headers: ASK_FOR_KEY,
      };
    case "unknown_api_key":
      return {
        status: 401,
        code: "unknown_api_key",
        message: failure.isMistyped
          ? "That is no API key: it is mistyped, cut off, or of another service. Keys have the form rk_ and 38 letters and digits."
          : "There is no such API key here, or it was revoked.",
        headers: ASK_FOR_KEY,
      };
    case "expired_api_key":
      return {
        status: 401,
        code: "expired_api_key",
        message: "The API key has expired.",
        headers: ASK_FOR_KEY,
      };
    case "invalid_token":
      return {
        status: 401,
        code: "invalid_token",
        message: `The token ${failure.problem}.`,
        headers: ASK_FOR_KEY,
      };
    case "missing_scope":
      return {
        status: 403,
        code: "missing_scope",
        message: `The caller has not the scope ${failure.scope}, which this needs.`,
      };
    case "origin_not_allowed":
      return {
        status: 403,
        code: "origin_not_allowed",
        message:
          "The API key is for pages of certain origins, and this is asked from none of them.",
      };
    case "api_keys_unavailable":
      return {
        status: 503,
        code: "api_keys_unavailable",
        message: "Keys and tokens cannot be checked now; try again in a moment.",
        headers: { "retry-after": String(KEYS_RETRY_AFTER_SECONDS) },
      };
    case "rate_limited":
      return {
        status: 429,
        code: "rate_limited",
        message: `The key may send ${failure.requestsPerMinute} requests a minute, and has; try again in ${secondsOf(failure.retryAfterSeconds)}.`,
        headers: { "retry-after": String(failure.retryAfterSeconds) },
      };
    case "budget_spent": {
      const { tokensPerDay, remainingTokens, neededTokens, retryAfterSeconds } = failure;
      const needed = neededTokens === null ? "" : `, and this needs about ${neededTokens}`;
      const never = neededTokens !== null && neededTokens > tokensPerDay;
      return {
        status: 429,
        code: "budget_spent",
        message: `The key may use ${tokensPerDay} tokens a day; ${remainingTokens} are left${needed}. ${never ? "Send fewer or shorter documents" : "The next day begins at 00:00 UTC"}.`,
        headers: { "retry-after": String(retryAfterSeconds), ...NO_RETRY },
      };
    }
    case "budget_unavailable":
      return {
        status: 503,
        code: "budget_unavailable",
        message: `What the key has left of its tokens cannot be found out now; try again in ${KEYS_RETRY_AFTER_SECONDS} seconds.`,
        headers: { "retry-after": String(KEYS_RETRY_AFTER_SECONDS) },
      };
    case "address_rate_limited":
      return {
        status: 429,
        code: "address_rate_limited",
        message: `There are too many requests from your address; try again in ${ADDRESS_RATE_SECONDS} seconds.`,
        headers: { "retry-after": String(ADDRESS_RATE_SECONDS) },
      };
    case "empty_body":
      return {
        status: 400,
        code: "empty_body",
        message: "The body is empty; it must be a JSON object.",
      };
    case "invalid_utf8":
      return { status: 400, code: "invalid_utf8", message: "The body is not valid UTF-8." };
    case "invalid_json":
      return {
        status: 400,
        code: "invalid_json",
        message: `The body is not JSON: ${failure.problem}`,
      };
    case "too_deep":
      return {
        status: 400,
        code: "too_deep",
        message: `The body has ${failure.actual} lists and objects inside one another; the limit maxJsonDepth is ${LIMITS.maxJsonDepth}.`,
      };
    case "invalid_value":
      return {
        status: 400,
        code: "invalid_value",
        message: `${failure.param ?? "The body"} ${failure.problem}.`,
        ...paramOf(failure),
      };
    case "over_limit": {
      const actual = `${failure.atLeast ? "at least " : ""}${failure.actual}`;
      return {
        status: 413,
        code: "over_limit",
        message: `${failure.param ?? "The request"} is over the limit ${failure.limit} of ${{ ...LIMITS, ...JOB_LIMITS }[failure.limit]}: it has ${actual}.`,
        ...paramOf(failure),
      };
    }
    case "over_window":
      return {
        status: 400,
        code: "over_window",
        message: `${failure.param ?? `Text ${failure.index}`} has ${failure.tokens} tokens, special ones and those of its query included; the model's window is ${failure.window}, and the request forbids to cut.`,
        ...paramOf(failure),
      };
    case "empty_list":
      return {
        status: 400,
        code: "empty_list",
        message: `${failure.param} must not be empty.`,
        param: failure.param,
      };
    // These two sentences are the Azure ML inference server's; the rerank protocols never meet them.
    case "not_an_object":
      return {
        status: 400,
        code: "not_an_object",
        message: "POST body should be a JSON dictionary.",
      };
    case "missing_value":
      return {
        status: 400,
        code: "missing_value",
        message: `A value is not provided for the '${failure.param}' parameter.`,
        param: failure.param,
      };
    case "body_timeout":
      return {
        status: 408,
        code: "body_timeout",
        message: `The body took longer than ${LIMITS.maxBodySeconds} seconds to arrive (maxBodySeconds).`,
      };
    case "unknown_model":
      return {
        status: 404,
        code: "unknown_model",
        message: `The model ${JSON.stringify(failure.requested.slice(0, 100))} is not served here; this service has ${namesOf(failure.served)}. Leave model out, or send "default".`,
        param: "model",
      };
    case "model_unavailable":
      return {
        status: 503,
        code: "model_unavailable",
        message: `The model ${JSON.stringify(failure.model)} cannot be loaded; the log says why under its name.`,
        param: "model",
      };
    case "not_a_ranker":
      return {
        status: 424,
        code: "not_a_ranker",
        message: `The model classifies ${failure.head === "token-classification" ? "tokens" : "texts"} into ${failure.labels} labels; only a model with one label a text can rank. POST /score answers its labels.`,
      };
    case "no_text_labels":
      return {
        status: 424,
        code: "no_text_labels",
        message:
          "The model labels the tokens of a text and not the text; POST /score answers its entities.",
      };
    case "unknown_path":
      return {
        status: 404,
        code: "unknown_path",
        message:
          "The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.",
      };
    case "unknown_deployment":
      return {
        status: 404,
        code: "unknown_deployment",
        message: `The deployment ${JSON.stringify(failure.requested.slice(0, 100))} is not served here; this service is "${failure.served}". Leave azureml-model-deployment out, or send that.`,
      };
    case "unknown_swagger_version":
      return {
        status: 404,
        code: "unknown_swagger_version",
        message: `Swagger version [${failure.requested.slice(0, 100)}] is not valid. Supported versions: [${failure.supported.join(", ")}].`,
      };
    case "wrong_method":
      return {
        status: 405,
        code: "wrong_method",
        message: `The method is not allowed here; use ${failure.allowed}.`,
        headers: { allow: failure.allowed },
      };
    case "wrong_content_type":
      return {
        status: 415,
        code: "wrong_content_type",
        message: `The body must be sent as content-type: application/json, not ${failure.actual.slice(0, 100)}.`,
      };
    case "header_too_long":
      return {
        status: 431,
        code: "header_too_long",
        message: `${failure.names} must not exceed ${failure.maxChars} characters`,
      };
    case "cross_site":
      return {
        status: 403,
        code: "cross_site",
        message:
          "A page of another site has sent this, and its origin is not one of those that may call this service (CORS_ALLOWED_ORIGINS).",
      };
    case "wrong_host":
      return {
        status: 421,
        code: "wrong_host",
        message: "This service does not answer under the name of this address (ALLOWED_HOSTS).",
      };
    case "overloaded":
      return {
        status: 429,
        code: "overloaded",
        message: `Too many requests are waiting (${reasonOf(failure)}); try again in ${secondsOf(failure.retryAfterSeconds)}.`,
        headers: { "retry-after": String(failure.retryAfterSeconds) },
      };
    case "no_such_route":
      return {
        status: 400,
        code: "no_such_route",
        message: `x-rerank-route is ${failure.route}, and the model is not served there; leave the header out, or send auto.`,
        param: "x-rerank-route",
      };
    case "not_expressible":
      return {
        status: 400,
        code: "not_expressible",
        message:
          "The request has options that only the edge has, and it must go to a backend: leave out long_documents and limits of tokens, allow it to cut, or choose another model or route.",
      };
    case "backend_unavailable": {
      const seconds = Math.max(1, Math.ceil(failure.retryAfterMs / 1_000));
      return {
        status: 503,
        code: "backend_unavailable",
        message: `The backend cannot answer: ${failure.problem}. Try again in ${secondsOf(seconds)}${failure.tooLargeForEdge ? ", or send fewer or shorter documents: so many are too much for the edge alone" : ""}.`,
        headers: { "retry-after": String(seconds) },
      };
    }
    case "deadline_exceeded":
      return {
        status: 504,
        code: "deadline_exceeded",
        message: `There was no answer within ${failure.timeoutMs} ms (x-request-timeout-ms).`,
      };
    case "misconfigured":
      return {
        status: 500,
        code: "misconfigured",
        message: `The service is not set up right: ${failure.problems.join("; ")}.`,
      };
    case "not_ready":
      return {
        status: 503,
        code: "not_ready",
        message: `The check ${JSON.stringify(failure.check)} failed: ${NOT_READY[failure.check]}.`,
        headers: { "retry-after": String(VERDICT_SECONDS) },
      };
    case "jobs_not_set_up":
      return {
        status: 501,
        code: "jobs_not_set_up",
        message: "This service has no bucket for files and jobs: none is bound as JOB_BUCKET.",
        headers: NO_RETRY,
      };
    case "unknown_file":
      return {
        status: 404,
        code: "unknown_file",
        message:
          "You have no file of this name. Files are seen only with the key they were uploaded with, and are deleted after a while.",
      };
    case "file_exists":
      return {
        status: 412,
        code: "file_exists",
        message: "There is a file of this name, and the request says If-None-Match: *.",
      };
    case "length_required":
      return {
        status: 411,
        code: "length_required",
        message: "A part of an upload must say its length in the header Content-Length.",
      };
    case "invalid_upload":
      return {
        status: 400,
        code: "invalid_upload",
        message: `The upload is not right: ${failure.problem}.`,
      };
    case "unknown_upload":
      return {
        status: 404,
        code: "unknown_upload",
        message:
          "There is no such upload of this file: it has never begun, is complete, or was given up.",
        param: "uploadId",
      };
    case "input_address":
      return {
        status: 400,
        code: "input_address",
        message: `${failure.param ?? "The address"} ${failure.problem}.`,
        ...paramOf(failure),
      };
    case "unknown_job":
      return {
        status: 404,
        code: "unknown_job",
        message:
          "You have no job of this name. Jobs are seen only with the key they were submitted with, and are deleted after a while.",
      };
    case "key_reused":
      return {
        status: 409,
        code: "key_reused",
        message:
          "The Idempotency-Key has started another job, with another body; each job needs a key of its own.",
        param: "idempotency-key",
        headers: NO_RETRY,
      };
    case "output_exists":
      return {
        status: 409,
        code: "output_exists",
        message:
          "There is a file at the path that OutputData names; a job does not write over what is there.",
        param: "properties.OutputData",
        headers: NO_RETRY,
      };
    case "too_many_jobs":
      return {
        status: 429,
        code: "too_many_jobs",
        message: `You have ${JOB_LIMITS.maxOpenJobs} jobs that have not ended (maxOpenJobs); try again when one has.`,
        headers: { "retry-after": "60" },
      };
    case "job_not_ended":
      return {
        status: 409,
        code: "job_not_ended",
        message: `The job is ${failure.status}; this is possible when it has ended.`,
        headers: NO_RETRY,
      };
    case "no_such_result":
      return {
        status: 404,
        code: "no_such_result",
        message: `The job has no results as ${failure.format}; it has ${failure.has.join(", ") || "none"}.`,
        param: "format",
      };
    case "client_gone":
      return { status: 499, code: "client_gone", message: "The caller closed the connection." };
    case "internal":
      return {
        status: 500,
        code: "internal",
        message: "Something went wrong here; the log has more under the request id.",
      };
  }
}

const NOT_READY: Readonly<Record<ReadyCheck, string>> = {
  settings: "the service is not set up right; the log names each setting that is wrong",
  model: "the default model cannot be loaded; the log says why under its name",
  logits: "the default model does not compute what it computed when the service was built",
  turn: "requests have left the check no turn",
};

function secondsOf(count: number): string {
  return `${count} ${count === 1 ? "second" : "seconds"}`;
}

function reasonOf({ limit }: Overload): string {
  return limit === "x-request-timeout-ms"
    ? `this one's ${limit} would be over before its answer`
    : `${limit} is ${LIMITS[limit]}`;
}

/** The most models that an error lists by name. */
const MAX_NAMES = 20;

function namesOf(names: readonly string[]): string {
  const shown = Array.from(names.slice(0, MAX_NAMES), (name) => JSON.stringify(name)).join(", ");
  return names.length > MAX_NAMES ? `${shown} and ${names.length - MAX_NAMES} more` : shown;
}

function paramOf({ param }: { param?: string }): { param?: string } {
  return param === undefined ? {} : { param };
}
