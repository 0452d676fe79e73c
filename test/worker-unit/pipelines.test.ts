import { describe, expect, test } from "vitest";
import { loadCrossEncoder, type CrossEncoder } from "../../engine/index.ts";
import type { AzureMlScore } from "../../sdk/index.ts";
import { entitiesOf, type AggregationStrategy } from "../../worker/entities.ts";
import { scoreRow } from "../../worker/protocols/azure-ml-rows.ts";
import type { PipelineParameters } from "../../worker/protocols/azure-ml-parameters.ts";
import type { TaggedText } from "../../worker/tag-texts.ts";
import { engineModule } from "../fixtures/engine.ts";
import { headsFixture } from "../fixtures/heads-fixture.ts";
import { syntheticModel } from "../fixtures/synthetic-model.ts";

/** The most that quantized activations may move a score, and a logit, from float32 on the same weights. */
const SCORE_TOLERANCE = 0.005;
const LOGIT_TOLERANCE = 0.05;

const DEFAULTS: PipelineParameters = {
  scoreFunction: undefined,
  topK: undefined,
  returnAllScores: false,
  aggregationStrategy: "none",
  ignoreLabels: ["O"],
};

const { manifest, texts, sequences, tokens } = headsFixture;
const library = `Python's ${manifest.library} ${manifest.version}`;

/** Answers without their scores, which must be equal, and the scores, which must be close. */
function parts(answers: unknown): { exact: unknown; scores: number[] } {
  const scores: number[] = [];
  const exact: unknown = JSON.parse(
    JSON.stringify(answers, (key, value: unknown) => {
      if (key === "score") scores.push(value as number);
      return key === "score" ? undefined : value;
    }),
  );
  return { exact, scores };
}

function expectSame(actual: unknown, expected: unknown, tolerance = SCORE_TOLERANCE): void {
  const [ours, theirs] = [parts(actual), parts(expected)];
  expect(ours.exact).toEqual(theirs.exact);
  const differences = theirs.scores.map((score, index) => Math.abs(ours.scores[index]! - score));
  expect(Math.max(0, ...differences)).toBeLessThan(tolerance);
}

test("the synthetic tokenizer is the one that Python used", () => {
  const { manifest: packed } = syntheticModel(sequences[0]!.shape);
  expect((packed as { tokenizer: { sha256: string } }).tokenizer.sha256).toBe(
    manifest.tokenizerSha256,
  );
});

describe.each(sequences)(
  `$shape.name: labels and scores of ${library}`,
  async ({ shape, answers }) => {
    const model = await loadCrossEncoder(engineModule, syntheticModel(shape));
    const { head } = model.manifest;
    const rows = (params: Partial<PipelineParameters>): (AzureMlScore | AzureMlScore[])[] =>
      texts.map((text) => scoreRow(logitsOf(model, text), head, { ...DEFAULTS, ...params }));

    test("the best label", () => expectSame(rows({}), answers.best));
    test("all labels, best first", () => expectSame(rows({ topK: null }), answers.all));
    test("two labels", () => expectSame(rows({ topK: 2 }), answers.two));
    test("with another function", () => {
      for (const scoreFunction of ["sigmoid", "softmax", "none"] as const) {
        const tolerance = scoreFunction === "none" ? LOGIT_TOLERANCE : SCORE_TOLERANCE;
        expectSame(rows({ topK: null, scoreFunction }), answers[scoreFunction], tolerance);
      }
    });
  },
);

describe.each(tokens)(`$shape.name: entities of ${library}`, async ({ shape, answers }) => {
  const model = await loadCrossEncoder(engineModule, syntheticModel(shape));
  const { labels } = model.manifest.head;
  const cases = Object.entries(answers).flatMap(([name, rows]) =>
    rows.map((row, index) => ({ name, text: texts[index]!, row })),
  );

  test.each(cases)("$name: $text", ({ name, text, row }) => {
    const options =
      name === "ignoring nothing"
        ? { aggregationStrategy: "first" as const, ignoreLabels: [] }
        : { aggregationStrategy: name as AggregationStrategy, ignoreLabels: ["O"] };
    expectSame(entitiesOf(taggedText(model, text), labels, options), row);
  });
});

function logitsOf(model: CrossEncoder, text: string): Float32Array {
  return model.logits([model.tokenizer.pair(model.tokenizer.encode(text), null)]);
}

function taggedText(model: CrossEncoder, text: string): TaggedText {
  const { tokenizer } = model;
  const numLabels = model.manifest.head.labels.length;
  const logits = logitsOf(model, text).subarray(numLabels, -numLabels);
  return { text, tokens: tokenizer.align(text), logits, tokenizer };
}
