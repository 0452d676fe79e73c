import { describe, expect, test } from "vitest";
import { formatOfFile, parseDocuments } from "../../playground/documents.ts";

describe("documents are read out of", () => {
  test.each<[string, string, ReturnType<typeof parseDocuments>]>([
    [
      "lines, of which blank ones are none",
      " iron \r\n\n  gold\n",
      { format: "lines", documents: ["iron", "gold"] },
    ],
    [
      "lines that begin as a footnote does",
      "[1] iron\n[2] gold",
      { format: "lines", documents: ["[1] iron", "[2] gold"] },
    ],
    ["nothing", " \n", { format: "lines", documents: [] }],
    [
      "a JSON list of strings and objects",
      '["iron", {"id": 2, "content": "gold\\nand silver"}]',
      { format: "json", documents: ["iron", "gold\nand silver"] },
    ],
    ["an empty JSON list", "[]", { format: "json", documents: [] }],
    [
      "JSON lines",
      '{"text": "iron"}\r\n\r\n{"text": "gold", "document": "not this"}\r\n',
      { format: "json-lines", documents: ["iron", "gold"] },
    ],
    [
      "CSV with quotes",
      'id,text\n1,"Iron, when wet,\nsays ""rust""."\n\n2,gold\n',
      { format: "csv", documents: ['Iron, when wet,\nsays "rust".', "gold"] },
    ],
    [
      "a table with tabs and a header in capitals",
      "Document\tPlace\niron\tIreland\n",
      { format: "csv", documents: ["iron"] },
    ],
    ["CSV of one column", "text\niron\ngold", { format: "csv", documents: ["iron", "gold"] }],
  ])("%s", (_, text, parsed) => {
    expect(parseDocuments(text)).toEqual(parsed);
  });
});

describe("the line is named where", () => {
  test.each([
    ["a comma is missing", '["iron"\n\n"gold"]', "Line 3: not JSON: comma expected."],
    ["a list is not closed", '["iron",\n"gold"', "Line 2: not JSON: close bracket expected."],
    [
      "a list has a comment",
      '["iron",\n// gold\n"silver"]',
      "Line 2: not JSON: invalid comment token.",
    ],
    ["a document is a number", '["iron",\n2]', "Line 2: expected a string or an object"],
    [
      "an object has no text",
      '["iron",\n{"title": "gold"}]',
      "Line 2: expected a string or an object",
    ],
    [
      "a JSON line is broken",
      '{"text": "iron"}\n\n{"text": }',
      "Line 3: not JSON: value expected.",
    ],
    ["a JSON line has no text", '{"text": "iron"}\n{}', "Line 2: expected a string or an object"],
    ["a quote is not closed", 'text\niron\n"gold\nsilver', "Line 3: a quote is opened here"],
    ["a quote stands inside a field", 'text\n"iron"y\ngold', "Line 2: there is a quote"],
    [
      "a row is too short",
      'id,text\n1,"iron\nand gold"\n2\n',
      "Line 4: the number of fields is 1, and 2 in the header.",
    ],
  ])("%s", (_, text, message) => {
    expect(() => parseDocuments(text)).toThrow(message);
  });

  test("a file's name says CSV and no column has texts", () => {
    expect(() => parseDocuments("a,b\n1,2", "csv")).toThrow(
      "Line 1: the header has no column text, document, content or passage.",
    );
  });
});

test("a file's name tells its format", () => {
  const names = ["a.JSON", "b.jsonl", "c.ndjson", "d.csv", "e.tsv", "f.txt", "g"];
  expect(names.map(formatOfFile)).toEqual([
    "json",
    "json-lines",
    "json-lines",
    "csv",
    "csv",
    undefined,
    undefined,
  ]);
});
