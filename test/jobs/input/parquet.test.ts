import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { unpackParquet } from "../../../worker/jobs/input/parquet.ts";
import type { InputFile, InputOptions } from "../../../worker/jobs/source.ts";
import { useBucket } from "../bucket.ts";
import { COLUMNS, readAll } from "./sources.ts";

const OPTIONS: InputOptions = { format: "parquet", delimiter: null, columns: COLUMNS };
const WORDS = [
  "capital",
  "Čapek",
  "日本",
  'quote "x"',
  "tab\there",
  "back\\slash",
  "line\nbreak",
  "🙂",
];
const ROWS = Array.from({ length: 100 }, (_, row) => row);

/** As `fixtures/make_parquet.py` has them. */
function text(row: number): string {
  const words = Array.from(
    { length: row % 5 },
    (_, word) => WORDS[(row * 7 + word) % WORDS.length],
  );
  return `${words.join(" ")} ${row}`;
}
const some = (row: number, value: string): string | null => (row % 11 === 3 ? null : value);

const bucket = useBucket();

async function putFile(bytes: Uint8Array | ArrayBuffer, name = "rows.parquet"): Promise<InputFile> {
  const { etag, size } = (await bucket().put(name, bytes))!;
  return { key: name, name, bytes: size, etag };
}

const fixture = (name: string): Uint8Array =>
  readFileSync(join(import.meta.dirname, "fixtures", `${name}.parquet`));

async function unpack(bytes: Uint8Array | ArrayBuffer, columns = COLUMNS) {
  return unpackParquet(bucket(), await putFile(bytes), { ...OPTIONS, columns }, "unpacked");
}

async function linesOf(bytes: Uint8Array | ArrayBuffer, columns = COLUMNS): Promise<unknown[]> {
  const unpacked = await unpack(bytes, columns);
  if (!unpacked.ok) throw new Error(`${unpacked.problem.code}: ${unpacked.problem.reason}`);
  const content = await (await bucket().get("unpacked"))!.text();
  expect(unpacked.value.bytes).toBe(new TextEncoder().encode(content).length);
  return content
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

async function problemOf(bytes: Uint8Array | ArrayBuffer) {
  const unpacked = await unpack(bytes);
  if (unpacked.ok) throw new Error("there is no problem");
  expect(unpacked.problem.file).toBe("rows.parquet");
  return unpacked.problem;
}

const PAIRS = ROWS.map((row) => ({
  query: `query ${Math.floor(row / 10)}`,
  document: some(row, text(row)),
  document_id: `d${row}`,
  query_id: String(Math.floor(row / 10)),
}));

describe("pairs that pyarrow wrote are read", () => {
  const codecs = ["none", "snappy", "gzip", "zstd", "brotli", "lz4"];
  const encodings = ["delta-length-byte-array", "delta-byte-array"];
  const versions = [...codecs, ...encodings].flatMap((name) => [`${name}-v1`, `${name}-v2`]);
  test.each([...versions, "plain"])("%s", async (name) => {
    expect(await linesOf(fixture(`pairs-${name}`))).toEqual(PAIRS);
  });
});

const RANKINGS = ROWS.map((row) => ({
  query: `query ${row}`,
  documents:
    row % 13 === 5
      ? null
      : Array.from({ length: row % 6 }, (_, index) => some(row + index, text(row + index))),
}));

test.each(["rankings-v1", "rankings-v2"])(
  "lists, empty and null ones among them: %s",
  async (name) => {
    expect(await linesOf(fixture(name))).toEqual(RANKINGS);
  },
);

test("lists that can neither be null nor have nulls", async () => {
  const expected = ROWS.map((row) => ({
    query: `query ${row}`,
    documents: [text(row), text(row + 1)],
  }));
  expect(await linesOf(fixture("rankings-required"))).toEqual(expected);
});

test("strings without a logical type, and unsigned integers of 64 bits", async () => {
  const expected = ROWS.map((row) => ({
    text: text(row),
    query_id: String(2n ** 64n - 1n - BigInt(row)),
  }));
  expect(await linesOf(fixture("texts-binary"))).toEqual(expected);
});

test("a column of nulls", async () => {
  expect(await linesOf(fixture("texts-null"))).toEqual(Array(5_000).fill({ text: null }));
});

test("columns under other names", async () => {
  const columns = { ...COLUMNS, query: "document_id", documentId: "query" };
  const [first] = await linesOf(fixture("pairs-none-v1"), columns);
  expect(first).toEqual({ ...PAIRS[0] });
});

test("what hyparquet-writer wrote", async () => {
  const data = ROWS.map((row) => text(row));
  const bytes = parquetWriteBuffer({
    columnData: [{ name: "input_string", data, type: "STRING" }],
    rowGroupSize: 30,
  });
  expect(await linesOf(bytes)).toEqual(data.map((value) => ({ input_string: value })));
});

test("every character that JSON escapes", async () => {
  const text = String.fromCharCode(...Array.from({ length: 130 }, (_, code) => code)).repeat(100);
  const columnData = [{ name: "text", data: [text, "", "\ud83d\ude42"], type: "STRING" as const }];
  const lines = await linesOf(parquetWriteBuffer({ columnData }));
  expect(lines).toEqual([{ text }, { text: "" }, { text: "\ud83d\ude42" }]);
});

test("rows keep their numbers, and what a row lacks is the row's problem", async () => {
  const unpacked = await unpack(fixture("pairs-zstd-v1"));
  if (!unpacked.ok) throw new Error(unpacked.problem.code);
  const { rows, problems } = await readAll(bucket(), unpacked.value);
  expect(problems.map(({ row, column, code }) => [row, column, code])).toEqual(
    ROWS.filter((row) => row % 11 === 3).map((row) => [row, "document", "missing_value"]),
  );
  expect(rows.map(({ row }) => row)).toEqual(ROWS.filter((row) => row % 11 !== 3));
  expect(rows[42]).toMatchObject({ row: 46, queryId: "4", documentIds: ["d46"] });
});

test("a text that is not UTF-8 is its row's problem", async () => {
  const unpacked = await unpack(fixture("texts-not-utf8"));
  if (!unpacked.ok) throw new Error(unpacked.problem.code);
  const { rows, problems } = await readAll(bucket(), unpacked.value);
  expect(rows).toHaveLength(1);
  expect(problems).toMatchObject([{ row: 1, code: "invalid_utf8" }]);
});

describe("files that cannot be read", () => {
  test("the file has no rows", async () => {
    expect(await problemOf(fixture("empty"))).toMatchObject({ code: "no_rows", row: null });
  });

  test("a column is missing", async () => {
    expect(await problemOf(fixture("no-column"))).toMatchObject({ code: "missing_column" });
  });

  test.each([
    ["wrong-type", "query", "DOUBLE"],
    ["wrong-nested", "documents", "nested"],
  ])("a column has a type that is no text: %s", async (name, column, type) => {
    const problem = await problemOf(fixture(name));
    expect(problem).toMatchObject({ code: "wrong_type", column });
    expect(problem.reason).toContain(type);
  });

  test.each([0, 3, 7, 1_000])("it is not Parquet, with %i bytes", async (length) => {
    expect(await problemOf(new Uint8Array(length))).toMatchObject({ code: "not_parquet" });
  });

  test("its end is missing", async () => {
    expect(await problemOf(fixture("pairs-plain").subarray(0, -1))).toMatchObject({
      code: "not_parquet",
    });
  });

  test("its footer is encrypted", async () => {
    const bytes = new Uint8Array(fixture("pairs-plain"));
    bytes[bytes.length - 1] = 0x45;
    expect(await problemOf(bytes)).toMatchObject({ code: "encrypted_parquet" });
  });

  test("it was replaced or deleted meanwhile", async () => {
    const file = await putFile(fixture("pairs-plain"));
    await bucket().put(file.key, fixture("pairs-zstd-v1"));
    const replaced = await unpackParquet(bucket(), file, OPTIONS, "unpacked");
    expect(replaced).toMatchObject({ problem: { code: "input_changed" } });
    await bucket().delete(file.key);
    const gone = await unpackParquet(bucket(), file, OPTIONS, "unpacked");
    expect(gone).toMatchObject({ problem: { code: "input_gone" } });
  });

  test("a page is over the limit, whose number and own are named", async () => {
    const data = ["x".repeat(17 * 1024 * 1024)];
    const bytes = parquetWriteBuffer({ columnData: [{ name: "text", data, type: "STRING" }] });
    const problem = await problemOf(bytes);
    expect(problem).toMatchObject({ code: "over_limit", row: null });
    expect(problem.reason).toMatch(/maxParquetPageBytes of 16777216: it has 1782\d{4}/);
  });

  test("a row is over the limit", async () => {
    const data = ["short", "x".repeat(7 * 1024 * 1024)];
    const bytes = parquetWriteBuffer({ columnData: [{ name: "text", data, type: "STRING" }] });
    expect(await problemOf(bytes)).toMatchObject({ code: "row_too_long", row: 1 });
  });

  test("whatever byte of it is another", { timeout: 120_000 }, async () => {
    const codes = new Set<string>();
    for (const name of ["pairs-snappy-v2", "pairs-delta-byte-array-v1", "rankings-v1"]) {
      const bytes = fixture(name);
      const footerStart =
        bytes.length -
        8 -
        new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 8, true);
      for (let index = 0; index < 25; index++) {
        const flipped = new Uint8Array(bytes);
        // As often in the footer as in the pages.
        const [from, to] = index % 2 === 0 ? [4, footerStart] : [footerStart, bytes.length - 8];
        flipped[from + Math.floor((index / 25) * (to - from))]! ^= 1 << (index % 8);
        const unpacked = await unpack(flipped);
        codes.add(unpacked.ok ? "ok" : unpacked.problem.code);
      }
    }
    expect(codes).toContain("corrupt_parquet");
  });

  test("nothing is left behind", async () => {
    await bucket().delete("unpacked");
    await problemOf(fixture("wrong-type"));
    expect(await bucket().head("unpacked")).toBeNull();
  });
});
