/** `/predict` against what router/src/http/types.rs and server.rs of text-embeddings-inference 1.9 do. */
import { describe, expect, test } from "vitest";
import type { Head } from "../../../engine/index.ts";
import {
  charactersOf,
  formatTeiPredict,
  parseTeiPredict,
  type TeiPredictRequest,
} from "../../../worker/protocols/tei-predict.ts";

const parse = (body: unknown): TeiPredictRequest => {
  const parsed = parseTeiPredict(body);
  expect(parsed).toMatchObject({ ok: true });
  return (parsed as { value: TeiPredictRequest }).value;
};

describe("inputs", () => {
  test.each<[string, unknown, [string, string | null][], boolean]>([
    ["a string", "a", [["a", null]], false],
    ["a list of one string", ["a"], [["a", null]], false],
    ["two strings, which are one pair", ["a", "b"], [["a", "b"]], false],
    [
      "a batch of both",
      [["a"], ["b", "c"]],
      [
        ["a", null],
        ["b", "c"],
      ],
      true,
    ],
    ["a batch of one", [["a", "b"]], [["a", "b"]], true],
    ["a pair whose second text is empty", ["a", ""], [["a", ""]], false],
  ])("are %s", (_, inputs, pairs, isBatch) => {
    const request = parse({ inputs });
    expect(request.pairs.map(({ query, document }) => [query, document])).toEqual(pairs);
    expect(request.isBatch).toBe(isBatch);
  });

  test.each<[string, unknown, string, string | undefined]>([
    ["three bare strings", { inputs: ["a", "b", "c"] }, "invalid_value", "inputs"],
    ["none", {}, "invalid_value", "inputs"],
    ["null", { inputs: null }, "invalid_value", "inputs"],
    ["a number", { inputs: 5 }, "invalid_value", "inputs"],
    ["an object", { inputs: { text: "a" } }, "invalid_value", "inputs"],
    ["an empty list", { inputs: [] }, "empty_list", "inputs"],
    ["an empty text", { inputs: "" }, "invalid_value", "inputs"],
    ["a list in a pair", { inputs: ["a", ["b"]] }, "invalid_value", "inputs[1]"],
    ["a text in a batch", { inputs: [["a"], "b"] }, "invalid_value", "inputs[1]"],
    ["three in a batch", { inputs: [["a"], ["b", "c", "d"]] }, "invalid_value", "inputs[1]"],
    ["none in a batch", { inputs: [["a"], []] }, "invalid_value", "inputs[1]"],
    ["a number in a batch", { inputs: [["a", 1]] }, "invalid_value", "inputs[0][1]"],
    ["too many", { inputs: Array(1_001).fill(["a"]) }, "over_limit", "inputs"],
    ["too long", { inputs: ["a", "b".repeat(100_001)] }, "over_limit", "inputs[1]"],
    ["no object", ["a"], "invalid_value", undefined],
  ])("are refused: %s", (_, body, kind, param) => {
    const parsed = parseTeiPredict(body);
    expect(parsed).toMatchObject({ ok: false, failure: { kind, ...(param && { param }) } });
  });

  test("have their characters counted in code points", () => {
    expect(charactersOf(parse({ inputs: [["a😀"], ["b", "cd"]] }).pairs)).toBe(5);
  });
});

describe("settings", () => {
  test.each([
    [{}, { longDocuments: "truncate", side: "right" }, false],
    [
      { truncate: null, truncation_direction: null, raw_scores: null },
      { longDocuments: "truncate" },
      false,
    ],
    [{ truncate: false }, { longDocuments: "refuse" }, false],
    [{ truncation_direction: "Left" }, { side: "left" }, false],
    [{ truncation_direction: "right", raw_scores: true, top_n: 3 }, { side: "right" }, true],
  ])("%j", (settings, fit, rawScores) => {
    const request = parse({ inputs: "a", ...settings });
    expect(request.fit).toMatchObject(fit);
    expect(request.rawScores).toBe(rawScores);
  });

  test.each([
    [{ truncate: "yes" }, "truncate"],
    [{ truncation_direction: "LEFT" }, "truncation_direction"],
    [{ raw_scores: 1 }, "raw_scores"],
  ])("%j is refused by name", (settings, param) => {
    expect(parseTeiPredict({ inputs: "a", ...settings })).toMatchObject({
      failure: { kind: "invalid_value", param },
    });
  });
});

describe("predictions", () => {
  const labels = ["no", "yes", "maybe"];
  const LOGITS = Float32Array.of(0, 2, -1, 1, 1, 1);
  const scores = (predictions: unknown) => predictions as { label: string; score: number }[];

  test("of one label are its sigmoid", () => {
    const head: Head = { kind: "sequence-classification", labels: ["LABEL_0"] };
    expect(formatTeiPredict(parse({ inputs: "a" }), Float32Array.of(0), head)).toEqual([
      { score: 0.5, label: "LABEL_0" },
    ]);
  });

  test("of several are all of them, best first, a softmax", () => {
    const head: Head = { kind: "sequence-classification", labels };
    const own = scores(formatTeiPredict(parse({ inputs: ["a", "b"] }), LOGITS, head));
    expect(own.map(({ label }) => label)).toEqual(["yes", "no", "maybe"]);
    expect(own.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1);
  });

  test("of a multi-label model are sigmoids", () => {
    const head: Head = { kind: "multi-label-classification", labels };
    const own = scores(formatTeiPredict(parse({ inputs: "a" }), LOGITS, head));
    expect(own[1]).toEqual({ label: "no", score: 0.5 });
  });

  test("of a batch are a list each, of equal scores the lower index first, raw if asked", () => {
    const head: Head = { kind: "sequence-classification", labels };
    const request = parse({ inputs: [["a"], ["b"]], raw_scores: true });
    expect(formatTeiPredict(request, LOGITS, head)).toEqual([
      [
        { label: "yes", score: 2 },
        { label: "no", score: 0 },
        { label: "maybe", score: -1 },
      ],
      labels.map((label) => ({ label, score: 1 })),
    ]);
  });
});
