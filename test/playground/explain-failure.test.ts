import { expect, test } from "vitest";
import { explainFailure } from "../../playground/explain-failure.ts";

const headers = new Headers({ "x-request-id": "abc", "retry-after": "7" });

test.each<[string, object]>([
  ["Cohere's", { id: "abc", code: "invalid_value", message: "top_n is wrong" }],
  ["Azure ML's", { message: "top_n is wrong" }],
  ["TEI's", { error: "top_n is wrong", error_type: "Validation" }],
  ["Infinity's and vLLM's", { error: { message: "top_n is wrong", type: "BadRequestError" } }],
  ["Pinecone's", { status: 400, error: { code: "INVALID_ARGUMENT", message: "top_n is wrong" } }],
  ["FastAPI's", { detail: [{ type: "missing", loc: ["body", "top_n"], msg: "top_n is wrong" }] }],
  ["Jina's and Voyage's", { detail: "top_n is wrong" }],
])("%s error is told in its own words", (_, body) => {
  expect(explainFailure(400, headers, body)).toMatchObject({
    title: "The request is not right",
    detail: "top_n is wrong",
  });
});

test("the reference has status, code and request", () => {
  expect(explainFailure(413, headers, { code: "over_limit" }).reference).toBe(
    "status 413 · over_limit · request abc",
  );
});

test("a busy service says how long to wait", () => {
  expect(explainFailure(429, headers, {}).advice).toBe("Try again in 7 seconds.");
});

test("what nobody foresaw is told, too", () => {
  expect(explainFailure(502, new Headers(), undefined)).toEqual({
    title: "The service failed",
    advice: "Try again. If it stays like this, tell whoever runs the service.",
    reference: "status 502",
  });
  expect(explainFailure(200, new Headers(), undefined).title).toBe("The answer cannot be read");
});
