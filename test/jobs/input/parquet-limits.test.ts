import { parquetWriteBuffer } from "hyparquet-writer";
import { expect, test } from "vitest";
import { unpackParquet } from "../../../worker/jobs/input/parquet.ts";
import type { InputOptions } from "../../../worker/jobs/source.ts";
import { JOB_LIMITS } from "../../../worker/limits.ts";
import { useBucket } from "../bucket.ts";
import { COLUMNS } from "./sources.ts";

const OPTIONS: InputOptions = { format: "parquet", delimiter: null, columns: COLUMNS };

const bucket = useBucket();

async function codeOf(bytes: Uint8Array | ArrayBuffer): Promise<{ code: string; reason: string }> {
  const { etag, size } = (await bucket().put("a.parquet", bytes))!;
  const file = { key: "a.parquet", name: "a.parquet", bytes: size, etag };
  const unpacked = await unpackParquet(bucket(), file, OPTIONS, "unpacked");
  return unpacked.ok ? { code: "ok", reason: "" } : unpacked.problem;
}

const around = (limit: number): [number, boolean][] => [
  [limit - 1, false],
  [limit, false],
  [limit + 1, true],
];

// A file of as many zeros is none either, but for another reason.
test.each(around(JOB_LIMITS.maxParquetPageBytes))(
  "maxParquetPageBytes: a footer of %i is over the limit: %s",
  async (length, isOver) => {
    const bytes = new Uint8Array(100);
    new DataView(bytes.buffer).setUint32(92, length, true);
    bytes.set(new TextEncoder().encode("PAR1"), 96);
    expect((await codeOf(bytes)).code).toBe(isOver ? "over_limit" : "corrupt_parquet");
  },
);

/** A file with one more column, of so long a name. */
function fileOf(nameChars: number): ArrayBuffer {
  return parquetWriteBuffer({
    columnData: [
      { name: "text", data: ["a"], type: "STRING" },
      { name: "n".repeat(nameChars), data: ["b"], type: "STRING" },
    ],
  });
}

test.each(around(JOB_LIMITS.maxParquetSchemaBytes))(
  "maxParquetSchemaBytes: a schema of %i is over the limit: %s",
  async (bytes, isOver) => {
    const nameChars = JOB_LIMITS.maxParquetSchemaBytes + 10;
    const { reason } = await codeOf(fileOf(nameChars));
    const others = Number(/it has (\d+)/.exec(reason)![1]) - nameChars;
    expect((await codeOf(fileOf(bytes - others))).code).toBe(isOver ? "over_limit" : "ok");
  },
);
