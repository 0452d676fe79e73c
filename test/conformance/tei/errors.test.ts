/** Statuses, types and sentences of router/src/lib.rs and http/server.rs of text-embeddings-inference 1.9. */
import { expect, test } from "vitest";
import type { Failure } from "../../../worker/errors.ts";
import { publicError } from "../../../worker/public-error.ts";
import { teiErrorBody, teiErrorStatus } from "../../../worker/protocols/tei-errors.ts";
import { FAILURES } from "../../worker-unit/failures.ts";

/** The sentence is TEI's own, or the table's where there is none. */
test.each<[Failure, number, string, string?]>([
  [FAILURES.empty_list[0], 400, "Empty", "`texts` cannot be empty"],
  [FAILURES.empty_body[0], 400, "Empty"],
  [FAILURES.invalid_value[0], 422, "Validation"],
  [
    FAILURES.over_window[0],
    422,
    "Validation",
    "`inputs` must have less than 512 tokens. Given: 600",
  ],
  [FAILURES.over_limit[0], 422, "Validation", "batch size 1001 > maximum allowed batch size 1000"],
  [{ kind: "over_limit", limit: "maxBodyBytes", actual: 9e6, param: "body" }, 413, "Validation"],
  [FAILURES.invalid_json[0], 400, "Validation"],
  [FAILURES.wrong_content_type[0], 415, "Validation"],
  [FAILURES.not_a_ranker[0], 424, "Backend", "model is not a re-ranker model"],
  [FAILURES.no_text_labels[0], 424, "Backend"],
  [FAILURES.overloaded[0], 429, "Overloaded"],
  [FAILURES.internal[0], 500, "Backend"],
])("%j", (failure, status, type, sentence) => {
  const error = publicError(failure);
  expect(teiErrorStatus(error)).toBe(status);
  expect(teiErrorBody(error, "id", failure)).toEqual({
    error: sentence ?? error.message,
    error_type: type,
  });
});
