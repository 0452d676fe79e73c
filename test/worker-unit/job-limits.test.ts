/** Limits of jobs' inputs: as much as the limit, one less, and not one more. Over HTTP, some of these files would take minutes. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { listFolder } from "../../worker/jobs/input-address.ts";
import { csvHeader } from "../../worker/jobs/input/csv-header.ts";
import { shardCutter } from "../../worker/jobs/input/cut-shards.ts";
import { planPage } from "../../worker/jobs/input/plan-page.ts";
import { joinRun } from "../../worker/jobs/input/trec.ts";
import { numberQueries } from "../../worker/jobs/input/trec-run.ts";
import { unpackGzip } from "../../worker/jobs/input/unpack-gzip.ts";
import { JOB_LIMITS } from "../../worker/limits.ts";
import { useBucket } from "../jobs/bucket.ts";
import { bytesOf, COLUMNS, putSource, WIDE } from "../jobs/input/sources.ts";

const bucket = useBucket();

const around = (limit: number): [number, boolean][] => [
  [limit - 1, true],
  [limit, true],
  [limit + 1, false],
];

test.each(around(JOB_LIMITS.maxHeaderBytes))(
  "maxHeaderBytes: a header of %i with the end of its line: %s",
  (bytes, isOk) => {
    const header = `text,${"h".repeat(bytes - 6)}\n`;
    const about = { name: "a.csv", delimiter: ",", columns: COLUMNS };
    expect(csvHeader(about, bytesOf(`${header}a,b\n`), true).ok).toBe(isOk);
  },
);

describe("shards", () => {
  const { maxShardRows, maxShardBytes } = JOB_LIMITS;

  test.each(around(maxShardRows))("maxShardRows: %i rows are one: %s", (rows, isOne) => {
    const cutter = shardCutter(0, 0, JOB_LIMITS);
    for (let row = 0; row < rows; row++) cutter.add(row, row + 1, false);
    expect(cutter.shards.length === 1).toBe(isOne);
  });

  test.each(around(maxShardBytes))("maxShardBytes: %i bytes are one: %s", (bytes, isOne) => {
    const cutter = shardCutter(0, 0, JOB_LIMITS);
    cutter.add(0, 10, false);
    cutter.add(10, bytes, false);
    expect(cutter.shards.length === 1).toBe(isOne);
  });
});

const plan = async (content: string, narrow: object, groupsByQuery = false) => {
  const format = groupsByQuery ? "jsonl" : "csv";
  const source = await putSource(bucket(), content, { format, groupsByQuery });
  return planPage(bucket(), source, 0, { offset: 0, row: 0 }, 10, { ...WIDE, ...narrow });
};

test.each(around(100))("maxRowBytes, of 100: a row of %i is taken: %s", async (bytes, isOk) => {
  expect((await plan(`a\n${"r".repeat(bytes)}\nb\n`, { maxRowBytes: 100 })).ok).toBe(isOk);
});

describe("rows of one query", () => {
  // 44 bytes.
  const row = '{"query_id":"1","query":"q","document":"d"}\n';

  test.each(around(50))("maxRunDepth, of 50: %i are taken: %s", async (rows, isOk) => {
    expect((await plan(row.repeat(rows), { maxRunDepth: 50 }, true)).ok).toBe(isOk);
  });

  test.each(around(440))("maxRunBytes, of 440: %i are taken: %s", async (bytes, isOk) => {
    const rows = row.repeat(9);
    const rest = bytes - rows.length - row.length;
    const last = row.replace('"d"', JSON.stringify("d".repeat(1 + rest)));
    expect((await plan(rows + last, { maxRunBytes: 440 }, true)).ok).toBe(isOk);
  });
});

describe("a TREC run", () => {
  const put = async (content: string) => {
    const { etag, size } = (await bucket().put("my.run", content))!;
    return { key: "my.run", name: "my.run", bytes: size, etag };
  };

  test.each(around(JOB_LIMITS.maxRunFileBytes))(
    "maxRunFileBytes: one of %i is read: %s",
    async (bytes, isOk) => {
      const file = { ...(await put("q Q0 d 1 1 t\n")), bytes };
      const numbered = await numberQueries(bucket(), file);
      const isOver = !numbered.ok && numbered.problem.code === "over_limit";
      expect(isOver).toBe(!isOk);
    },
  );

  test.each(around(JOB_LIMITS.maxRunQueries))(
    "maxRunQueries: one of %i is read: %s",
    async (queries, isOk) => {
      const lines = Array.from({ length: queries }, (_, query) => `${query} Q0 d 1 1 t\n`);
      expect((await numberQueries(bucket(), await put(lines.join("")))).ok).toBe(isOk);
    },
  );

  test.each(around(JOB_LIMITS.maxRunDepth))(
    "maxRunDepth: a query of %i lines is read: %s",
    async (depth, isOk) => {
      const run = await put("q Q0 d 1 1 t\n".repeat(depth));
      expect((await numberQueries(bucket(), run)).ok).toBe(isOk);
    },
  );
});

test.each(around(JOB_LIMITS.maxQueriesBytes))(
  "maxQueriesBytes: queries of %i are taken: %s",
  async (bytes, isOk) => {
    const put = async (name: string, content: string) => {
      const { etag, size } = (await bucket().put(name, content))!;
      return { key: name, name, bytes: size, etag };
    };
    const run = await put("a.run", "q Q0 d 1 1 t\n");
    const queries = { ...(await put("queries.tsv", "q\ttext\n")), bytes };
    const collection = await put("collection.tsv", "d\ttext\n");
    const joined = await joinRun(bucket(), { run, queries, collection }, "joined");
    expect(!joined.ok && joined.problem.code === "over_limit").toBe(!isOk);
  },
);

test.each(around(JOB_LIMITS.maxJobFiles))(
  "maxJobFiles: a folder of %i is read: %s",
  async (files, isOk) => {
    const objects = Array.from({ length: files }, (_, file) => ({
      key: `folder/${file}`,
      size: 1,
      etag: "e",
    }));
    const folder = { list: async () => ({ objects, delimitedPrefixes: [], truncated: false }) };
    expect((await listFolder(folder as unknown as R2Bucket, "folder/")).ok).toBe(isOk);
  },
);

describe("a gzip file", () => {
  const unpack = async (content: Buffer, limits: Partial<typeof JOB_LIMITS> | object) => {
    const packed = gzipSync(content);
    const { etag, size } = (await bucket().put("a.gz", packed))!;
    const file = { key: "a.gz", name: "a.gz", bytes: size, etag };
    return unpackGzip(bucket(), file, "unpacked", { ...JOB_LIMITS, ...limits });
  };

  test.each(around(1_000_000))(
    "maxUnpackedBytes, of 1,000,000: one that unpacks to %i is taken: %s",
    async (bytes, isOk) => {
      const unpacked = await unpack(Buffer.alloc(bytes, "a"), { maxUnpackedBytes: 1_000_000 });
      expect(unpacked.ok).toBe(isOk);
    },
  );

  test("maxUnpackedRatio: what just fits is taken, and one less is too little for it", async () => {
    const content = Buffer.alloc(11 * 1024 * 1024, "a");
    const ratio = Math.ceil(content.length / gzipSync(content).length);
    expect((await unpack(content, { maxUnpackedRatio: ratio + 1 })).ok).toBe(true);
    expect((await unpack(content, { maxUnpackedRatio: ratio })).ok).toBe(true);
    expect((await unpack(content, { maxUnpackedRatio: ratio - 1 })).ok).toBe(false);
  });
});
