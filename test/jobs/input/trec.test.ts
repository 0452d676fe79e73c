import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { joinRun, type RunFiles } from "../../../worker/jobs/input/trec.ts";
import type { WindowLimits } from "../../../worker/jobs/input/trec-window.ts";
import type { InputFile } from "../../../worker/jobs/source.ts";
import { useBucket } from "../bucket.ts";
import { bytesOf, readAll } from "./sources.ts";

const bucket = useBucket();

type Content = string | Uint8Array<ArrayBuffer>;

async function putFile(name: string, content: Content): Promise<InputFile> {
  const { etag, size } = (await bucket().put(name, content))!;
  return { key: name, name, bytes: size, etag };
}

async function putFiles(run: Content, queries: Content, collection: Content): Promise<RunFiles> {
  return {
    run: await putFile("my.run", run),
    queries: await putFile("queries", queries),
    collection: await putFile("collection", collection),
  };
}

interface Row {
  query_id: string;
  document_id: string;
  query: string | null;
  document: string | null;
}

async function join(
  run: Content,
  queries: Content,
  collection: Content,
  limits?: WindowLimits,
): Promise<{ rows: Row[]; content: string }> {
  const joined = await joinRun(
    bucket(),
    await putFiles(run, queries, collection),
    "joined",
    limits,
  );
  if (!joined.ok) throw new Error(`${joined.problem.code}: ${joined.problem.reason}`);
  expect(joined.problems).toEqual([]);
  const content = await (await bucket().get("joined"))!.text();
  expect(joined.value).toMatchObject({
    bytes: bytesOf(content).length,
    name: "my.run",
    groupsByQuery: true,
  });
  const rows = content
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
  return { rows, content };
}

async function problemOf(run: Content, queries: Content, collection: Content) {
  const joined = await joinRun(bucket(), await putFiles(run, queries, collection), "joined");
  if (joined.ok) throw new Error("there is no problem");
  return joined.problem;
}

const RUN = "q1 Q0 d2 1 9.5 bm25\nq1 Q0 d1 2 8 bm25\n";
const QUERIES = "q1\twhat is it?\n";
const COLLECTION = "d1\tone\nd2\ttwo\n";

test("a run of TSV files, to the byte", async () => {
  const { content } = await join(RUN, QUERIES, COLLECTION);
  expect(content).toBe(
    '{"query_id":"q1","document_id":"d2","query":"what is it?","document":"two"}\n' +
      '{"query_id":"q1","document_id":"d1","query":"what is it?","document":"one"}\n',
  );
});

test("queries and documents of BEIR: the title stands before the text", async () => {
  const collection =
    '{"_id": "d1", "title": "Žižek", "text": "one\\n\\"1\\""}\n{"_id": "d2", "title": "", "text": "two", "metadata": {}}\n';
  const { rows } = await join(RUN, '{"_id": "q1", "text": "what?", "metadata": {}}', collection);
  expect(rows.map(({ query, document }) => [query, document])).toEqual([
    ["what?", "two"],
    ["what?", 'Žižek one\n"1"'],
  ]);
});

test.each([
  ["id", "contents"],
  ["docid", "text"],
  ["document_id", "document"],
])("documents that have %s and %s, in any order and with any spaces", async (id, text) => {
  const collection = `{"${text}":"one","${id}":"d1"}\n \t{ "${id}" :\t"d2" , "${text}" : "two" }\r\n`;
  const { rows } = await join(RUN, '{"query_id":"q1","query":"what?"}', collection);
  expect(rows.map(({ document }) => document)).toEqual(["two", "one"]);
});

test("ids that are numbers or written with escapes", async () => {
  const run = "7 Q0 42 1 2 t\n7 Q0 d/1 2 1 t\n";
  const collection = '{"id":42,"text":"forty-two"}\n{"id":"d\\/1","text":"escaped"}\n';
  const { rows } = await join(run, '{"id":7,"text":"seven"}', collection);
  expect(rows).toEqual([
    { query_id: "7", document_id: "42", query: "seven", document: "forty-two" },
    { query_id: "7", document_id: "d/1", query: "seven", document: "escaped" },
  ]);
});

test("gzip, of several members too; Windows' line ends; byte order marks; tabs in a text", async () => {
  const gzip = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(gzipSync(text));
  const members = new Uint8Array([...gzip("\ufeffd1\tone\tand more\r\n"), ...gzip("d2\ttwo\r\n")]);
  const { rows } = await join(
    gzip(`\ufeff${RUN.replaceAll("\n", "\r\n")}`),
    gzip(QUERIES),
    members,
  );
  expect(rows.map(({ query_id, document }) => [query_id, document])).toEqual([
    ["q1", "two"],
    ["q1", "one\tand more"],
  ]);
});

test("a missing text is its row's problem, and so is a line that is no run's", async () => {
  const run =
    "q1 Q0 d1 1 3 t\nnonsense\nq1 Q0 gone 2 2 t\nq2 Q0 d1 1 1 t\n\nq1 Q0 d2 three 1 t\nq1 Q0 d2 4 1 t\n";
  const files = await putFiles(run, QUERIES, COLLECTION);
  const joined = await joinRun(bucket(), files, "joined");
  if (!joined.ok) throw new Error(joined.problem.code);
  const { rows, problems } = await readAll(bucket(), joined.value);
  expect(rows.map(({ row, queryId, documentIds }) => [row, queryId, documentIds])).toEqual([
    [0, "q1", ["d1"]],
    [2, "q1", ["d2"]],
  ]);
  expect(problems.map(({ file, row, column, code }) => [file, row, column, code])).toEqual([
    ["my.run", 1, "document", "missing_value"],
    ["my.run", 3, "query", "missing_value"],
    ["my.run", 4, "query", "missing_value"],
    ["my.run", 5, "query", "missing_value"],
  ]);
});

test("a document that is not UTF-8 is its rows' problem", async () => {
  const collection = new Uint8Array([...bytesOf("d1\t"), 0xff, 0xfe, ...bytesOf("\nd2\ttwo\n")]);
  const joined = await joinRun(bucket(), await putFiles(RUN, QUERIES, collection), "joined");
  if (!joined.ok) throw new Error(joined.problem.code);
  const { rows, problems } = await readAll(bucket(), joined.value);
  expect(rows).toMatchObject([{ row: 0, documentIds: ["d2"] }]);
  expect(problems).toMatchObject([{ row: 1, code: "invalid_utf8" }]);
});

test("a document that is longer than a row may be is left out and told", async () => {
  const long = "x".repeat(6 * 1024 * 1024 - 20);
  const files = await putFiles(RUN, QUERIES, `d1\t${long}\nd2\ttwo\nd3\t${long}${long}\n`);
  const joined = await joinRun(bucket(), files, "joined");
  if (!joined.ok) throw new Error(joined.problem.code);
  expect(joined.problems).toMatchObject([
    { file: "my.run", row: null, code: "over_limit" },
    { file: "collection", row: null, code: "over_limit" },
  ]);
  const { rows, problems } = await readAll(bucket(), joined.value);
  expect(rows).toMatchObject([{ row: 0 }]);
  expect(problems).toMatchObject([{ row: 1, code: "missing_value" }]);
});

describe("files that cannot be joined", () => {
  test.each([
    ["my.run", "", QUERIES, COLLECTION, "empty_file"],
    ["collection", RUN, QUERIES, "", "empty_file"],
    ["my.run", QUERIES, RUN, COLLECTION, "not_a_run"],
    ["my.run", COLLECTION, QUERIES, RUN, "not_a_run"],
    ["queries", RUN, RUN, COLLECTION, "wrong_file"],
    ["collection", RUN, QUERIES, RUN.replaceAll(" ", "\t"), "wrong_file"],
    ["collection", RUN, QUERIES, "d1 one\n", "wrong_file"],
    ["queries", RUN, COLLECTION, QUERIES, "no_queries"],
    ["collection", RUN, QUERIES, QUERIES, "no_documents"],
  ])("%s: of %j, %j and %j", async (file, run, queries, collection, code) => {
    expect(await problemOf(run, queries, collection)).toMatchObject({ file, code, row: null });
  });

  test("a file in UTF-16, and one that is no text", async () => {
    const utf16 = new Uint8Array(Buffer.from(`\ufeff${RUN}`, "utf16le"));
    expect(await problemOf(utf16, QUERIES, COLLECTION)).toMatchObject({ code: "invalid_encoding" });
    expect(await problemOf(RUN, QUERIES, "PAR1 and more")).toMatchObject({ code: "not_text" });
  });

  test("a query has too many lines, and how many", async () => {
    const deep = Array.from({ length: 10_001 }, (_, rank) => `q1 Q0 d${rank} ${rank} 1 t\n`).join(
      "",
    );
    const problem = await problemOf(deep, QUERIES, COLLECTION);
    expect(problem).toMatchObject({ file: "my.run", code: "over_limit" });
    expect(problem.reason).toContain("maxRunDepth of 10000: it has 10001");
  });

  test("after its first line a run is none", async () => {
    const problem = await problemOf(RUN + "nonsense\n".repeat(10_001), QUERIES, COLLECTION);
    expect(problem).toMatchObject({ file: "my.run", code: "not_a_run", row: null });
    expect(problem.reason).toContain("10001 lines");
  });

  test("a file that was replaced meanwhile", async () => {
    const files = await putFiles(RUN, QUERIES, COLLECTION);
    await bucket().put("collection", "d1\tanother\n");
    const joined = await joinRun(bucket(), files, "joined");
    expect(joined).toMatchObject({ problem: { file: "collection", code: "input_changed" } });
  });
});

/** The join as one would write it with memory enough. */
function naiveJoin(
  run: readonly (readonly [string, string])[],
  queries: ReadonlyMap<string, string>,
  collection: ReadonlyMap<string, string>,
): Row[] {
  return [...Map.groupBy(run, ([queryId]) => queryId).values()]
    .flat()
    .map(([queryId, documentId]) => ({
      query_id: queryId,
      document_id: documentId,
      query: queries.get(queryId) ?? null,
      document: collection.get(documentId) ?? null,
    }));
}

test("it is what a naive join is, whatever the windows", { timeout: 60_000 }, async () => {
  const id = fc.stringMatching(/^[a-c0-2é]{1,2}$/);
  const texts = fc.dictionary(id, fc.string({ unit: "grapheme", maxLength: 12 }), {
    noNullPrototype: true,
    minKeys: 1,
  });
  const run = fc.array(fc.tuple(id, id), { minLength: 1, maxLength: 40 });
  const limits = fc.record({
    documents: fc.integer({ min: 1, max: 20 }),
    lines: fc.integer({ min: 1, max: 40 }),
    textBytes: fc.integer({ min: 1, max: 200 }),
  });
  await fc.assert(
    fc.asyncProperty(
      run,
      texts,
      texts,
      limits,
      fc.boolean(),
      async (lines, queries, documents, window, isJson) => {
        // So that something is found.
        const [queryId, documentId] = lines[0]!;
        const clean = (object: Record<string, string>, added: string): Map<string, string> =>
          new Map(
            Object.entries({ ...object, [added]: "there" }).map(([key, text]) => [
              key,
              text.replaceAll(/[\r\n]/g, " "),
            ]),
          );
        const queryTexts = clean(queries, queryId);
        const documentTexts = clean(documents, documentId);
        const write = (map: Map<string, string>): string =>
          [...map]
            .map(([key, text]) => (isJson ? JSON.stringify({ id: key, text }) : `${key}\t${text}`))
            .join("\n");
        const { rows } = await join(
          lines
            .map(([query, document], index) => `${query} Q0 ${document} ${index} ${-index} t`)
            .join("\n"),
          write(queryTexts),
          write(documentTexts),
          window,
        );
        expect(rows).toEqual(naiveJoin(lines, queryTexts, documentTexts));
      },
    ),
    { numRuns: 30, seed: 1 },
  );
});
