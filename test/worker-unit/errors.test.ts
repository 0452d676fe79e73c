import { expect, test } from "vitest";
import { publicError } from "../../worker/public-error.ts";
import { FAILURES } from "./failures.ts";

test.each(Object.entries(FAILURES))(
  "%s has its status, its own code and a sentence",
  (kind, [failure, status]) => {
    const error = publicError(failure);
    expect(error.status).toBe(status);
    expect(error.code).toBe(kind);
    expect(error.message).toMatch(/^\S.*\.$|^\S.*\.?$/);
  },
);

test("a limit's error names parameter, limit and actual value", () => {
  const error = publicError(FAILURES.over_limit[0]);
  expect(error.message).toBe("documents is over the limit maxDocuments of 1000: it has 1001.");
  expect(error.param).toBe("documents");
});

test("a limit met before everything was counted says so", () => {
  const { message } = publicError({
    kind: "over_limit",
    limit: "maxEdgeTokens",
    actual: 70_000,
    atLeast: true,
  });
  expect(message).toBe(
    "The request is over the limit maxEdgeTokens of 65536: it has at least 70000.",
  );
});

test("overload and a wrong method tell the caller what to do in a header", () => {
  expect(publicError(FAILURES.overloaded[0]).headers).toEqual({ "retry-after": "3" });
  expect(publicError(FAILURES.wrong_method[0]).headers).toEqual({ allow: "POST" });
});

test("what a caller sent is quoted at most 100 characters long", () => {
  const long = "m".repeat(10_000);
  expect(
    publicError({ kind: "unknown_model", requested: long, served: ["b"] }).message.length,
  ).toBeLessThan(250);
  expect(publicError({ kind: "wrong_content_type", actual: long }).message.length).toBeLessThan(
    250,
  );
});
