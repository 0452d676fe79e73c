/** The SDK's local mode beside the service: the same requests get the same answers, to the last byte of each score. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RerankClient, type RerankParams } from "../../sdk/index.ts";
import { createLocalClient } from "../../sdk/local/index.ts";
import { IRON, LONG, MANY, MODEL } from "../sdk-local/requests.ts";
import { useService } from "./service.ts";

const service = useService();
const remote = new RerankClient({
  baseURL: "http://service.invalid",
  fetch: (url, init) => service.fetch(new URL(url).pathname, init),
});
const local = await createLocalClient({ model: MODEL });
afterAll(() => local.close());
beforeAll(() => remote.info());

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

describe("local mode answers as the service does", () => {
  test.each<[string, RerankParams<string> & { failOpen?: false }]>([
    ["a short list", IRON],
    ["the best of it", { ...IRON, topN: 2, minScore: 0.06 }],
    ["logits", { ...IRON, rawScores: true }],
    ["documents that are cut", { ...LONG, details: true }],
    ["documents that are read in windows", { ...LONG, details: true, longDocuments: "max_window" }],
    ["few tokens a document", { ...LONG, details: true, maxTokensPerDocument: 7 }],
    ["several batches", MANY],
    ["odd texts", { ...ODD, details: true, longDocuments: "max_window" }],
  ])("to rerank with %s", async (_, params) => {
    const [here, there] = await Promise.all([local.rerank(params), remote.rerank(params)]);
    const { results, model, usage } = there;
    expect(here).toMatchObject({ model, usage });
    expect(JSON.stringify(here.results)).toBe(JSON.stringify(results));
  });

  test("to several queries", async () => {
    const params = { queries: [IRON.query, "Which bridge?"], documents: IRON.documents };
    const [here, there] = await Promise.all([local.rerank(params), remote.rerank(params)]);
    const rankings = (each: typeof here) =>
      JSON.stringify(each.rankings.map(({ results, usage }) => ({ results, usage })));
    expect(rankings(here)).toBe(rankings(there));
  });

  test.each([
    ["A", { inputs: { input_string: [...IRON.documents] } }],
    [
      "A with scores",
      { inputs: { q: [IRON.query], d: [IRON.documents[2]!] }, parameters: { return_scores: true } },
    ],
    [
      "B with scores",
      {
        input_data: { columns: ["a", "b"], data: [[IRON.query, IRON.documents[0]!]] },
        params: { return_scores: true },
      },
    ],
    ["C", { input_data: [...IRON.documents, { text: IRON.query, text_pair: IRON.documents[2]! }] }],
    [
      "C with parameters",
      { input_data: IRON.query, params: { top_k: null, function_to_apply: "none" as const } },
    ],
    ["C with odd texts", { input_data: ODD.documents }],
  ])("to score of generation %s", async (_, request) => {
    const [here, there] = await Promise.all([local.score(request), remote.score(request)]);
    expect(JSON.stringify(here)).toBe(JSON.stringify(there));
  });
});
