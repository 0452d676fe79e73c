import fc from "fast-check";
import Papa from "papaparse";
import { expect, test } from "vitest";
import { parseCsv } from "../../sdk/cli/csv.ts";

test.each<[string, string, string[][]]>([
  ["nothing", "", []],
  ["a field", "a", [["a"]]],
  [
    "LF",
    "a,b\nc,d\n",
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  [
    "CRLF",
    "a,b\r\nc,d\r\n",
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  [
    "CR",
    "a,b\rc,d",
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  [
    "no line break at the end",
    "a,b\nc,d",
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  ["empty lines", "\na\n\n\nb\n\n", [["a"], ["b"]]],
  [
    "empty fields",
    ",a,\n,,",
    [
      ["", "a", ""],
      ["", "", ""],
    ],
  ],
  ["quoted delimiters", '"a,b",c', [["a,b", "c"]]],
  [
    "quoted line breaks",
    '"a\r\nb\nc",d\ne,f',
    [
      ["a\r\nb\nc", "d"],
      ["e", "f"],
    ],
  ],
  ["doubled quotes", '"say ""hi""",""""', [['say "hi"', '"']]],
  ["empty quoted fields", '"",""', [["", ""]]],
  ["quotes in the middle of a field", 'a"b,5" disk', [['a"b', '5" disk']]],
  ["white space, which belongs to fields", " a , b ", [[" a ", " b "]]],
  ["records of unequal length", "a\nb,c", [["a"], ["b", "c"]]],
])("%s", (_, text, records) => {
  expect(parseCsv(text)).toEqual(records);
});

test("another delimiter", () => {
  expect(parseCsv('a\t"b\tc"\nd,e\tf', "\t")).toEqual([
    ["a", "b\tc"],
    ["d,e", "f"],
  ]);
});

test.each<[string, number, string]>([
  ['"a', 1, "a quote is opened and never closed"],
  ['a\n"b\nc""', 2, "a quote is opened and never closed"],
  ['"a\nb"\n"c" d', 3, "something stands between a closing quote and the next delimiter"],
])("%j is refused with its line", (text, line, problem) => {
  expect(parseCsv(text)).toEqual({ line, problem });
});

test("it reads what Papa Parse writes, and reads as Papa Parse does", () => {
  const field = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", " ", "é", "木") });
  fc.assert(
    fc.property(fc.array(fc.tuple(field, field, field), { minLength: 1 }), (records) => {
      const text = Papa.unparse(records, { newline: "\r\n" });
      expect(parseCsv(text)).toEqual(records);
      expect(Papa.parse(text, { newline: "\r\n" }).data).toEqual(records);
    }),
    { seed: 8 },
  );
});
