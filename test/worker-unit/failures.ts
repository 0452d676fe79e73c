import type { Failure } from "../../worker/errors.ts";

/** One example of every kind of failure, with its status: the contract, so that a change of the table shows here. */
export const FAILURES: { [Kind in Failure["kind"]]: [Extract<Failure, { kind: Kind }>, number] } = {
  empty_body: [{ kind: "empty_body" }, 400],
  invalid_utf8: [{ kind: "invalid_utf8" }, 400],
  invalid_json: [{ kind: "invalid_json", problem: "Unexpected end of JSON input" }, 400],
  too_deep: [{ kind: "too_deep", actual: 99 }, 400],
  invalid_value: [{ kind: "invalid_value", param: "top_n", problem: "must be at least 1" }, 400],
  over_limit: [
    { kind: "over_limit", limit: "maxDocuments", actual: 1_001, param: "documents" },
    413,
  ],
  over_window: [{ kind: "over_window", index: 0, tokens: 600, window: 512 }, 400],
  empty_list: [{ kind: "empty_list", param: "texts" }, 400],
  not_an_object: [{ kind: "not_an_object" }, 400],
  missing_value: [{ kind: "missing_value", param: "input_data" }, 400],
  body_timeout: [{ kind: "body_timeout" }, 408],
  unknown_model: [{ kind: "unknown_model", requested: "a", served: ["b"] }, 404],
  model_unavailable: [{ kind: "model_unavailable", model: "a" }, 503],
  not_a_ranker: [{ kind: "not_a_ranker", head: "sequence-classification", labels: 3 }, 424],
  no_text_labels: [{ kind: "no_text_labels" }, 424],
  unknown_path: [{ kind: "unknown_path" }, 404],
  unknown_deployment: [{ kind: "unknown_deployment", requested: "a", served: "b" }, 404],
  unknown_swagger_version: [
    { kind: "unknown_swagger_version", requested: "9", supported: ["2", "3", "3.1"] },
    404,
  ],
  wrong_method: [{ kind: "wrong_method", allowed: "POST" }, 405],
  wrong_content_type: [{ kind: "wrong_content_type", actual: "text/plain" }, 415],
  header_too_long: [{ kind: "header_too_long", names: "x-request-id", maxChars: 100 }, 431],
  overloaded: [{ kind: "overloaded", limit: "maxQueuedRequests" }, 429],
  no_such_route: [{ kind: "no_such_route", route: "backend" }, 400],
  not_expressible: [{ kind: "not_expressible" }, 400],
  backend_unavailable: [
    {
      kind: "backend_unavailable",
      problem: "it cannot be reached",
      retryAfterMs: 1,
      tooLargeForEdge: true,
    },
    503,
  ],
  deadline_exceeded: [{ kind: "deadline_exceeded", timeoutMs: 500 }, 504],
  misconfigured: [{ kind: "misconfigured", problems: ["BACKEND_URL is missing"] }, 500],
  client_gone: [{ kind: "client_gone" }, 499],
  internal: [{ kind: "internal" }, 500],
};
