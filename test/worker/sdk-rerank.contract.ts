import { describe, expect, test } from "vitest";
import type { CrossEncoder } from "../../engine/index.ts";
import { rank, sigmoid } from "../../engine/scores.ts";
import { IRON, LONG, MANY } from "../sdk-local/requests.ts";
import type { RankingParams } from "./sdk-call.ts";
import type { Transports } from "./sdk-transports.ts";

type Ranking = {
  results: {
    document: unknown;
    index: number;
    score: number;
    tokens?: number;
    truncated?: boolean;
    window?: { start: number; end: number };
  }[];
  model: string;
  usage: { totalTokens: number };
};

const QUERY = "a b w1";
const DOCUMENTS = ["w2 w3 c", "d", "w4 e f", "w1 a b", "", "w7"];

/** Texts that are no plain ones: lone surrogates, other scripts, special tokens, control characters. */
const ODD = {
  query: "Где \u{1f680}? \ud800 What's",
  documents: [
    "",
    " ",
    "\ud83d",
    "火星は赤い惑星です。",
    "a".repeat(300),
    "[SEP] [CLS]",
    "naïve café\u0301",
    "\u0000\u200b",
  ],
};

/** @param encoder - The first of the served models. @param real - Name of a model that was trained. */
export function rerankContract({ agreed }: Transports, encoder: CrossEncoder, real: string): void {
  const rerank = async (params: RankingParams, model?: string): Promise<Ranking> => {
    const outcome = await agreed({ method: "rerank", params, ...(model && { model }) });
    expect(outcome).toMatchObject({ status: 200, hasId: true, givesOwnDocuments: true });
    return outcome.data as Ranking;
  };
  const logits = encoder.score(DOCUMENTS.map((document) => [QUERY, document]));
  const scores = Array.from(logits, sigmoid);
  const order = rank(logits);
  const plain = { query: QUERY, documents: DOCUMENTS };

  test("strings have the engine's own scores", async () => {
    const { results, model } = await rerank(plain);
    expect(results).toEqual(
      order.map((index) => ({ document: DOCUMENTS[index], index, score: scores[index] })),
    );
    expect(model).toBe("test/small");
  });

  test("raw scores are the engine's logits", async () => {
    const { results } = await rerank({ ...plain, rawScores: true });
    expect(results.map(({ score }) => score)).toEqual(order.map((index) => logits[index]));
  });

  test("topN and minScore leave out the worst", async () => {
    const best = order.map((index) => scores[index]!);
    const scoresOf = async (options: object): Promise<number[]> =>
      (await rerank({ ...plain, ...options })).results.map(({ score }) => score);
    expect(await scoresOf({ topN: 2 })).toEqual(best.slice(0, 2));
    expect(await scoresOf({ topN: 99 })).toEqual(best);
    expect(await scoresOf({ minScore: best[2] })).toEqual(best.slice(0, 3));
    expect(await scoresOf({ minScore: 1, topN: 2 })).toEqual([]);
  });

  test("objects are ranked by their text, or by what is selected of them", async () => {
    const scoresOf = async (params: RankingParams): Promise<number[]> =>
      (await rerank(params)).results.map(({ score }) => score);
    const expected = order.map((index) => scores[index]);
    const texts = DOCUMENTS.map((text, id) => ({ text, id }));
    expect(await scoresOf({ query: QUERY, documents: texts })).toEqual(expected);
    const bodies = DOCUMENTS.map((body) => ({ text: "w9 w9", body }));
    expect(await scoresOf({ query: QUERY, documents: bodies, fields: ["body"] })).toEqual(expected);
    const parts = [
      { title: "w2", body: "w3 c" },
      { title: "w1", body: "a b" },
    ];
    const joined = parts.map(({ title, body }) => `${title}\n${body}`);
    const { results } = await rerank({ query: QUERY, documents: joined });
    expect(await scoresOf({ query: QUERY, documents: parts, fields: ["title", "body"] })).toEqual(
      results.map(({ score }) => score),
    );
  });

  test("of equal scores the earlier document comes first", async () => {
    const { results } = await rerank({ query: QUERY, documents: ["d", "w7", "d", "w7", "d"] });
    const indexesOf = (text: string) =>
      results.filter(({ document }) => document === text).map(({ index }) => index);
    expect([indexesOf("d"), indexesOf("w7")]).toEqual([
      [0, 2, 4],
      [1, 3],
    ]);
  });

  test("details tell what was read, and what was not", async () => {
    const long = "w2 ".repeat(200);
    const params = { query: QUERY, documents: ["d", long], details: true };
    const { results, usage } = await rerank(params);
    const byIndex = results.toSorted((a, b) => a.index - b.index);
    expect(byIndex).toMatchObject([
      { tokens: 7, truncated: false },
      { tokens: 64, truncated: true },
    ]);
    expect(usage).toEqual({ totalTokens: 71 });
    const few = await rerank({ ...params, maxTokensPerDocument: 5 });
    expect(few.usage).toEqual({ totalTokens: 7 + 11 });
  });

  test("a long document is read in windows, the best of which is told", async () => {
    const late = `${"w2 ".repeat(200)}w1 a b`;
    const { results } = await rerank({
      query: QUERY,
      documents: [late, "d"],
      longDocuments: "max_window",
      details: true,
    });
    const [long, short] = results.toSorted((a, b) => a.index - b.index);
    expect(long).toMatchObject({ truncated: false });
    expect(short!.window).toEqual({ start: 0, end: 1 });
    const { start, end } = long!.window!;
    const [logit] = encoder.score([[QUERY, late.slice(start, end)]]);
    expect(long!.score).toBe(sigmoid(logit!));
  });

  test("several queries have a ranking each, as if each were alone", async () => {
    const queries = [QUERY, "w9 c", QUERY];
    const outcome = await agreed({
      method: "rerank",
      params: { queries, documents: DOCUMENTS, topN: 3 },
    });
    expect(outcome).toMatchObject({ hasId: true, givesOwnDocuments: true });
    const { rankings } = outcome.data as { rankings: Ranking[] };
    for (const [place, query] of queries.entries())
      expect(rankings[place]).toEqual(await rerank({ query, documents: DOCUMENTS, topN: 3 }));
  });

  test("nothing to rank is answered without a call", async () => {
    for (const params of [
      { query: QUERY, documents: [] },
      { queries: [QUERY], documents: [] },
    ]) {
      const outcome = await agreed({ method: "rerank", params });
      expect(outcome).toMatchObject({ status: 204, hasId: false, data: { reranked: true } });
    }
  });

  test("a model is asked for by its name", async () => {
    expect((await rerank(plain, "test/small")).model).toBe("test/small");
    expect((await rerank(plain, real)).model).toBe(real);
  });

  test.each(["topN", "rawScores", "longDocuments"])(
    "rerankMany gives what one call gives, with %s",
    async (option) => {
      const params = {
        ...plain,
        details: true,
        ...{
          topN: { topN: 4 },
          rawScores: { rawScores: true, minScore: 0.3 },
          longDocuments: { longDocuments: "max_window" as const },
        }[option],
      };
      const { results, model, usage } = await rerank(params);
      const outcome = await agreed({ method: "rerankMany", params, options: { maxDocuments: 2 } });
      expect(outcome).toMatchObject({ progress: [2, 4, 6], givesOwnDocuments: true });
      expect(outcome.data).toEqual({ reranked: true, results, model, usage });
    },
  );

  describe("a trained model ranks alike everywhere", () => {
    test.each<[string, RankingParams]>([
      ["a short list", IRON],
      ["documents that are cut", { ...LONG, details: true }],
      ["windows", { ...LONG, details: true, longDocuments: "max_window" }],
      ["several batches", MANY],
      ["odd texts", { ...ODD, details: true, longDocuments: "max_window" }],
    ])("%s", async (_, params) => {
      const { results } = await rerank(params, real);
      expect(results).toHaveLength(params.documents.length);
      const all = results.map(({ score }) => score);
      expect(all).toEqual(all.toSorted((a, b) => b - a));
    });
  });
}
