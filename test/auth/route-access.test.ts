import { expect, test } from "vitest";
import { accessOf } from "../../worker/auth/route-access.ts";

test("a path that is not in the table throws", () => {
  expect(accessOf("/v1/rerank")).toBe("rerank");
  for (const path of ["/new", "/v1/rerank/", "/constructor", "constructor", "__proto__", ""])
    expect(() => accessOf(path), path).toThrow("worker/auth/route-access.ts");
});
