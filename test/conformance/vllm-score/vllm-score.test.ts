/** `/v1/score` against what scoring/protocol.py and utils.py of vLLM do. */
import { describe, expect, test } from "vitest";
import {
  formatVllmScore,
  isVllmScore,
  parseVllmScore,
  vllmErrorBody,
  type VllmScoreRequest,
} from "../../../worker/protocols/vllm-score.ts";

const parse = (body: unknown): VllmScoreRequest => {
  const parsed = parseVllmScore(body);
  expect(parsed).toMatchObject({ ok: true });
  return (parsed as { value: VllmScoreRequest }).value;
};

describe("texts", () => {
  test.each<[string, object, [string, string][]]>([
    ["1:1", { text_1: "q", text_2: "a" }, [["q", "a"]]],
    [
      "1:N",
      { text_1: ["q"], text_2: ["a", "b"] },
      [
        ["q", "a"],
        ["q", "b"],
      ],
    ],
    [
      "N:N, zipped",
      { queries: ["q", "r"], documents: ["a", "b"] },
      [
        ["q", "a"],
        ["r", "b"],
      ],
    ],
    ["queries and items", { queries: "q", items: ["a"] }, [["q", "a"]]],
    ["data_1 and data_2", { data_1: "q", data_2: "a", user: "u" }, [["q", "a"]]],
  ])("%s", (_, body, pairs) => {
    expect(parse(body).pairs.map(({ query, document }) => [query, document])).toEqual(pairs);
  });

  test.each<[object, string]>([
    [{}, "text_1"],
    [{ text_1: "q" }, "text_2"],
    [{ queries: "q" }, "documents"],
    [{ text_1: ["q", "r"], text_2: ["a"] }, "text_1"],
    [{ text_1: ["q", "r"], text_2: ["a", "b", "c"] }, "text_1"],
    [{ text_1: [], text_2: ["a"] }, "text_1"],
    [{ text_1: "q", text_2: [] }, "text_2"],
    [{ text_1: "q", text_2: [1] }, "text_2[0]"],
    [{ text_1: { content: [] }, text_2: "a" }, "text_1"],
    [{ text_1: "q", text_2: "a", use_activation: "no" }, "use_activation"],
    [{ text_1: "q", text_2: "a", truncate_prompt_tokens: -2 }, "truncate_prompt_tokens"],
  ])("%j is refused by name", (body, param) => {
    expect(parseVllmScore(body)).toMatchObject({ failure: { kind: "invalid_value", param } });
  });
});

test.each([
  [{}, { longDocuments: "refuse" }],
  [{ truncate_prompt_tokens: -1 }, { longDocuments: "truncate", maxPairTokens: Infinity }],
  [{ truncate_prompt_tokens: 100 }, { longDocuments: "truncate", maxPairTokens: 100 }],
  [{ truncation_side: "left" }, { longDocuments: "truncate", side: "left" }],
  [{ max_tokens_per_doc: 9 }, { maxDocumentTokens: 9, maxQueryTokens: Infinity }],
])("what does not fit: %j", (fields, fit) => {
  expect(parse({ text_1: "q", text_2: "a", ...fields }).fit).toMatchObject(fit);
});

test("the answer is in the request's order, as sigmoids or logits", () => {
  const context = { id: "7", model: "m", created: 1_700_000_000 };
  const logits = Float32Array.of(0, 3);
  const answer = formatVllmScore(parse({ text_1: "q", text_2: ["a", "b"] }), logits, 20, context);
  expect(answer).toMatchObject({
    id: "score-7",
    object: "list",
    created: 1_700_000_000,
    model: "m",
    data: [
      { index: 0, object: "score", score: 0.5 },
      { index: 1, object: "score" },
    ],
    usage: { prompt_tokens: 20, total_tokens: 20 },
  });
  const raw = parse({ text_1: "q", text_2: ["a", "b"], use_activation: false });
  expect(formatVllmScore(raw, logits, 20, context).data.map(({ score }) => score)).toEqual([0, 3]);
});

test("a body is told from Azure ML's", () => {
  for (const name of ["text_1", "text_2", "queries", "items", "data_1", "data_2"]) {
    expect(isVllmScore({ [name]: "a" })).toBe(true);
  }
  for (const body of [{ input_data: ["a"] }, { inputs: { text_1: ["a"] } }, {}, null, ["text_1"]]) {
    expect(isVllmScore(body)).toBe(false);
  }
});

test("an error is in OpenAI's envelope", () => {
  const error = { status: 400, code: "invalid_value", message: "m.", param: "text_1" } as const;
  const failure = { kind: "invalid_value", param: "text_1", problem: "m" } as const;
  expect(vllmErrorBody(error, "id", failure)).toEqual({
    error: { message: "m.", type: "BadRequestError", param: "text_1", code: 400 },
  });
});
