/**
 * Texts of up to ten million characters that are made to be slow. No request may have so many; what reads texts is linear all the
 * same, so that the limits bound its time. A quadratic algorithm would take minutes to hours.
 */
import { describe, expect, test } from "vitest";
import { PairTokenizer } from "../../engine/index.ts";
import type { Result } from "../../worker/errors.ts";
import { publicError } from "../../worker/public-error.ts";
import { checkJsonLines } from "../../worker/jobs/input/check-json-lines.ts";
import { parseDurationSeconds } from "../../worker/jobs/iso-duration.ts";
import { parseJobRequest } from "../../worker/jobs/job-request.ts";
import { checkJsonShape } from "../../worker/json-shape.ts";
import { JOB_LIMITS } from "../../worker/limits.ts";
import { prefersHtml } from "../../worker/prefers-html.ts";
import { parseAzureMl } from "../../worker/protocols/azure-ml.ts";
import { cohereV2 } from "../../worker/protocols/cohere.ts";
import { parseTeiPredict } from "../../worker/protocols/tei-predict.ts";
import { parseTeiTokenize } from "../../worker/protocols/tei-tokenize.ts";
import { parseVllmScore } from "../../worker/protocols/vllm-score.ts";
import { defaultTokenizerJson } from "../fixtures/engine.ts";

const CHARS = 10_000_000;

const TEXTS: [string, string][] = [
  ["one letter", "a"],
  ["spaces", " "],
  ["line breaks", "\r\n"],
  ["combining marks in need of sorting", "\u0301\u0316"],
  ["a letter under combining marks", "e\u0301"],
  ["Chinese", "漢字"],
  ["punctuation", "!"],
  ["zero bytes", "\0"],
  ["lone surrogates", "\ud800"],
  ["emoji joined to one another", "👩\u200d"],
  ["words of 99 letters that spell nothing", `${"qzxj".repeat(24)}qzx `],
  ["the start of a special token", "[SE"],
  ["special tokens", "[SEP]"],
];

const textOf = (unit: string, chars = CHARS): string => unit.repeat(chars / unit.length);

const tokenizer = new PairTokenizer(defaultTokenizerJson, 512);

/** Milliseconds; what is done in linear time takes a small part of them. */
const MAX_TOKENIZE_MS = 60_000;
const MAX_READ_MS = 2_000;

function timeOf(work: () => void): number {
  const startedMs = performance.now();
  work();
  return performance.now() - startedMs;
}

describe("are tokenized in bounded time:", () => {
  test.each(TEXTS)("a million characters of %s", (_, unit) => {
    const text = textOf(unit, CHARS / 10);
    expect(timeOf(() => tokenizer.encode(text))).toBeLessThan(MAX_TOKENIZE_MS / 10);
  });

  test.each([
    ["one letter", "a"],
    ["spaces", " "],
    ["combining marks", "\u0301\u0316"],
    ["Chinese", "漢"],
  ])("ten megabytes of %s", (_, unit) => {
    const text = unit.repeat(CHARS / Buffer.byteLength(unit));
    expect(timeOf(() => tokenizer.encode(text))).toBeLessThan(MAX_TOKENIZE_MS);
  });
});

describe("are refused by every parser in no time, wherever they stand:", () => {
  const parsers: [string, (text: string) => Result<unknown>][] = [
    ["a query", (query) => cohereV2.parse({ query, documents: ["a"] })],
    ["a document", (text) => cohereV2.parse({ query: "a", documents: [text] })],
    [
      "a scope of the cache",
      (text) => cohereV2.parse({ query: "a", documents: ["a"], cache_scope: text }),
    ],
    ["a text of Azure ML", (text) => parseAzureMl({ inputs: { a: [text] } })],
    ["rows of Azure ML", (text) => parseAzureMl({ input_data: [text] })],
    ["vLLM's score", (text) => parseVllmScore({ text_1: text, text_2: text })],
    ["TEI's predict", (text) => parseTeiPredict({ inputs: text })],
    ["TEI's tokenize", (text) => parseTeiTokenize({ inputs: text })],
    ["a job's timeout", (text) => jobOf({ retrySettings: { timeout: `PT${text}` } })],
    ["a job's columns", (text) => jobOf({ properties: { columns: text } })],
    ["a job's file name", (text) => jobOf({ outputFileName: `/${text}` })],
  ];

  test.each(parsers)("%s", (_, parse) => {
    for (const [, unit] of TEXTS) {
      const text = textOf(unit);
      const ms = timeOf(() => {
        const parsed = parse(text);
        if (parsed.ok) throw new Error("it is right");
        expect(publicError(parsed.failure).message.length).toBeLessThan(500);
      });
      expect(ms).toBeLessThan(MAX_READ_MS);
    }
  });
});

test("bombs of brackets, quotes and backslashes are told by their shape in one pass", () => {
  for (const unit of ["[", "{", '"', "\\", '"\\', "[]", ",", '{"":', "]"]) {
    const json = textOf(unit, CHARS);
    expect(timeOf(() => checkJsonShape(json))).toBeLessThan(MAX_READ_MS);
  }
});

test("the head of a file of line ends is looked at in no time", () => {
  const headBytes = JOB_LIMITS.maxHeaderBytes + 4_096;
  for (const unit of ["\r", "\n", "\r\n", " ", "\t", " \r", "\t\n", "{", "{\r", '"']) {
    const head = new TextEncoder().encode(textOf(unit, headBytes));
    expect(timeOf(() => checkJsonLines("a.jsonl", head, false))).toBeLessThan(200);
  }
});

test("so are headers as long as a server lets in", () => {
  for (const unit of ["q=", ",", ";", " ", "text/html;", "a,", "1"]) {
    const header = textOf(unit, 1_000_000);
    expect(timeOf(() => prefersHtml(header))).toBeLessThan(MAX_READ_MS);
    expect(timeOf(() => parseDurationSeconds(`P${header}`))).toBeLessThan(MAX_READ_MS);
  }
});

function jobOf(properties: object): Result<unknown> {
  const dataset = { dataInputType: "DataUrl", Path: "files/a.csv" };
  return parseJobRequest({ properties: { dataset, ...properties } });
}
