import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { openApiDocument } from "../../worker/openapi/document.ts";

const document = openApiDocument("0.0.0");

test("the document is valid OpenAPI 3.1", async () => {
  const { valid, errors } = await new Validator().validate({ ...document });
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
});

test("its operations have ids of their own", () => {
  const ids = Object.values(document.paths ?? {}).flatMap((methods) =>
    Object.values(methods as object).map(({ operationId }) => operationId as string),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

test("it names the limits of lists and texts", () => {
  const text = JSON.stringify(document.components?.schemas);
  expect(text).toContain('"maxItems":1000');
  expect(text).toContain('"maxLength":100000');
});
