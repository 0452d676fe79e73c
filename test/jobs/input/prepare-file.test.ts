import { gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { expect, test } from "vitest";
import { prepareFile } from "../../../worker/jobs/input/prepare-file.ts";
import type { RowProblem } from "../../../worker/jobs/rows.ts";
import type { InputFile, InputOptions, Source } from "../../../worker/jobs/source.ts";
import { JOB_LIMITS } from "../../../worker/limits.ts";
import { useBucket } from "../bucket.ts";
import { bytesOf, COLUMNS, readAll } from "./sources.ts";

const bucket = useBucket();

const OPTIONS: InputOptions = { format: "auto", delimiter: null, columns: COLUMNS };

type Content = string | Uint8Array<ArrayBuffer>;

async function putFile(name: string, content: Content): Promise<InputFile> {
  const key = `files/${name}`;
  const { etag, size } = (await bucket().put(key, content))!;
  return { key, name, bytes: size, etag };
}

async function prepare(name: string, content: Content, options: Partial<InputOptions> = {}) {
  const file = await putFile(name, content);
  return prepareFile(bucket(), file, { ...OPTIONS, ...options }, "unpacked");
}

async function sourceOf(...parameters: Parameters<typeof prepare>): Promise<Source> {
  const prepared = await prepare(...parameters);
  if (!prepared.ok) throw new Error(prepared.problem.reason);
  return prepared.value;
}

async function problemOf(...parameters: Parameters<typeof prepare>): Promise<RowProblem> {
  const prepared = await prepare(...parameters);
  if (prepared.ok) throw new Error("it was read");
  expect(prepared.problem).toMatchObject({ file: parameters[0], row: null });
  return prepared.problem;
}

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);

const concat = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

const gzip = (content: string | Uint8Array): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(gzipSync(content));

test("a CSV is its own source", async () => {
  const content = "query,document\na,b\n";
  const { etag } = await putFile("pairs.csv", content);
  expect(await sourceOf("pairs.csv", content)).toEqual({
    name: "pairs.csv",
    key: "files/pairs.csv",
    etag,
    bytes: 19,
    format: "csv",
    delimiter: ",",
    header: ["query", "document"],
    columns: COLUMNS,
    dataStart: 15,
    groupsByQuery: false,
  });
});

test.each([
  ["a byte order mark", "\ufefftext\na\n", 8],
  ["blank lines before it", "\n \r\ntext\na\n", 9],
  ["a CRLF", "text\r\na", 5],
  ["quotes", '"te""xt","text"\n1,a', 16],
  ["a quoted line end", '"a\nb",text\n1,a', 11],
  ["spaces around names", "id , text \n1,a", 11],
])("a header may have %s", async (_, content, dataStart) => {
  const source = await sourceOf("a.csv", content);
  expect(source.header).toContain("text");
  expect(source.dataStart).toBe(dataStart);
  expect((await readAll(bucket(), source)).rows).toEqual([
    { row: 0, work: { kind: "text", text: "a" } },
  ]);
});

test("JSON lines begin after a byte order mark", async () => {
  const source = await sourceOf("a.jsonl", '\ufeff\n{"text":"a"}\n');
  expect(source).toMatchObject({ format: "jsonl", header: null, dataStart: 3 });
  expect((await readAll(bucket(), source)).rows).toHaveLength(1);
});

const CSV = "query,document\na,b\n";
const TSV = "query\tdocument\na\tb\n";
const JSON_LINES = '{"query":"a","document":"b"}\n';

test.each([
  ["a.csv", CSV, {}, "csv", ","],
  ["a.CSV", CSV, {}, "csv", ","],
  ["a.tsv", TSV, {}, "csv", "\t"],
  ["a.tsv", CSV, { delimiter: "," }, "csv", ","],
  ["a.csv", TSV, { delimiter: "\t" }, "csv", "\t"],
  ["a.jsonl", JSON_LINES, {}, "jsonl", ","],
  ["a.ndjson", JSON_LINES, {}, "jsonl", ","],
  ["a.json", JSON_LINES, {}, "jsonl", ","],
  ["a.jsonlines", JSON_LINES, {}, "jsonl", ","],
  ["a.b/a", `\n ${JSON_LINES}`, {}, "jsonl", ","],
  ["data", CSV, {}, "csv", ","],
  ["a.jsonl", CSV, { format: "csv" as const }, "csv", ","],
  ["a.csv", JSON_LINES, { format: "jsonl" as const }, "jsonl", ","],
])("%s of %j with %j is %s", async (name, content, options, format, delimiter) => {
  const pair = { kind: "pair", query: "a", document: "b" };
  for (const source of [
    await sourceOf(name, content, options),
    await sourceOf(`${name}.gz`, gzip(content), options),
    await sourceOf(`${name}.gz`, content, options),
  ]) {
    expect(source).toMatchObject({ format, delimiter });
    expect((await readAll(bucket(), source)).rows).toEqual([{ row: 0, work: pair }]);
  }
});

test("a Parquet file is converted, within gzip as well", async () => {
  const columnData = [{ name: "text", data: ["a", "b"], type: "STRING" as const }];
  const parquet = new Uint8Array(parquetWriteBuffer({ columnData }));
  for (const [name, content] of [
    ["a.parquet", parquet],
    ["data", parquet],
    ["a.pqt.gz", gzip(parquet)],
  ] as const) {
    const source = await sourceOf(name, content);
    expect(source.name).toBe(name);
    expect((await readAll(bucket(), source)).rows).toMatchObject([
      { work: { text: "a" } },
      { work: { text: "b" } },
    ]);
  }
});

const utf16 = (text: string, bigEndian: boolean): Uint8Array<ArrayBuffer> =>
  concat(
    ...[...text].map((character) => {
      const unit = character.charCodeAt(0);
      return bigEndian ? bytes(unit >> 8, unit & 255) : bytes(unit & 255, unit >> 8);
    }),
  );

test.each<[string, string, Content, string, RegExp]>([
  ["an empty file", "a.csv", "", "empty_file", /empty/],
  ["an empty file without a name", "a", "", "empty_file", /empty/],
  ["an empty file in gzip", "a.csv.gz", gzip(""), "empty_file", /nothing/],
  ["a CSV of blank lines", "a.csv", "\n\r\n  \n", "empty_file", /blank/],
  ["a byte order mark alone", "a.csv", "\ufeff", "empty_file", /blank/],
  ["JSON lines of blank lines", "a.jsonl", "\n\r\n  \n", "empty_file", /blank/],
  ["a header alone", "a.csv", "query,document", "no_rows", /header/],
  ["a header and blank lines", "a.csv", "query,document\r\n\r\n", "no_rows", /header/],
  ["a zip", "a.csv", concat(bytesOf("PK\x03\x04"), bytes(20, 0)), "not_text", /zip.*Excel/],
  ["a PDF", "a", "%PDF-1.7\n", "not_text", /PDF/],
  ["a PNG", "a.csv", bytes(0x89, 0x50, 0x4e, 0x47, 13, 10), "not_text", /PNG/],
  ["a Parquet file by another name", "a.csv", "PAR1....", "not_text", /Parquet/],
  ["gzip in gzip", "a.csv.gz", gzip(gzip(CSV)), "not_text", /twice/],
  ["zeros", "a.csv", "text\na\0b\n", "not_text", /byte 6 is zero/],
  ["zeros in JSON lines", "a.jsonl", '{"text":"\0"}', "not_text", /zero/],
  ["UTF-16", "a.csv", utf16("\ufefftext\na", false), "invalid_encoding", /UTF-16/],
  ["UTF-16, big-endian", "a.csv", utf16("\ufefftext\na", true), "invalid_encoding", /UTF-16/],
  ["UTF-16 without a mark", "a.jsonl", utf16(JSON_LINES, false), "invalid_encoding", /UTF-16/],
  ["UTF-32", "a.csv", bytes(0xff, 0xfe, 0, 0, 0x61, 0, 0, 0), "invalid_encoding", /UTF-32/],
  [
    "Latin-1",
    "a.csv",
    concat(bytesOf("text,caf"), bytes(0xe9, 10, 97)),
    "invalid_encoding",
    /UTF-8/,
  ],
  ["a quote left open", "a.csv", '"text,a\nb\n', "unclosed_quote", /header/],
  ["text after a quote", "a.csv", '"text"s,a\nb\n', "stray_quote", /Field 1/],
  ["a column twice", "a.csv", "text,id,text\na,1,b\n", "duplicate_column", /text/],
  ["no column", "a.csv", "a,b\n1,2\n", "missing_column", /input_string or text/],
  ["a query alone", "a.csv", "query,b\n1,2\n", "missing_column", /document or documents/],
  ["documents alone", "a.csv", "documents,b\n1,2\n", "missing_column", /no column query/],
  [
    "semicolons",
    "a.csv",
    "query;document;b,c\n1;2;3\n",
    "missing_column",
    /2 semicolons and 1 commas/,
  ],
  ["tabs", "a.csv", TSV, "missing_column", /1 tabs/],
  ["bars", "a.csv", "query|document\n1|2\n", "missing_column", /vertical bars/],
  ["commas in a TSV", "a.tsv", CSV, "missing_column", /1 commas and 0 tabs/],
  ["a JSON list", "a.json", '[{"text":"a"}]', "not_json_lines", /list/],
  ["a JSON list without a name", "a", ' [\n{"text":"a"}]', "not_json_lines", /list/],
  ["an indented object", "a.json", '{\n  "text": "a"\n}', "not_json_lines", /across lines/],
  ["a CSV as JSON lines", "a.jsonl", CSV, "not_json_lines", /No line/],
  ["gzip cut short", "a.csv.gz", gzip(CSV).subarray(0, 20), "corrupt_gzip", /cut short/],
])("%s is told", async (_, name, content, code, reason) => {
  const problem = await problemOf(name, content);
  expect(problem.code).toBe(code);
  expect(problem.reason).toMatch(reason);
});

test("a column that nobody asks for may stand twice", async () => {
  expect(await sourceOf("a.csv", "text,x,x,,\na,1,2,,\n")).toMatchObject({ format: "csv" });
});

test("names that the job has for columns are looked for", async () => {
  const columns = { ...COLUMNS, query: "question", document: "passage" };
  expect(await sourceOf("a.csv", "question,passage\na,b\n", { columns })).toMatchObject({
    columns,
  });
  expect(await problemOf("a.csv", CSV, { columns })).toMatchObject({
    code: "missing_column",
    reason: expect.stringContaining("question with passage"),
  });
});

test.each(["", '"', "\n", "é", "::"])("%j is no delimiter", async (delimiter) => {
  expect(await problemOf("a.csv", CSV, { delimiter })).toMatchObject({ code: "invalid_delimiter" });
});

test("a header may have maxHeaderBytes bytes and no more", async () => {
  const { maxHeaderBytes } = JOB_LIMITS;
  const header = `text,${"x".repeat(maxHeaderBytes - 6)}\n`;
  const source = await sourceOf("a.csv", `${header}a,b\n`.repeat(2));
  expect(source.dataStart).toBe(maxHeaderBytes);
  expect(await problemOf("a.csv", `x${header}a,b\n`)).toMatchObject({
    code: "header_too_long",
    reason: expect.stringContaining(String(maxHeaderBytes)),
  });
  const long = "x".repeat(2 * maxHeaderBytes);
  expect(await problemOf("a.csv", long)).toMatchObject({ code: "header_too_long" });
  expect(await problemOf("a.csv", `"${long}`)).toMatchObject({ code: "unclosed_quote" });
});

test("a file that was replaced or deleted is not read", async () => {
  const file = await putFile("a.csv", CSV);
  await putFile("a.csv", TSV);
  expect(await prepareFile(bucket(), file, OPTIONS, "unpacked")).toMatchObject({
    problem: { file: "a.csv", row: null, code: "input_changed" },
  });
  await bucket().delete(file.key);
  expect(await prepareFile(bucket(), file, OPTIONS, "unpacked")).toMatchObject({
    problem: { file: "a.csv", row: null, code: "input_gone" },
  });
});

test("preparing a file twice gives the same source", async () => {
  const content = gzip(CSV);
  const [first, second] = [
    await sourceOf("a.csv.gz", content),
    await sourceOf("a.csv.gz", content),
  ];
  expect(second).toEqual(first);
});
