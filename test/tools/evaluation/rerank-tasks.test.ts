import { expect, test } from "vitest";
import { bm25Terms } from "../../../tools/evaluation/bm25.ts";
import { compare, mostChanged } from "../../../tools/evaluation/comparison.ts";
import type { ListedDocument, RankingSet } from "../../../tools/evaluation/datasets/dataset.ts";
import { rerankTasks, type FirstStageOptions } from "../../../tools/evaluation/rerank-tasks.ts";

const queries = ["red fox", "hen", "zebra", "unjudged"].map((text, index) => ({
  id: `q${index + 1}`,
  text,
}));
const qrels = new Map([
  ["q1", new Map([["d2", 1]])],
  ["q2", new Map([["d3", 1]])],
  ["q3", new Map([["d1", 1]])],
]);
const corpus: RankingSet = {
  kind: "ranking",
  name: "animals",
  queries,
  qrels,
  source: {
    kind: "corpus",
    documents: new Map([
      ["d1", "red fox"],
      ["d2", "red red hen"],
      ["d3", "hen"],
    ]),
  },
};
const lists: RankingSet = {
  ...corpus,
  source: {
    kind: "lists",
    ranked: true,
    lists: new Map<string, ListedDocument[]>([
      ["q1", ["blue", "red", "fox"].map((text) => ({ docId: text, text, score: undefined }))],
      ["q2", [1, 3, 2].map((score) => ({ docId: `s${score}`, text: "hen", score }))],
    ]),
  },
};

const options = (changes: Partial<FirstStageOptions> = {}): FirstStageOptions => ({
  firstStage: "bm25",
  depth: 10,
  numQueries: undefined,
  terms: bm25Terms,
  ...changes,
});
const idsOf = (set: RankingSet, changes: Partial<FirstStageOptions> = {}) =>
  rerankTasks(set, options(changes)).map(({ queryId, candidates }) => [
    queryId,
    ...candidates.map(({ docId }) => docId),
  ]);

test("BM25 searches the corpus; queries without a judgement are left out, those without a match stay", () => {
  expect(idsOf(corpus)).toEqual([["q1", "d1", "d2"], ["q2", "d3", "d2"], ["q3"]]);
});

test("depth cuts the candidates, and a number of queries is spread evenly", () => {
  expect(idsOf(corpus, { depth: 1, numQueries: 2 })).toEqual([
    ["q1", "d1"],
    ["q2", "d3"],
  ]);
});

test("BM25 orders a query's own list, documents without a match last", () => {
  const [first] = rerankTasks(lists, options());
  expect(first!.candidates.map(({ docId, score }) => [docId, score > 0])).toEqual([
    ["red", true],
    ["fox", true],
    ["blue", false],
  ]);
});

test("the given order is that of the scores, or of the list where it has none", () => {
  expect(idsOf(lists, { firstStage: "given" })).toEqual([
    ["q1", "blue", "red", "fox"],
    ["q2", "s3", "s2", "s1"],
    ["q3"],
  ]);
});

test("a run gives the candidates, with the corpus's texts", () => {
  const run = new Map([["q1", [{ docId: "d3", score: 2 }]]]);
  const [task] = rerankTasks(corpus, options({ firstStage: { path: "x.run", run } }));
  expect(task!.candidates).toEqual([{ docId: "d3", text: "hen", score: 2 }]);
});

test.each<[string, RankingSet, Partial<FirstStageOptions>, string]>([
  [
    "a run over other documents",
    corpus,
    { firstStage: { path: "x.run", run: new Map([["q1", [{ docId: "e", score: 1 }]]]) } },
    "x.run has document e for query q1, which animals does not have",
  ],
  [
    "a run over other queries",
    corpus,
    { firstStage: { path: "x.run", run: new Map() } },
    "no candidate for any query of animals",
  ],
  [
    "an order that a corpus does not have",
    corpus,
    { firstStage: "given" },
    "choose --first-stage bm25",
  ],
  [
    "judgements of other queries",
    { ...corpus, qrels: new Map() },
    {},
    "No query of animals has a judgement",
  ],
])("%s is an error that says so", (_, set, changes, saying) => {
  expect(() => rerankTasks(set, options(changes))).toThrow(saying);
});

test("first stage, reranked and best order are measured on the same candidates, queries without any as 0", () => {
  const scored = rerankTasks(corpus, options()).map((task) => ({
    ...task,
    scores: task.candidates.map((_candidate, index) => index),
    latencyMs: 1,
  }));
  const { mean, difference, queries: outcomes } = compare(scored, qrels);
  const second = 1 / Math.log2(3);
  expect(mean.firstStage["nDCG@10"]).toBeCloseTo((second + 1) / 3, 12);
  expect(mean.reranked["nDCG@10"]).toBeCloseTo((1 + second) / 3, 12);
  expect(mean.oracle["nDCG@10"]).toBeCloseTo(2 / 3, 12);
  expect(difference["nDCG@10"]).toEqual({ mean: expect.closeTo(0, 12), p: 1 });
  expect(mostChanged(outcomes, "lost", 5).map(({ queryId }) => queryId)).toEqual(["q2"]);
  expect(mostChanged(outcomes, "gained", 5).map(({ queryId }) => queryId)).toEqual(["q1"]);
});
