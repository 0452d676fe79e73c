/** Local mode reads requests by code of its own, since the service's comes with its validator: here the two are held side by side. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Head } from "../../engine/index.ts";
import { loadCrossEncoder } from "../../engine/index.ts";
import { isRerankError } from "../../sdk/errors.ts";
import { parseRerankBody } from "../../sdk/local/rerank-body.ts";
import { LocalService } from "../../sdk/local/local-service.ts";
import { parseScoreBody } from "../../sdk/local/score-body.ts";
import type { Result } from "../../worker/errors.ts";
import { publicError } from "../../worker/public-error.ts";
import { labelRow, scoredLabelRow, scoreRow } from "../../worker/protocols/azure-ml-rows.ts";
import { parseAzureMl } from "../../worker/protocols/azure-ml.ts";
import { rerankV2 } from "../../worker/protocols/rerank.ts";
import { engineModule } from "../fixtures/engine.ts";
import { syntheticModel } from "../fixtures/synthetic-model.ts";

/** What a parser made of a body, or the refusal as a caller sees it. */
function outcome<T, U>(parse: () => T, show: (value: T) => U): unknown {
  try {
    return show(parse());
  } catch (error) {
    if (!isRerankError(error)) throw error;
    const { status, code, param } = error;
    return { status, code, param };
  }
}

function serviceOutcome<T, U>(parsed: Result<T>, show: (value: T) => U): unknown {
  if (parsed.ok) return show(parsed.value);
  const { status, code, param } = publicError(parsed.failure);
  return { status, code, param };
}

describe("a body of rerank means what it means to the service", () => {
  const query = "red planet";
  const documents = ["Venus", "Mars"];
  test.each<[string, object]>([
    ["plain", { query, documents }],
    ["with nulls", { query, documents, top_n: null, min_score: null, details: null, model: null }],
    [
      "with every option",
      { query, documents, top_n: 1, min_score: 0.5, raw_scores: true, details: true },
    ],
    ["limited in tokens", { query, documents, max_tokens_per_doc: 5, max_chunks_per_doc: 2 }],
    ["with windows", { query, documents, long_documents: "max_window" }],
    ["a model's name", { query, documents, model: "default" }],
    ["several queries", { queries: [query, "moon"], documents }],
    ["no query", { documents }],
    ["both", { query, queries: [query], documents }],
    ["an empty query", { query: "", documents }],
    ["a query of nothing to see", { query: "\u200b\u0000 ", documents }],
    ["an empty one of several", { queries: [query, " "], documents }],
    ["queries that are none", { queries: [], documents }],
    ["a query that is a number", { query: 1, documents }],
    ["no documents", { query }],
    ["an empty list", { query, documents: [] }],
    ["a number among the documents", { query, documents: ["Venus", 1] }],
    ["top_n 0", { query, documents, top_n: 0 }],
    ["top_n 1.5", { query, documents, top_n: 1.5 }],
    ["min_score over 1", { query, documents, min_score: 1.1 }],
    ["details that are a word", { query, documents, details: "yes" }],
    ["raw_scores that are a number", { query, documents, raw_scores: 1 }],
    ["long_documents of another word", { query, documents, long_documents: "refuse" }],
    ["max_tokens_per_doc 0", { query, documents, max_tokens_per_doc: 0 }],
    ["a model that is a number", { query, documents, model: 5 }],
  ])("%s", (_, body) => {
    const here = outcome(
      () => parseRerankBody(body),
      ({ queries, documents: texts, topN, minScore, rawScores, details, isList, model, fit }) => ({
        request: { queries, documents: texts, topN, minScore, fit },
        options: { rawScores, details, isList, model },
      }),
    );
    const there = serviceOutcome(rerankV2.parse(body), ({ request, options }) => ({
      request: {
        queries: request.queries,
        documents: request.documents,
        topN: request.topN,
        minScore: request.minScore,
        fit: request.fit,
      },
      options: {
        rawScores: options.rawScores,
        details: options.details,
        isList: options.isList,
        model: options.model,
      },
    }));
    expect(here).toEqual(there);
  });
});

describe("a body of score means what it means to the service", () => {
  test.each<[string, unknown]>([
    ["A", { inputs: { input_string: ["a", "b"] } }],
    ["A with scores", { inputs: { input_string: ["a"] }, parameters: { return_scores: true } }],
    ["A, two columns", { inputs: { question: ["q"], passage: ["d"] } }],
    ["A with a field too many", { inputs: { input_string: ["a"] }, params: {} }],
    ["B", { input_data: { input_string: ["a"] } }],
    ["B, a text for a column", { input_data: { ReviewText: "a" } }],
    [
      "B with parameters inside",
      { input_data: { q: ["q"], d: ["d"], parameters: { return_scores: true } } },
    ],
    ["B with params", { input_data: { q: ["q"] }, params: { return_scores: true } }],
    ["B, a column called parameters", { input_data: { parameters: ["a"] } }],
    ["B, split", { input_data: { columns: ["x"], index: [0], data: [["a"]] } }],
    [
      "B, split, two columns",
      {
        input_data: {
          columns: ["x", "y"],
          data: [
            ["q", "d"],
            ["q", "e"],
          ],
        },
      },
    ],
    ["B, split, three columns", { input_data: { columns: [1, 2, 3], data: [["x", "y", "z"]] } }],
    ["B, three columns", { input_data: { a: ["x"], b: ["y"], c: ["z"] } }],
    ["B, a marked pair", { input_data: { input_string: ["[CLS] q [SEP] d [SEP]"] } }],
    ["C, a marked pair", { input_data: [" [CLS]q[SEP]  d[SEP]\n"] }],
    ["C, one text", { input_data: "a" }],
    [
      "C, pairs and texts",
      {
        input_data: [
          "a",
          { text: "q", text_pair: "d" },
          { text: "a" },
          { text: "a", text_pair: null },
        ],
      },
    ],
    [
      "C with parameters",
      { input_data: ["a"], params: { top_k: 2, function_to_apply: "Softmax" } },
    ],
    ["C for all labels", { input_data: ["a"], params: { top_k: null, return_all_scores: true } }],
    ["nothing", {}],
    ["a list", []],
    ["no columns", { input_data: {} }],
    ["columns of unequal length", { input_data: { a: ["x"], b: [] } }],
    ["columns of another length", { input_data: { a: ["x"], b: ["y", "z"] } }],
    ["a number in a column", { input_data: { a: ["x", 1] } }],
    ["a column that is a number", { input_data: { a: 1 } }],
    ["rows of another width", { input_data: { columns: ["a"], data: [["x", "y"]] } }],
    ["an empty frame", { input_data: { columns: ["a"], data: [] } }],
    ["a number in a frame", { input_data: { columns: ["a"], data: [[1]] } }],
    ["no rows", { input_data: [] }],
    ["a row that is a number", { input_data: ["a", 1] }],
    ["a pair that is a number", { input_data: [{ text: "a", text_pair: 1 }] }],
    ["a list of lists", { input_data: [["q", "d"]] }],
    ["top_k 0", { input_data: ["a"], params: { top_k: 0 } }],
    ["another function", { input_data: ["a"], params: { function_to_apply: "tanh" } }],
    ["params that are a list", { input_data: ["a"], params: [] }],
  ])("%s", (_, body) => {
    const here = outcome(
      () => parseScoreBody(body),
      ({ pairs, pipeline, returnScores }) => ({ pairs, pipeline, returnScores }),
    );
    const there = serviceOutcome(parseAzureMl(body), ({ pairs, pipeline, returnScores }) => ({
      pairs,
      pipeline: pipeline && {
        scoreFunction: pipeline.scoreFunction,
        topK: pipeline.topK,
        returnAllScores: pipeline.returnAllScores,
      },
      returnScores,
    }));
    expect(here).toEqual(there);
  });
});

describe("rows of a classifier are the service's", () => {
  const head: Head = { kind: "sequence-classification", labels: ["no", "maybe", "yes"] };
  const model = syntheticModel({
    name: "classifier",
    hiddenSize: 32,
    numLayers: 1,
    numHeads: 2,
    intermediateSize: 64,
    vocabSize: 500,
    maxSeqLength: 64,
    labels: head.labels as string[],
    seed: 1,
  });
  const scored = async (body: object): Promise<unknown> => {
    const service = new LocalService(await loadCrossEncoder(engineModule, model));
    const request = { method: "POST", path: "/score", body: JSON.stringify(body) };
    const answer = await service.answer(request, new AbortController().signal);
    return JSON.parse(answer.body) as unknown;
  };
  const logits = async (): Promise<Float32Array> => {
    const encoder = await loadCrossEncoder(engineModule, model);
    const { tokenizer } = encoder;
    return encoder.logits([tokenizer.pair(tokenizer.encode("some text"), null)]);
  };

  test("labels alone, and with scores", async () => {
    const own = await logits();
    const body = { inputs: { input_string: ["some text"] } };
    expect(await scored(body)).toEqual([labelRow(own, head)]);
    expect(await scored({ ...body, parameters: { return_scores: true } })).toEqual([
      scoredLabelRow(own, head),
    ]);
  });

  test.each([
    [{}, undefined, undefined, false],
    [{ top_k: 2 }, undefined, 2, false],
    [{ top_k: null, function_to_apply: "sigmoid" }, "sigmoid", null, false],
    [{ return_all_scores: true, function_to_apply: "none" }, "none", undefined, true],
  ] as const)("a pipeline's, with %j", async (params, scoreFunction, topK, returnAllScores) => {
    const rest = { aggregationStrategy: "none", ignoreLabels: ["O"] } as const;
    expect(await scored({ input_data: ["some text"], params })).toEqual([
      scoreRow(await logits(), head, { scoreFunction, topK, returnAllScores, ...rest }),
    ]);
  });

  test("it does not rank", async () => {
    const service = new LocalService(await loadCrossEncoder(engineModule, model));
    const body = JSON.stringify({ query: "q", documents: ["d"] });
    const answer = await service.answer(
      { method: "POST", path: "/v2/rerank", body },
      new AbortController().signal,
    );
    expect(answer.status).toBe(424);
    expect(JSON.parse(answer.body)).toMatchObject({ code: "not_a_ranker" });
  });
});

test("no body of JSON makes it fail", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (value, other) => {
      const show = () => "read";
      outcome(() => parseScoreBody({ input_data: value, params: other }), show);
      outcome(() => parseScoreBody({ inputs: value }), show);
      outcome(
        () => parseRerankBody({ query: "q", documents: value, queries: other } as object),
        show,
      );
    }),
    { seed: 1, numRuns: 500 },
  );
});
