import { expect, test } from "vitest";
import { readShard } from "../../../worker/jobs/input/read-shard.ts";
import type { RowProblem } from "../../../worker/jobs/rows.ts";
import { LIMITS } from "../../../worker/limits.ts";
import { memoryBucket } from "./memory-bucket.ts";
import { bytesOf, COLUMNS, planAll, putSource, readAll } from "./sources.ts";

const bucket = memoryBucket();

async function readCsv(header: string[], content: string | Uint8Array<ArrayBuffer>) {
  return readAll(bucket, await putSource(bucket, content, { header }));
}

async function readJson(...values: unknown[]) {
  const content = values.map((value) => `${JSON.stringify(value)}\n`).join("");
  return readAll(bucket, await putSource(bucket, content, { format: "jsonl" }));
}

async function problemOfJson(value: unknown): Promise<RowProblem> {
  const { rows, problems } = await readJson(value);
  expect([rows.length, problems.length]).toEqual([0, 1]);
  return problems[0]!;
}

const pair = (query: string, document: string) => ({ kind: "pair", query, document });

test("the columns of a CSV say what its rows are; others are ignored", async () => {
  expect((await readCsv(["id", "text"], "1,a\n")).rows).toEqual([
    { row: 0, work: { kind: "text", text: "a" } },
  ]);
  expect((await readCsv(["label", "input_string"], "1,a\n")).rows).toMatchObject([
    { work: { kind: "text", text: "a" } },
  ]);
  const ids = ["query_id", "query", "document", "document_id"];
  expect((await readCsv(ids, "7,a,b,d1\n,a,b,\n")).rows).toEqual([
    { row: 0, work: pair("a", "b"), queryId: "7", documentIds: ["d1"] },
    { row: 1, work: pair("a", "b") },
  ]);
  expect((await readCsv(["query", "documents"], 'q,"[""a"", ""b""]"\n')).rows).toEqual([
    { row: 0, work: { kind: "ranking", query: "q", documents: ["a", "b"] } },
  ]);
});

test("columns go by the names that the job has for them", async () => {
  for (const [text, value] of [
    ["text", "b"],
    ["input_string", "a"],
  ] as const) {
    const both = await putSource(bucket, "a,b\n", {
      header: ["input_string", "text"],
      columns: { ...COLUMNS, text },
    });
    expect((await readAll(bucket, both)).rows).toMatchObject([{ work: { text: value } }]);
  }
  const columns = { ...COLUMNS, query: "question", document: "passage" };
  const header = ["passage", "question", "query"];
  const csv = await putSource(bucket, "p,q,x\n", { header, columns });
  expect((await readAll(bucket, csv)).rows).toMatchObject([{ work: pair("q", "p") }]);
  const json = '{"question":"q","passage":"p","text":"x"}';
  const lines = await putSource(bucket, json, { format: "jsonl", columns });
  expect((await readAll(bucket, lines)).rows).toMatchObject([{ work: pair("q", "p") }]);
});

test("fields are unquoted as RFC 4180 has it, and a quote within another field is itself", async () => {
  const { rows } = await readCsv(["query", "document"], '"a ""b"",\r\nc",d"e"\n"", f \r\n');
  expect(rows.map(({ work }) => work)).toEqual([pair('a "b",\r\nc', 'd"e"'), pair("", " f ")]);
});

test("rows that cannot be read are problems among rows that can", async () => {
  const content = 'a,b\na\na,b,c\n"a"x,b\n\na,b\n,\n';
  const { rows, problems } = await readCsv(["query", "document"], content);
  expect(rows.map(({ row }) => row)).toEqual([0, 4, 5]);
  expect(problems).toEqual([
    {
      file: "rows.csv",
      row: 1,
      column: null,
      code: "wrong_fields",
      reason: "The row has 1 field and the header 2 fields.",
    },
    expect.objectContaining({ row: 2, code: "wrong_fields" }),
    expect.objectContaining({ row: 3, code: "stray_quote", column: "query" }),
  ]);
});

test("a row of millions of fields is counted and not kept", async () => {
  const { problems } = await readCsv(["text"], `${",".repeat(1_000_000)}\n`);
  expect(problems).toMatchObject([{ reason: expect.stringContaining("1000001 fields") }]);
});

test("a row that is not UTF-8 is a problem, and a row beside it is none", async () => {
  const content = Uint8Array.from([...bytesOf("é\n"), 0xe9, 0x0a, ...bytesOf("木\n")]);
  const { rows, problems } = await readCsv(["text"], content);
  expect(rows.map(({ row }) => row)).toEqual([0, 2]);
  expect(problems).toMatchObject([{ row: 1, column: null, code: "invalid_utf8" }]);
});

test("JSON lines have texts, pairs and rankings, in whatever order", async () => {
  const documents = ["a", { text: "b", id: 7, more: 1 }, { text: "c", id: "x" }];
  const { rows, problems } = await readJson(
    { text: "a" },
    { input_string: "a" },
    { input_string: ["a"] },
    { input_string: ["a", "b"] },
    { query: "a", document: "b", query_id: 3, document_id: "d" },
    { query: "q", documents, query_id: null },
    { query: "q", documents: ["a"] },
  );
  expect(problems).toEqual([]);
  expect(rows).toEqual([
    { row: 0, work: { kind: "text", text: "a" } },
    { row: 1, work: { kind: "text", text: "a" } },
    { row: 2, work: { kind: "text", text: "a" } },
    { row: 3, work: pair("a", "b") },
    { row: 4, work: pair("a", "b"), queryId: "3", documentIds: ["d"] },
    {
      row: 5,
      work: { kind: "ranking", query: "q", documents: ["a", "b", "c"] },
      documentIds: ["0", "7", "x"],
    },
    { row: 6, work: { kind: "ranking", query: "q", documents: ["a"] } },
  ]);
});

test("empty texts are texts, as they are to POST /score, but an empty query ranks nothing", async () => {
  const { rows, problems } = await readJson(
    { text: "" },
    { query: "", document: "" },
    { query: " ", documents: ["a"] },
    { query: "q", documents: [""] },
  );
  expect(rows.map(({ row }) => row)).toEqual([0, 1, 3]);
  expect(problems).toMatchObject([{ row: 2, column: "query", code: "invalid_value" }]);
});

const long = (chars: number): string => "x".repeat(chars);

test.each([
  ["no columns", {}, "missing_value", null],
  ["a query alone", { query: "q" }, "missing_value", null],
  ["a query beside a text", { query: "q", text: "t" }, "missing_value", null],
  ["a document alone", { document: "d" }, "missing_value", "query"],
  ["a null", { query: null, document: "d" }, "missing_value", "query"],
  ["a null text", { text: null }, "missing_value", "input_string|text"],
  ["null documents", { query: "q", documents: null }, "missing_value", "documents"],
  ["a null in a list", { input_string: ["a", null] }, "missing_value", "input_string"],
  ["a number", { query: 1, document: "d" }, "invalid_value", "query"],
  ["an object", { text: { a: "b" } }, "invalid_value", "text"],
  ["three texts", { input_string: ["a", "b", "c"] }, "invalid_value", "input_string"],
  ["no texts", { input_string: [] }, "empty_list", "input_string"],
  ["no documents", { query: "q", documents: [] }, "empty_list", "documents"],
  ["documents as an object", { query: "q", documents: { a: "b" } }, "invalid_value", "documents"],
  ["a document as a number", { query: "q", documents: ["a", 1] }, "invalid_value", "documents"],
  ["a document of no text", { query: "q", documents: [{ id: 1 }] }, "invalid_value", "documents"],
  [
    "an id as a list",
    { query: "q", documents: [{ text: "t", id: [] }] },
    "invalid_value",
    "documents",
  ],
  ["an id that is rounded", { text: "t", query_id: 2 ** 53 }, "invalid_value", "query_id"],
  ["a query's id as true", { text: "t", query_id: true }, "invalid_value", "query_id"],
  ["a long text", { text: long(LIMITS.maxDocumentChars + 1) }, "over_limit", "text"],
  [
    "a long document",
    { query: "q", documents: ["a", long(LIMITS.maxDocumentChars + 1)] },
    "over_limit",
    "documents",
  ],
  [
    "a long query",
    { query: long(LIMITS.maxQueryChars + 1), documents: ["a"] },
    "over_limit",
    "query",
  ],
  [
    "many documents",
    { query: "q", documents: Array(LIMITS.maxDocuments + 1).fill("a") },
    "over_limit",
    "documents",
  ],
  [
    "many characters",
    { query: "q", documents: Array(21).fill(long(LIMITS.maxDocumentChars)) },
    "over_limit",
    null,
  ],
  ["a list", [{ text: "t" }], "not_an_object", null],
  ["a string", "text", "not_an_object", null],
  ["a null row", null, "not_an_object", null],
])("%s is a problem", async (_, value, code, column) => {
  const problem = await problemOfJson(value);
  expect(problem).toMatchObject({ file: "rows.csv", row: 0, code });
  expect((column ?? "null").split("|")).toContain(String(problem.column));
});

test("a problem over a limit names it and the actual number", async () => {
  const text = long(LIMITS.maxDocumentChars + 5);
  const { reason } = await problemOfJson({ query: "q", documents: ["a", { text }] });
  expect(reason).toBe(
    "documents[1].text is over the limit maxDocumentChars of 100000: it has 100005.",
  );
});

test("JSON that cannot be read is a problem that does not quote it", async () => {
  const broken = ['{"text":"secret"', "secret", "{secret}", '{"text":"secret" "b"}', "NaN"];
  const source = await putSource(bucket, broken.join("\n"), { format: "jsonl" });
  const { rows, problems } = await readAll(bucket, source);
  expect(rows).toEqual([]);
  expect(problems.map(({ code }) => code)).toEqual(broken.map(() => "invalid_json"));
  expect(JSON.stringify(problems)).not.toContain("secret");
  const csv = await readCsv(["query", "documents"], "q,secret\nq,7\n");
  expect(csv.problems).toMatchObject([
    { column: "documents", code: "invalid_json", reason: "documents is not valid JSON." },
    { column: "documents", code: "invalid_value" },
  ]);
});

test("nested, crowded and repeated JSON is within the limits that requests have", async () => {
  const deep = `{"text":"t","x":${"[".repeat(10_000)}${"]".repeat(10_000)}}`;
  const crowded = `{"text":"t","x":[${"0,".repeat(LIMITS.maxJsonValues)}0]}`;
  const repeated = '{"text":"a","text":"b"}';
  const content = [deep, crowded, repeated].join("\n");
  const { rows, problems } = await readAll(
    bucket,
    await putSource(bucket, content, { format: "jsonl" }),
  );
  expect(problems).toMatchObject([
    { row: 0, column: null, code: "too_deep" },
    { row: 1, column: null, code: "over_limit" },
  ]);
  expect(rows).toEqual([{ row: 2, work: { kind: "text", text: "b" } }]);
});

test("columns are an object's own, whatever their names", async () => {
  const content = '{"__proto__":{"text":"t"}}\n{"text":"t","__proto__":null,"constructor":1}\n';
  const source = await putSource(bucket, content, { format: "jsonl" });
  const { rows, problems } = await readAll(bucket, source);
  expect(problems).toMatchObject([{ row: 0, code: "missing_value" }]);
  expect(rows).toMatchObject([{ row: 1 }]);
  const columns = { ...COLUMNS, text: "__proto__" };
  const odd = await putSource(bucket, '{"__proto__":"t"}\n{}\n', { format: "jsonl", columns });
  expect(await readAll(bucket, odd)).toMatchObject({
    rows: [{ row: 0, work: { kind: "text", text: "t" } }],
    problems: [{ row: 1, code: "missing_value" }],
  });
  const inherited = { ...COLUMNS, text: "constructor" };
  const csv = await putSource(bucket, "a\n", { header: ["x"], columns: inherited });
  expect((await readAll(bucket, csv)).problems).toMatchObject([{ code: "missing_value" }]);
});

test("a shard of a file that was replaced is not read", async () => {
  const source = await putSource(bucket, "a\n");
  const [shard] = await planAll(bucket, source);
  await bucket.put(source.key, bytesOf("b\n"));
  expect(await readShard(bucket, source, shard!)).toMatchObject({
    ok: false,
    problem: { code: "input_changed" },
  });
});
