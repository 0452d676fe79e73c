import { expect, test } from "vitest";
import { PairTokenizer } from "../../engine/index.ts";
import { defaultTokenizerJson } from "../fixtures/engine.ts";
import { shortDocuments } from "./short-documents.ts";

test("there are a thousand short documents, none twice, of which nine in ten have 20 to 60 tokens with the query", async () => {
  const { query, documents } = await shortDocuments(1_000);
  expect(new Set(documents).size).toBe(1_000);
  const tokenizer = new PairTokenizer(defaultTokenizerJson, 512);
  const queryIds = tokenizer.encode(query);
  const lengths = documents
    .map((document) => tokenizer.pair(queryIds, tokenizer.encode(document)).inputIds.length)
    .sort((a, b) => a - b);
  expect(lengths[50]).toBeGreaterThanOrEqual(20);
  expect(lengths[950]).toBeLessThanOrEqual(60);
});
