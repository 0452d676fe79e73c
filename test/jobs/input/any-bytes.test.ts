/** The planner and the reader agree on what a row is, whatever the bytes and however they are cut. */
import fc from "fast-check";
import Papa from "papaparse";
import { expect, test } from "vitest";
import { readShard } from "../../../worker/jobs/input/read-shard.ts";
import { memoryBucket } from "./memory-bucket.ts";
import { bytesOf, planAll, putSource, readAll, WIDE } from "./sources.ts";

const bucket = memoryBucket();

/** What means something to a splitter, a letter, a character of several bytes, and a byte that UTF-8 never has. */
const nastyBytes = fc
  .array(
    fc.constantFrom(
      '"',
      '"',
      ",",
      "\r",
      "\n",
      "\n",
      " ",
      "\t",
      "a",
      "木",
      "\0",
      "\\",
      "{}",
      "\xff",
    ),
    { maxLength: 60 },
  )
  .map((parts) =>
    Uint8Array.from(parts.flatMap((part) => (part === "\xff" ? [0xff] : [...bytesOf(part)]))),
  );

const nastySource = fc
  .tuple(nastyBytes, fc.constantFrom("csv" as const, "jsonl" as const), fc.constantFrom(",", "\t"))
  .map(([bytes, format, delimiter]) => ({
    bytes,
    about: { format, delimiter, header: format === "csv" ? ["text", "other"] : null },
  }));

const narrowLimits = fc.record({
  maxShardRows: fc.integer({ min: 1, max: 5 }),
  maxShardBytes: fc.integer({ min: 1, max: 30 }),
  maxRowBytes: fc.integer({ min: 1, max: 40 }),
});

const isBlank = (bytes: Uint8Array): boolean =>
  bytes.every((byte) => " \t\r\n".includes(String.fromCharCode(byte)));

test("the shards follow one another with blank lines between them at most, and each has the rows that it says", async () => {
  await fc.assert(
    fc.asyncProperty(nastySource, narrowLimits, async ({ bytes, about }, narrow) => {
      const source = await putSource(bucket, bytes, about);
      const limits = { ...WIDE, ...narrow, maxRowBytes: WIDE.maxRowBytes };
      const shards = await planAll(bucket, source, limits).catch(codeOf);
      fc.pre(typeof shards !== "string");
      let [end, row] = [0, 0];
      for (const shard of shards) {
        expect(shard.firstRow).toBe(row);
        expect(isBlank(bytes.subarray(end, shard.start))).toBe(true);
        expect(shard.rows).toBeLessThanOrEqual(limits.maxShardRows);
        expect(shard.rows === 1 || shard.end - shard.start <= limits.maxShardBytes).toBe(true);
        const read = await readShard(bucket, source, shard);
        if (!read.ok) throw new Error(read.problem.code);
        expect(
          [...read.rows, ...read.problems].map((each) => each.row).toSorted(ascending),
        ).toEqual(Array.from({ length: shard.rows }, (_, index) => row + index));
        [end, row] = [shard.end, row + shard.rows];
      }
      expect(isBlank(bytes.subarray(end))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test("the rows are the same however they are cut into shards, pages and reads", async () => {
  await fc.assert(
    fc.asyncProperty(
      nastySource,
      narrowLimits,
      fc.integer({ min: 1, max: 4 }),
      async ({ bytes, about }, narrow, maxShards) => {
        const source = await putSource(bucket, bytes, about);
        const limits = { ...WIDE, ...narrow };
        const byPage = await planAll(bucket, source, limits, maxShards).catch(codeOf);
        const alone = await planAll(bucket, source, { ...WIDE, maxShardRows: 1 }).catch(codeOf);
        if (typeof alone === "string") {
          expect(alone).toBe("unclosed_quote");
          expect(byPage).toMatch(/unclosed_quote|row_too_long/);
          return;
        }
        const edges = [0, ...alone.flatMap(({ start, end }) => [start, end]), bytes.length];
        const longest = Math.max(...edges.map((edge, index) => edge - (edges[index - 1] ?? 0)));
        if (typeof byPage === "string") {
          expect(byPage).toMatch(/unclosed_quote|row_too_long/);
          expect(longest).toBeGreaterThan(limits.maxRowBytes + 1);
          return;
        }
        expect(byPage).toEqual(await planAll(bucket, source, { ...limits, maxRowBytes: 1e6 }));
        expect(await readAll(bucket, source, limits)).toEqual(await readAll(bucket, source));
      },
    ),
    { numRuns: 3_000 },
  );
});

test("a well-formed CSV is read as papaparse reads it", async () => {
  const field = fc.string({
    unit: fc.constantFrom("a", '"', ",", "\n", "\r", " ", "é", "木", "\t", ";"),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 8 }),
      fc.constantFrom("\n", "\r\n", "\r"),
      fc.constantFrom(",", "\t", ";"),
      fc.boolean(),
      async (records, newline, delimiter, quotes) => {
        const csv = Papa.unparse(records, { newline, delimiter, quotes });
        const source = await putSource(bucket, csv, { header: ["query", "document"], delimiter });
        const { rows, problems } = await readAll(bucket, source, { ...WIDE, maxShardRows: 3 });
        expect(problems).toEqual([]);
        const { data } = Papa.parse<string[]>(csv, { newline, delimiter });
        expect(rows.map(({ work }) => work)).toEqual(
          data.map(([query, document]) => ({ kind: "pair", query, document })),
        );
      },
    ),
    { numRuns: 2_000 },
  );
});

const ascending = (a: number | null, b: number | null): number => a! - b!;

const codeOf = (error: Error): string => error.message;
