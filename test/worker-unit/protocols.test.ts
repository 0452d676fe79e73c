import { describe, expect, test } from "vitest";
import type { Head } from "../../engine/index.ts";
import {
  azureMlErrorBody,
  parseAzureMl,
  type PipelineParameters,
} from "../../worker/protocols/azure-ml.ts";
import { labelRow, scoreRow } from "../../worker/protocols/azure-ml-rows.ts";
import {
  formatRerank,
  parseRerank,
  rerankErrorBody,
  type ParsedRerank,
} from "../../worker/protocols/rerank.ts";

describe("rerank", () => {
  test("a body becomes a request, with everything ranked unless told otherwise", () => {
    expect(
      parseRerank({ query: "q", documents: ["a", { text: "b", id: 7 }], unknown: [] }),
    ).toEqual({
      ok: true,
      value: {
        model: undefined,
        request: { query: "q", documents: ["a", "b"], topN: 2, rawScores: false },
        returnDocuments: false,
      },
    });
  });

  test("an object without prototype keys is not confused by them", () => {
    const body: unknown = JSON.parse('{"query":"q","documents":[{"__proto__":{"text":"x"}}]}');
    expect(parseRerank(body)).toMatchObject({
      failure: { kind: "invalid_value", param: "documents[0]" },
    });
  });

  test("a query cut to half the window is said in the answer", () => {
    const parsed = parseRerank({ query: "q", documents: ["a", "b"] }) as { value: ParsedRerank };
    const cuts = [0, 1].map((index) => ({ index, queryTokens: 9, documentTokens: 0 }));
    const { meta } = formatRerank(parsed.value, { results: [], tokens: 1_024, cuts }, "id", "m");
    expect(meta.warnings).toEqual(["The query was cut to half of the model's window."]);
    expect(meta.truncated).toEqual(
      cuts.map(({ index }) => ({ index, query_tokens_cut: 9, document_tokens_cut: 0 })),
    );
  });

  test("an error without a parameter has no such key", () => {
    expect(rerankErrorBody({ status: 400, code: "c", message: "m" }, "id")).toEqual({
      id: "id",
      code: "c",
      message: "m",
    });
  });
});

describe("Azure ML", () => {
  const pairs = (body: unknown) => {
    const parsed = parseAzureMl(body);
    return parsed.ok
      ? parsed.value.pairs.map(({ query, document }) => [query, document])
      : parsed.failure;
  };
  const single = [["a", null]];
  const pair = [["q", "d"]];

  test.each([
    ["A", { inputs: { input_string: ["a"] } }, single],
    ["A with parameters", { inputs: { input_string: ["a"] }, parameters: { top_k: 1 } }, single],
    ["A, two columns", { inputs: { question: ["q"], passage: ["d"] } }, pair],
    ["B", { input_data: { input_string: ["a"] } }, single],
    ["B, a text for a column", { input_data: { ReviewText: "a" } }, single],
    [
      "B, two columns and parameters",
      { input_data: { query: ["q"], document: ["d"], parameters: {} } },
      pair,
    ],
    ["B, a column called parameters", { input_data: { parameters: ["a"] } }, single],
    ["B, split", { input_data: { columns: ["x"], index: [0], data: [["a"]] } }, single],
    ["B, split, two columns", { input_data: { columns: ["x", "y"], data: [["q", "d"]] } }, pair],
    ["C", { input_data: ["a"], params: { top_k: 2 } }, single],
    ["C, one text", { input_data: "a" }, single],
    ["C, a pair", { input_data: [{ text: "q", text_pair: "d" }] }, pair],
    ["C, an object without second text", { input_data: [{ text: "a" }] }, single],
    ["C, null for the second text", { input_data: [{ text: "a", text_pair: null }] }, single],
  ])("generation %s is read", (_, body, expected) => {
    expect(pairs(body)).toEqual(expected);
  });

  test.each<[unknown, string | undefined]>([
    [null, undefined],
    [[], undefined],
    ["text", undefined],
    [{}, "input_data"],
    [{ input_data: 5 }, "input_data"],
    [{ input_data: [] }, "input_data"],
    [{ input_data: {} }, "input_data"],
    [{ input_data: { parameters: {} } }, "input_data"],
    [{ input_data: { a: [] } }, "input_data.a"],
    [{ input_data: { a: ["x", 1] } }, "input_data.a[1]"],
    [{ input_data: { a: ["x"], b: ["y", "z"] } }, "input_data"],
    [{ input_data: { a: ["x"], b: ["y"], c: ["z"] } }, "input_data"],
    [{ input_data: { columns: ["a", "b"], data: [["x"]] } }, "input_data.data"],
    [{ input_data: { columns: [], data: [[]] } }, "input_data.columns"],
    [{ input_data: { columns: ["a"], data: [["x", "y", "z"]] } }, "input_data.data[0]"],
    [{ input_data: [["q", "d"]] }, "input_data[0]"],
    [{ input_data: [{ text: "q", text_pair: 1 }] }, "input_data[0]"],
    [{ inputs: ["a"] }, "inputs"],
    [{ inputs: { a: ["x"] }, input_data: ["x"] }, undefined],
  ])("%j is refused by name", (body, param) => {
    const parsed = parseAzureMl(body);
    const failure = parsed.ok ? undefined : parsed.failure;
    expect(failure).toMatchObject({ kind: "invalid_value", ...(param !== undefined && { param }) });
    expect(Object.hasOwn(failure!, "param")).toBe(param !== undefined);
  });

  const pipelineOf = (body: object): PipelineParameters | null => {
    const parsed = parseAzureMl(body);
    expect(parsed).toMatchObject({ ok: true });
    return (parsed as { value: { pipeline: PipelineParameters | null } }).value.pipeline;
  };
  const DEFAULTS: PipelineParameters = {
    scoreFunction: undefined,
    topK: undefined,
    returnAllScores: false,
    aggregationStrategy: "none",
    ignoreLabels: ["O"],
  };

  test.each<[object | null | undefined, Partial<PipelineParameters>]>([
    [undefined, {}],
    [null, {}],
    [{}, {}],
    [{ max_length: 128, truncation: true }, {}],
    [{ top_k: 3 }, { topK: 3 }],
    [{ top_k: null }, { topK: null }],
    [{ return_all_scores: true }, { returnAllScores: true }],
    [{ return_all_scores: null, function_to_apply: null }, {}],
    [{ function_to_apply: "default" }, {}],
    [{ function_to_apply: "Softmax" }, { scoreFunction: "softmax" }],
    [{ aggregation_strategy: "MAX" }, { aggregationStrategy: "max" }],
    [{ ignore_labels: [] }, { ignoreLabels: [] }],
  ])("the pipeline's parameters %j are read in generation C", (params, expected) => {
    expect(pipelineOf({ input_data: ["a"], params })).toEqual({ ...DEFAULTS, ...expected });
  });

  test("generations A and B ask for labels alone, whatever their parameters", () => {
    const parameters = { top_k: "x", aggregation_strategy: 5 };
    expect(pipelineOf({ inputs: { a: ["x"] }, parameters })).toBeNull();
    expect(pipelineOf({ input_data: { a: ["x"], parameters } })).toBeNull();
  });

  test.each<[unknown, string]>([
    ["x", "params"],
    [{ top_k: 0 }, "params.top_k"],
    [{ top_k: 1.5 }, "params.top_k"],
    [{ return_all_scores: 1 }, "params.return_all_scores"],
    [{ function_to_apply: "tanh" }, "params.function_to_apply"],
    [{ aggregation_strategy: "mean" }, "params.aggregation_strategy"],
    [{ ignore_labels: "O" }, "params.ignore_labels"],
    [{ ignore_labels: [1] }, "params.ignore_labels[0]"],
  ])("the parameters %j are refused by name", (params, param) => {
    expect(parseAzureMl({ input_data: ["a"], params })).toMatchObject({
      failure: { kind: "invalid_value", param },
    });
  });

  const HEAD: Head = { kind: "sequence-classification", labels: ["no", "yes", "maybe"] };
  const MULTI: Head = { ...HEAD, kind: "multi-label-classification" };
  const LOGITS = Float32Array.of(0, 2, -1);

  test("a row of labels has the best one, or of a multi-label model those from 0.5", () => {
    expect(labelRow(LOGITS, HEAD)).toEqual({ "0": "yes" });
    expect(labelRow(LOGITS, MULTI)).toEqual({ "0": "['no', 'yes']" });
    expect(labelRow(Float32Array.of(-1, -1e-6, -9), MULTI)).toEqual({ "0": "[]" });
  });

  test("a row of scores has the best one, or as many as asked, best first", () => {
    const labelsOf = (params: Partial<PipelineParameters>): unknown => {
      const row = scoreRow(LOGITS, HEAD, { ...DEFAULTS, ...params });
      return Array.isArray(row) ? row.map(({ label }) => label) : row.label;
    };
    expect(labelsOf({})).toBe("yes");
    expect(labelsOf({ topK: 1 })).toEqual(["yes"]);
    expect(labelsOf({ topK: 2 })).toEqual(["yes", "no"]);
    expect(labelsOf({ topK: 9 })).toEqual(["yes", "no", "maybe"]);
    expect(labelsOf({ topK: null })).toEqual(["yes", "no", "maybe"]);
    expect(labelsOf({ returnAllScores: true })).toEqual(["no", "yes", "maybe"]);
    expect(labelsOf({ returnAllScores: true, topK: 1 })).toEqual(["yes", "no", "maybe"]);
  });

  test("an error is its message alone", () => {
    expect(azureMlErrorBody({ status: 400, code: "c", message: "m", param: "p" })).toEqual({
      message: "m",
    });
  });
});
