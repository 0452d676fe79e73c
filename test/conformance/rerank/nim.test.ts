import { expect, test } from "vitest";
import { nim } from "../../../worker/protocols/nim.ts";
import { exchange, refusal, taskOf, TOKENS } from "./exchange.ts";

const BODY = { model: "default", query: { text: "q" }, passages: [{ text: "a" }, { text: "b" }] };

test("NIM: the answer has all passages with logits, by descending logit", () => {
  expect(exchange(nim, { ...BODY, raw_scores: false })).toEqual({
    status: 200,
    body: {
      rankings: [
        { index: 1, logit: 2 },
        { index: 0, logit: 1 },
      ],
      usage: { prompt_tokens: 2 * TOKENS, total_tokens: 2 * TOKENS },
    },
  });
});

test("NIM: truncate is NONE unless sent, and END cuts", () => {
  const longDocuments = (more: object) =>
    taskOf(nim, { ...BODY, ...more }).request.fit.longDocuments;
  expect(longDocuments({})).toBe("refuse");
  expect(longDocuments({ truncate: "NONE" })).toBe("refuse");
  expect(longDocuments({ truncate: "END" })).toBe("truncate");
});

test("NIM: one over-long passage is 400", () => {
  const failure = {
    kind: "over_window",
    index: 0,
    tokens: 600,
    window: 512,
    param: "passages[0]",
  } as const;
  expect(refusal(nim, failure)).toEqual({
    status: 400,
    body: { error: expect.stringMatching(/^passages\[0\] has 600 tokens/) as string },
  });
});

test("NIM: queries are objects, too", () => {
  const { query: _, ...rest } = BODY;
  expect(taskOf(nim, { ...rest, queries: [{ text: "q" }] }).request.queries).toEqual(["q"]);
});

test.each([
  { ...BODY, query: "q" },
  { ...BODY, passages: undefined },
  { ...BODY, passages: [{ image: "x" }] },
  { ...BODY, truncate: "START" },
])("NIM: %j is refused", (body) => {
  expect(exchange(nim, body).status).toBe(400);
});
