import { expect, test } from "vitest";
import { PROTOCOLS, protocolOf } from "../../playground/protocols.ts";

const QUESTION = { query: "q", documents: ["a", "b"], topN: 1, rawScores: true };

test.each([
  ["jina", { query: "q", documents: ["a", "b"], top_n: 1, raw_scores: true }],
  ["tei", { query: "q", texts: ["a", "b"], raw_scores: true }],
  ["vllm", { query: "q", documents: ["a", "b"], top_n: 1, use_activation: false }],
  ["nim", { query: { text: "q" }, passages: [{ text: "a" }, { text: "b" }], truncate: "END" }],
  ["voyage", { query: "q", documents: ["a", "b"], top_k: 1, raw_scores: true }],
  [
    "pinecone",
    {
      query: "q",
      documents: [{ text: "a" }, { text: "b" }],
      top_n: 1,
      raw_scores: true,
      return_documents: false,
    },
  ],
  [
    "azure-ml",
    {
      input_data: [
        { text: "q", text_pair: "a" },
        { text: "q", text_pair: "b" },
      ],
      params: { function_to_apply: "none" },
    },
  ],
])("the request of %s has its fields", (id, body) => {
  expect(protocolOf(id).request(QUESTION)).toEqual(body);
});

test.each(PROTOCOLS)("a plain request of $name has no field that was not asked for", (protocol) => {
  const plain = { query: "q", documents: ["a"], rawScores: false };
  const optional = /top_n|top_k|raw_scores|use_activation|params/;
  expect(JSON.stringify(protocol.request(plain))).not.toMatch(optional);
});
