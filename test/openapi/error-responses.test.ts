import { expect, test } from "vitest";
import { publicError } from "../../worker/public-error.ts";
import { OPERATIONS } from "../../worker/openapi/document.ts";
import { errorResponses } from "../../worker/openapi/error-responses.ts";
import { EXAMPLES, examplesOf } from "../../worker/openapi/failures.ts";

test.each(OPERATIONS)("$method $path: bodies of errors agree with their schemas", (operation) => {
  for (const failure of operation.failures.flatMap(examplesOf)) {
    for (const { errorBody, schema } of operation.errors) {
      const body = errorBody(publicError(failure), "an-id", failure);
      expect(schema.schema.parse(body)).toEqual(body);
    }
  }
});

test("a protocol's own status counts", () => {
  const statuses = (path: string) =>
    errorResponses(OPERATIONS.find((operation) => operation.path === path)!).map(
      ({ status }) => status,
    );
  expect(statuses("/infinity/rerank")).toContain(422);
  expect(statuses("/v1/rerank")).not.toContain(422);
  // TEI has 422 for too many texts and 413 for too many bytes.
  expect(statuses("/predict")).toEqual(expect.arrayContaining([413, 422]));
});

test("every failure but that of an unknown path is of some route", () => {
  const failures = OPERATIONS.flatMap((operation) => operation.failures.flatMap(examplesOf));
  const kinds = new Set<string>(failures.map(({ kind }) => kind));
  expect(Object.keys(EXAMPLES).filter((kind) => !kinds.has(kind))).toEqual(["unknown_path"]);
});
