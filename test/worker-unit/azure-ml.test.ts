import { describe, expect, test } from "vitest";
import { PairTokenizer, type Head } from "../../engine/index.ts";
import type { Failure } from "../../worker/errors.ts";
import { publicError } from "../../worker/public-error.ts";
import { azureMlErrorBody } from "../../worker/protocols/azure-ml-errors.ts";
import type { PipelineParameters } from "../../worker/protocols/azure-ml-parameters.ts";
import { queryInput } from "../../worker/protocols/azure-ml-query.ts";
import {
  labelRow,
  scoredLabelRow,
  scoredTagRow,
  scoreRow,
  tagRow,
} from "../../worker/protocols/azure-ml-rows.ts";
import {
  SWAGGER_VERSIONS,
  swaggerDocument,
  swaggerVersionOf,
} from "../../worker/protocols/azure-ml-swagger.ts";
import { parseAzureMl } from "../../worker/protocols/azure-ml.ts";
import { defaultTokenizerJson } from "../fixtures/engine.ts";

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
    [
      "B, split, three columns",
      { input_data: { columns: [1, 2, 3], data: [["x", "y", "z"]] } },
      [["x. y. z", null]],
    ],
    ["B, three columns", { input_data: { a: ["x"], b: ["y"], c: ["z"] } }, [["x. y. z", null]]],
    ["B, a marked pair", { input_data: { input_string: ["[CLS] q [SEP] d [SEP]"] } }, pair],
    ["C, a marked pair", { input_data: [" [CLS]q[SEP]  d[SEP]\n"] }, pair],
    ["C", { input_data: ["a"], params: { top_k: 2 } }, single],
    ["C, one text", { input_data: "a" }, single],
    ["C, a pair", { input_data: [{ text: "q", text_pair: "d" }] }, pair],
    ["C, an object without second text", { input_data: [{ text: "a" }] }, single],
    ["C, null for the second text", { input_data: [{ text: "a", text_pair: null }] }, single],
  ])("generation %s is read", (_, body, expected) => {
    expect(pairs(body)).toEqual(expected);
  });

  test.each([
    "[CLS] q [SEP]",
    "[CLS] a [SEP] b [SEP] c [SEP]",
    "q [SEP] d [SEP]",
    "[CLS] q [SEP] d",
  ])("%s is a text like any other", (text) => {
    expect(pairs({ input_data: [text] })).toEqual([[text, null]]);
  });

  test("texts of an object are taken as they are", () => {
    const text = "[CLS] q [SEP] d [SEP]";
    expect(pairs({ input_data: [{ text }] })).toEqual([[text, null]]);
  });

  test("many columns of long texts are over the limit of one", () => {
    const long = ["x".repeat(60_000)];
    expect(parseAzureMl({ input_data: { a: long, b: long, c: long } })).toMatchObject({
      failure: {
        kind: "over_limit",
        limit: "maxDocumentChars",
        actual: 180_004,
        param: "input_data",
      },
    });
  });

  const TOO_LONG = "x".repeat(100_001);
  test.each<[string, unknown]>([
    ["input_data[1]", ["x", TOO_LONG]],
    ["input_data[0].text", [{ text: TOO_LONG }]],
    ["input_data[1].text_pair", ["x", { text: "x", text_pair: TOO_LONG }]],
  ])("%s that is too long is over the limit, and not of no known form", (param, input_data) => {
    expect(parseAzureMl({ input_data })).toMatchObject({
      failure: { kind: "over_limit", limit: "maxDocumentChars", actual: 100_001, param },
    });
  });

  test.each([null, [], "text"])("%j is refused as no object", (body) => {
    expect(pairs(body)).toEqual({ kind: "not_an_object" });
  });

  test("a body without input_data is refused by that name", () => {
    expect(pairs({ params: {} })).toEqual({ kind: "missing_value", param: "input_data" });
  });

  test.each<[unknown, string | undefined]>([
    [{ input_data: 5 }, "input_data"],
    [{ input_data: [] }, "input_data"],
    [{ input_data: {} }, "input_data"],
    [{ input_data: { parameters: {} } }, "input_data"],
    [{ input_data: { a: [] } }, "input_data.a"],
    [{ input_data: { a: ["x", 1] } }, "input_data.a[1]"],
    [{ input_data: { a: ["x"], b: ["y", "z"] } }, "input_data"],
    [{ input_data: { columns: ["a", "b"], data: [["x"]] } }, "input_data.data"],
    [{ input_data: { columns: [], data: [[]] } }, "input_data.columns"],
    [{ input_data: { columns: ["a"], data: [["x", "y", "z"]] } }, "input_data.data"],
    [{ input_data: { columns: ["a"], data: [[1]] } }, "input_data.data[0][0]"],
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

  test.each<[boolean, object]>([
    [false, { inputs: { a: ["x"] } }],
    [false, { inputs: { a: ["x"] }, parameters: [] }],
    [true, { inputs: { a: ["x"] }, parameters: { return_scores: true } }],
    [false, { input_data: { a: ["x"], parameters: { return_scores: null } } }],
    [true, { input_data: { a: ["x"], parameters: { return_scores: true } } }],
    [true, { input_data: { a: ["x"] }, params: { return_scores: true } }],
    [true, { input_data: { columns: ["a"], data: [["x"]] }, params: { return_scores: true } }],
  ])("return_scores is %s in %j", (returnScores, body) => {
    expect(parseAzureMl(body)).toMatchObject({ ok: true, value: { pipeline: null, returnScores } });
  });

  test.each<[object, string]>([
    [{ inputs: { a: ["x"] }, parameters: { return_scores: 1 } }, "parameters.return_scores"],
    [
      { input_data: { a: ["x"], parameters: { return_scores: "yes" } } },
      "input_data.parameters.return_scores",
    ],
  ])("the return_scores of %j is refused by name", (body, param) => {
    expect(parseAzureMl(body)).toMatchObject({ failure: { kind: "invalid_value", param } });
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

  test("a row of labels has their scores beside them if asked", () => {
    const softmax = Math.exp(2) / (1 + Math.exp(2) + Math.exp(-1));
    expect(scoredLabelRow(LOGITS, HEAD)).toEqual({ "0": "yes", score: expect.closeTo(softmax, 6) });
    expect(scoredLabelRow(LOGITS, MULTI)).toEqual({
      "0": "['no', 'yes']",
      score: [0.5, expect.closeTo(0.880797, 6)],
    });
  });

  test("a row of tags has that of each word's first token, and their softmax beside them if asked", () => {
    const head: Head = { kind: "token-classification", labels: ["O", "LOC"] };
    const tokenizer = new PairTokenizer(defaultTokenizerJson, 12);
    const text = "the river's bank";
    const tokens = tokenizer.align(text);
    const logits = Float32Array.of(0, 0.5, 1, 0, 9, 0, 9, 0, 0, 2);
    expect(logits).toHaveLength(tokens.ids.length * head.labels.length);
    const tagged = { text, tokens, logits, tokenizer };
    const score = [0.5, 1, 2].map((lead) => expect.closeTo(1 / (1 + Math.exp(-lead)), 6));
    expect(tagRow(tagged, head)).toEqual({ "0": "['LOC', 'O', 'LOC']" });
    expect(scoredTagRow(tagged, head)).toEqual({ "0": "['LOC', 'O', 'LOC']", score });
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

  test.each<[Failure, string]>([
    [{ kind: "invalid_value", param: "p", problem: "must be a list" }, "p must be a list."],
    [{ kind: "empty_body" }, "POST body is empty. Expecting a JSON dictionary."],
    [{ kind: "invalid_json", problem: "x" }, "POST body could not be decoded as JSON: x"],
    [{ kind: "wrong_method", allowed: "GET" }, "The method is not allowed for the requested URL."],
  ])("the error of %j is its message alone", (failure, message) => {
    expect(azureMlErrorBody(publicError(failure), "id", failure)).toEqual({ message });
  });

  test.each<[string, object]>([
    ["", {}],
    ["a=1&b=[1,2]&c=a&d=null", { a: 1, b: [1, 2], c: "a", d: null }],
    ["foo=bar1&foo=2&x=y", { foo: ["bar1", 2], x: "y" }],
    ["a=&b", { a: "", b: "" }],
    ["a=%22x%22&A=1+2", { a: "x", A: "1 2" }],
  ])("the query %s is an input", (query, input) => {
    expect(queryInput(new URLSearchParams(query))).toEqual(input);
  });

  test("a query cannot reach the prototype", () => {
    const input = queryInput(new URLSearchParams('__proto__={"input_data":["a"]}'));
    expect(Object.keys(input)).toEqual(["__proto__"]);
    expect(input["input_data"]).toBeUndefined();
  });

  test.each([
    ["2", "2"],
    ["2.0", "2"],
    ["3", "3"],
    ["3.0", "3"],
    ["3.1", "3.1"],
    ["3.1.0", undefined],
    ["9", undefined],
    ["", undefined],
  ])("the swagger version %j is %s", (requested, version) => {
    expect(swaggerVersionOf(requested)).toBe(version);
  });

  test.each(SWAGGER_VERSIONS)(
    "every reference of the swagger document %s leads somewhere",
    (version) => {
      const document = swaggerDocument(version, "name", "1.0.0");
      const references = JSON.stringify(document).match(/#\/[^"]+/g)!;
      expect(references.length).toBeGreaterThan(4);
      for (const reference of references) {
        let place: unknown = document;
        for (const key of reference.split("/").slice(1))
          place = (place as Record<string, unknown>)[key];
        expect(place, reference).toBeTypeOf("object");
      }
    },
  );
});
