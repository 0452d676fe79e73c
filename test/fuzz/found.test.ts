/** What fuzzing has found, so that it is tried each time. Each of these was once answered 500, or took minutes. */
import { describe, expect, test } from "vitest";
import { PairTokenizer } from "../../engine/index.ts";
import type { Result } from "../../worker/errors.ts";
import { publicError } from "../../worker/public-error.ts";
import { checkJsonLines } from "../../worker/jobs/input/check-json-lines.ts";
import { parseJobRequest } from "../../worker/jobs/job-request.ts";
import { parseAzureMl } from "../../worker/protocols/azure-ml.ts";
import { cohereV2 } from "../../worker/protocols/cohere.ts";
import { pinecone } from "../../worker/protocols/pinecone.ts";
import { parseTeiPredict } from "../../worker/protocols/tei-predict.ts";
import { parseTeiTokenize } from "../../worker/protocols/tei-tokenize.ts";
import { parseVllmScore } from "../../worker/protocols/vllm-score.ts";
import { defaultTokenizerJson } from "../fixtures/engine.ts";

/** What zod measures, since it has a length, and cannot compare. */
const UNMEASURABLE = { length: { toString: 0 } };

const RERANK = { query: "a", documents: ["b"] };

describe("an object with a length that is no number, where a list or a text should be, is a wrong value:", () => {
  test.each<[string, () => Result<unknown>]>([
    ["queries", () => cohereV2.parse({ queries: UNMEASURABLE, documents: ["b"] })],
    ["rank_fields", () => cohereV2.parse({ ...RERANK, rank_fields: UNMEASURABLE })],
    ["Pinecone's rank_fields", () => pinecone.parse({ ...RERANK, rank_fields: UNMEASURABLE })],
    ["cache_scope", () => cohereV2.parse({ ...RERANK, cache_scope: UNMEASURABLE })],
    ["inputs of Azure ML", () => parseAzureMl({ inputs: { a: UNMEASURABLE } })],
    ["columns", () => parseAzureMl({ input_data: { columns: UNMEASURABLE, data: [["a"]] } })],
    ["text_1", () => parseVllmScore({ text_1: UNMEASURABLE, text_2: "a" })],
    ["inputs of TEI", () => parseTeiPredict({ inputs: UNMEASURABLE })],
    ["texts to tokenize", () => parseTeiTokenize({ inputs: UNMEASURABLE })],
    ["a job's file name", () => jobOf({ outputFileName: UNMEASURABLE })],
    ["a job's output", () => jobOf({ OutputData: { a: { Uri: UNMEASURABLE } } })],
  ])("%s", (_, parse) => {
    expect(parse()).toMatchObject({ ok: false, failure: { kind: "invalid_value" } });
  });
});

test("a split frame of too many rows that are no lists is over the limit", () => {
  const data = Array.from({ length: 1_001 }, () => null);
  expect(parseAzureMl({ input_data: { columns: ["a"], data } })).toMatchObject({
    failure: { kind: "over_limit", limit: "maxDocuments", actual: 1_001 },
  });
});

test("fields to rank are not quoted, of which there may be thousands", () => {
  const rank_fields = Array.from({ length: 10_000 }, (_, index) => `field-${index}`);
  const parsed = cohereV2.parse({ query: "a", documents: [{ text: "b" }], rank_fields });
  if (parsed.ok) throw new Error("it is right");
  expect(publicError(parsed.failure).message).toBe(
    "documents[0] must be a string or an object with a string in a field of rank_fields.",
  );
});

test("a file that begins with 64 KiB of returns is looked at once and not from each to its end", () => {
  const startedMs = performance.now();
  checkJsonLines("a.jsonl", new Uint8Array(65_536).fill(0x0d), false);
  expect(performance.now() - startedMs).toBeLessThan(200);
});

describe("a tokenizer.json is refused as such that has no", () => {
  test.each(["unk_token", "continuing_subword_prefix"])("%s", (field) => {
    const json = JSON.parse(defaultTokenizerJson) as { model: Record<string, unknown> };
    delete json.model[field];
    expect(() => new PairTokenizer(JSON.stringify(json), 512)).toThrow(
      `tokenizer.json has no model.${field}`,
    );
  });

  test("special tokens in its BertProcessing", () => {
    const json = JSON.parse(defaultTokenizerJson) as Record<string, unknown>;
    json["post_processor"] = { type: "BertProcessing", cls: ["[CLS]", 101] };
    expect(() => new PairTokenizer(JSON.stringify(json), 512)).toThrow(
      "tokenizer.json has a post_processor that is not understood",
    );
  });
});

function jobOf(properties: object): Result<unknown> {
  const dataset = { dataInputType: "DataUrl", Path: "files/a.csv" };
  return parseJobRequest({ properties: { dataset, ...properties } });
}
