import { expect, test } from "vitest";
import {
  formatOf,
  parseDocuments,
  type DocumentFormat,
  type DocumentOptions,
} from "../../sdk/cli/parse-documents.ts";

test.each<[string, DocumentFormat]>([
  ["docs.txt", "text"],
  ["-", "text"],
  ["folder.csv/docs", "text"],
  ["docs.jsonl", "jsonl"],
  ["docs.ndjson", "jsonl"],
  ["a.b.JSON", "json"],
  ["docs.csv", "csv"],
  ["docs.TSV", "tsv"],
])("%s is read as %s", (path, format) => {
  expect(formatOf(path)).toBe(format);
});

const read = (text: string, options: DocumentOptions) => parseDocuments(text, "docs", options);

test("of a text, every line that is not blank is a document", () => {
  expect(read("one\r\n\n  \n two\n", { format: "text" })).toEqual([
    { text: "one", value: "one" },
    { text: " two", value: " two" },
  ]);
});

test("JSON lines are strings, or objects of which text is ranked", () => {
  expect(read('"one"\n\n{"id": 2, "text": "two"}', { format: "jsonl" })).toEqual([
    { text: "one", value: "one" },
    { text: "two", value: { id: 2, text: "two" } },
  ]);
});

test("named fields are joined by line breaks, without those that a document lacks", () => {
  const text = '[{"title": "T", "body": "B"}, {"body": "only"}, {"title": 5, "body": null}, "s"]';
  const documents = read(text, { format: "json", fields: ["title", "body"] });
  expect(documents.map((document) => document.text)).toEqual(["T\nB", "only", "5", "s"]);
});

test("the first record of CSV names its columns", () => {
  const text = 'id,title,text\n1,"Mars, red",a planet\n2,Venus\n';
  expect(read(text, { format: "csv", fields: ["title", "text"] })).toEqual([
    { text: "Mars, red\na planet", value: { id: "1", title: "Mars, red", text: "a planet" } },
    { text: "Venus\n", value: { id: "2", title: "Venus", text: "" } },
  ]);
  expect(read(text, { format: "csv" })[0]!.text).toBe("a planet");
});

test("without a header, columns are named by their numbers", () => {
  expect(read("a\tb\nc\td", { format: "tsv", hasHeader: false, fields: ["2"] })).toEqual([
    { text: "b", value: { 1: "a", 2: "b" } },
    { text: "d", value: { 1: "c", 2: "d" } },
  ]);
});

test("the only column needs no name", () => {
  expect(read("question\nwhy?\n", { format: "csv" })).toEqual([
    { text: "why?", value: { question: "why?" } },
  ]);
});

test.each<[DocumentFormat, string]>([
  ["text", ""],
  ["text", "\n \n"],
  ["jsonl", ""],
  ["json", "[]"],
  ["csv", ""],
  ["csv", "text\n"],
])("%s %j has no documents", (format, text) => {
  expect(read(text, { format })).toEqual([]);
});

test.each<[string, DocumentOptions, string]>([
  ['"secret"\n{secret', { format: "jsonl" }, "docs:2 is not JSON."],
  ['{"text": "secret"}', { format: "json" }, "docs is not a JSON list of documents."],
  ["[1]", { format: "json" }, "docs, document 0 is neither a string nor an object."],
  [
    '{"body": "secret"}',
    { format: "jsonl" },
    'docs:1 has no text in "text": name other fields with --field.',
  ],
  [
    '{"constructor": 1}',
    { format: "jsonl", fields: ["toString"] },
    'docs:1 has no text in "toString": name other fields with --field.',
  ],
  ['text\n"secret', { format: "csv" }, "docs:2: a quote is opened and never closed."],
  [
    "a,b\n1,2",
    { format: "csv" },
    "Say which column of docs is ranked, with --column: its columns are a, b.",
  ],
  ["a,b\n1,2", { format: "csv", fields: ["c"] }, 'docs has no column "c": its columns are a, b.'],
])("%j is refused, saying where and not what it says", (text, options, message) => {
  expect(() => read(text, options)).toThrow(message);
  expect(message).not.toContain("secret");
});
