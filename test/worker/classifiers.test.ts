import { describe, expect, test } from "vitest";
import { loadCrossEncoder } from "../../engine/index.ts";
import type { AzureMlEntity, AzureMlEntityGroup, AzureMlScore } from "../../sdk/index.ts";
import { engineModule } from "../fixtures/engine.ts";
import { headsFixture } from "../fixtures/heads-fixture.ts";
import { packedFolder } from "../fixtures/packed-folder.ts";
import { syntheticModel, type SyntheticShape } from "../fixtures/synthetic-model.ts";
import { CAPITALS, useService, type Service } from "./service.ts";

/** The most that quantized activations may move a score from Python's in float32. */
const SCORE_TOLERANCE = 0.005;

const { texts, sequences, tokens } = headsFixture;
const [, manyLabels, multiLabel] = sequences;
const [bioTags] = tokens;

/** Serves a synthetic model as `MODEL=folder npm start` does. */
function serve(shape: SyntheticShape): Service {
  return useService({}, packedFolder(syntheticModel(shape)));
}

async function score(service: Service, body: unknown): Promise<unknown> {
  const response = await service.post("/score", body);
  expect(response.status).toBe(200);
  return response.json();
}

/** What every model answers that is no ranker. */
function noRanker(service: Service, shape: SyntheticShape, says: string): void {
  test.each(["/v1/rerank", "/v2/rerank", "/rerank"])("%s refuses, saying why", async (path) => {
    const response = await service.post(path, CAPITALS);
    expect(response.status).toBe(424);
    expect(await response.json()).toMatchObject({
      code: "not_a_ranker",
      message: expect.stringContaining(says),
    });
  });

  test("/ready finds that it computes what it did when it was built", async () => {
    expect((await service.fetch("/ready")).status).toBe(200);
  });

  test("/info tells the kind of head and its labels", async () => {
    const response = await service.fetch("/info");
    expect(await response.json()).toMatchObject({
      model: `test/${shape.name.replaceAll(" ", "-")}`,
      head: shape.kind,
      labels: shape.labels,
      maxSeqLength: shape.maxSeqLength,
    });
  });

  test("a text over the window is cut, and counted", async () => {
    const response = await service.post("/score", { input_data: ["a", "b ".repeat(100)] });
    expect(response.status).toBe(200);
    expect(response.headers.get("x-rerank-truncated")).toBe("1");
    expect(response.headers.get("x-rerank-tokens")).toBe(String(3 + shape.maxSeqLength));
  });
}

describe("a classifier of many labels", () => {
  const { shape, answers } = manyLabels!;
  const service = serve(shape);
  const labels = answers.best.map(({ label }) => ({ "0": label }));

  noRanker(service, shape, "classifies texts into 4 labels");

  test("TEI's /predict answers all labels of each text, best first", async () => {
    const inputs = texts.filter((text) => text !== "").map((text) => [text]);
    const response = await service.post("/predict", { inputs });
    expect(response.status).toBe(200);
    const rows = (await response.json()) as AzureMlScore[][];
    const expected = answers.all.filter((_, row) => texts[row] !== "");
    expect(rows.map((row) => row.map(({ label }) => label))).toEqual(
      expected.map((row) => row.map(({ label }) => label)),
    );
    expectClose(rows.flat(), expected.flat());
  });

  test.each([
    ["A", { inputs: { input_string: texts }, parameters: {} }],
    ["B", { input_data: { input_string: texts } }],
    ["B, split", { input_data: { columns: ["x"], data: texts.map((text) => [text]) } }],
  ])("generation %s answers the best label of each row", async (_, body) => {
    expect(await score(service, body)).toEqual(labels);
  });

  test("generation C answers label and score of each row", async () => {
    const rows = (await score(service, { input_data: texts })) as AzureMlScore[];
    expect(rows.map(({ label }) => ({ "0": label }))).toEqual(labels);
    expectClose(rows, answers.best);
  });

  test("generation C answers as many labels as asked, and with the function asked for", async () => {
    const params = { top_k: 2 };
    const two = (await score(service, { input_data: texts, params })) as AzureMlScore[][];
    for (const [index, row] of two.entries()) expectClose(row, answers.two[index]!);
    const all = (await score(service, {
      input_data: texts,
      params: { top_k: null, function_to_apply: "sigmoid" },
    })) as AzureMlScore[][];
    for (const [index, row] of all.entries()) expectClose(row, answers.sigmoid[index]!);
    const inOrder = (await score(service, {
      input_data: texts,
      params: { return_all_scores: true },
    })) as AzureMlScore[][];
    expect(inOrder[0]!.map(({ label }) => label)).toEqual(shape.labels);
  });

  test("a parameter of the wrong type is refused by name", async () => {
    const response = await service.post("/score", { input_data: ["a"], params: { top_k: "two" } });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      message: "params.top_k must be a whole number, or null for all.",
    });
  });
});

describe("a multi-label classifier", () => {
  const { shape, answers } = multiLabel!;
  const service = serve(shape);

  noRanker(service, shape, "classifies texts into 5 labels");

  test("generations A and B answer the labels from 0.5, as Python writes a list", async () => {
    const expected = answers.all.map((row) => {
      const right = new Set(row.filter((one) => one.score >= 0.5).map(({ label }) => label));
      const inOrder = shape.labels.filter((label) => right.has(label));
      return { "0": `[${inOrder.map((label) => `'${label}'`).join(", ")}]` };
    });
    expect(await score(service, { inputs: { input_string: texts } })).toEqual(expected);
    expect(await score(service, { input_data: { input_string: texts } })).toEqual(expected);
  });

  test("generation C answers sigmoids: the best, or all", async () => {
    expectClose((await score(service, { input_data: texts })) as AzureMlScore[], answers.best);
    const params = { top_k: null };
    const all = (await score(service, { input_data: texts, params })) as AzureMlScore[][];
    for (const [index, row] of all.entries()) expectClose(row, answers.all[index]!);
  });
});

describe("a token classifier", () => {
  const { shape, answers } = bioTags!;
  const service = serve(shape);

  noRanker(service, shape, "classifies tokens into 5 labels");

  test("TEI's /predict refuses, saying why", async () => {
    const response = await service.post("/predict", { inputs: "a" });
    expect(response.status).toBe(424);
    expect(await response.json()).toEqual({
      error: expect.stringContaining("labels the tokens of a text"),
      error_type: "Backend",
    });
  });

  test("generations A and B answer the tags of the words between spaces", async () => {
    const input_string = ["ab w1 it's", "Café  ab"];
    const model = await loadCrossEncoder(engineModule, syntheticModel(shape));
    const tagOf = (text: string, token: number): string => {
      const logits = model.logits([model.tokenizer.pair(model.tokenizer.encode(text), null)]);
      const row = logits.subarray((token + 1) * 5, (token + 2) * 5);
      return (shape.labels as string[])[row.indexOf(Math.max(...row))]!;
    };
    // The words' first tokens: a ##b w1 i ##t ' s, and c ##a ##f ##e a ##b.
    const expected = [
      [0, 2, 3].map((token) => tagOf(input_string[0]!, token)),
      [0, 4].map((token) => tagOf(input_string[1]!, token)),
    ].map((tags) => ({ "0": `[${tags.map((tag) => `'${tag}'`).join(", ")}]` }));
    expect(await score(service, { inputs: { input_string } })).toEqual(expected);
    expect(await score(service, { input_data: { input_string } })).toEqual(expected);
  });

  test.each(Object.keys(answers).filter((name) => name !== "ignoring nothing"))(
    "generation C answers the pipeline's entities, strategy %s",
    async (aggregation_strategy) => {
      const params = { aggregation_strategy };
      const rows = (await score(service, { input_data: texts, params })) as AnyEntity[][];
      for (const [index, row] of rows.entries())
        expectClose(row, answers[aggregation_strategy]![index] as AnyEntity[]);
    },
  );

  test("generation C without parameters answers every token that is not O", async () => {
    const rows = (await score(service, { input_data: texts })) as AzureMlEntity[][];
    for (const [index, row] of rows.entries())
      expectClose(row, answers["none"]![index] as AzureMlEntity[]);
  });

  test("generation C leaves out the labels that it is told to", async () => {
    const params = { aggregation_strategy: "first", ignore_labels: [] };
    const rows = (await score(service, { input_data: texts, params })) as AnyEntity[][];
    for (const [index, row] of rows.entries())
      expectClose(row, answers["ignoring nothing"]![index] as AnyEntity[]);
  });

  test("a text's entities do not depend on its neighbours or their order", async () => {
    const rows = (await score(service, { input_data: texts })) as unknown[];
    const reversed = await score(service, { input_data: texts.toReversed() });
    expect(reversed).toEqual(rows.toReversed());
    for (const [index, text] of texts.entries())
      expect(await score(service, { input_data: text })).toEqual([rows[index]]);
  });

  test.each([
    ["inputs", { inputs: { a: ["x"], b: ["y"] } }],
    ["input_data", { input_data: ["x", { text: "x", text_pair: "y" }] }],
  ])("pairs in %s are refused", async (field, body) => {
    const response = await service.post("/score", body);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      message: `${field} must have single texts: the model labels the tokens of one text, not of a pair.`,
    });
  });
});

type AnyEntity = AzureMlEntity | AzureMlEntityGroup;

/** The same but for scores, which are close. */
function expectClose<T extends { score: number }>(
  actual: readonly T[],
  expected: readonly T[],
): void {
  expect(actual).toEqual(expected.map((one) => ({ ...one, score: expect.any(Number) as unknown })));
  for (const [index, one] of expected.entries())
    expect(Math.abs(actual[index]!.score - one.score)).toBeLessThan(SCORE_TOLERANCE);
}
