import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { unpackGzip, type UnpackLimits } from "../../../worker/jobs/input/unpack-gzip.ts";
import { JOB_LIMITS } from "../../../worker/limits.ts";
import { useBucket } from "../bucket.ts";

const bucket = useBucket();

async function unpack(packed: Buffer, limits: Partial<UnpackLimits> = {}) {
  const { etag, size } = (await bucket().put("a.gz", Uint8Array.from(packed)))!;
  const file = { key: "a.gz", name: "a.gz", bytes: size, etag };
  await bucket().delete("unpacked");
  return unpackGzip(bucket(), file, "unpacked", { ...JOB_LIMITS, ...limits });
}

async function unpackedBytes(): Promise<Buffer> {
  const { body } = (await bucket().get("unpacked"))!;
  return Buffer.from(await new Response(body).arrayBuffer());
}

/** Text that packs to a third, from a fixed seed. */
function textOf(length: number): Buffer {
  const text = Buffer.alloc(length);
  let state = 1;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    text[index] = 97 + ((state >> 16) % 6);
  }
  return text;
}

test("a file of one member is unpacked, of several parts of the upload as well", async () => {
  for (const length of [1, 8 * 1024 * 1024, 8 * 1024 * 1024 + 1]) {
    const text = textOf(length);
    const unpacked = await unpack(gzipSync(text, { level: 1 }));
    expect(unpacked).toMatchObject({ value: { name: "a.gz", key: "unpacked", bytes: length } });
    expect((await unpackedBytes()).equals(text)).toBe(true);
    expect(unpacked).toMatchObject({ value: { etag: (await bucket().head("unpacked"))!.etag } });
  }
});

test("a file of several members is unpacked, with empty ones and zeros after the last one", async () => {
  const text = textOf(300_000);
  const blocks = Array.from({ length: 100 }, (_, index) =>
    gzipSync(text.subarray(index * 3_000, (index + 1) * 3_000)),
  );
  const packed = Buffer.concat([...blocks, gzipSync(""), Buffer.alloc(512)]);
  expect(await unpack(packed)).toMatchObject({ value: { bytes: 300_000 } });
  expect((await unpackedBytes()).equals(text)).toBe(true);
});

const TEXT = textOf(9_000_000);
const PACKED = gzipSync(TEXT, { level: 1 });
const SMALL = gzipSync(TEXT.subarray(0, 100_000));

const withByte = (packed: Buffer, index: number): Buffer => {
  const changed = Buffer.from(packed);
  changed[index]! ^= 0xff;
  return changed;
};

test.each([
  ["its trailer", SMALL.subarray(0, -1)],
  ["its second part", PACKED.subarray(0, PACKED.length / 2)],
  ["its header", SMALL.subarray(0, 5)],
  ["a second member", Buffer.concat([gzipSync("a"), gzipSync("b").subarray(0, -4)])],
])("a file without the end of %s is corrupt, and nothing of it is left", async (_, packed) => {
  expect(await unpack(packed)).toMatchObject({ ok: false, problem: { code: "corrupt_gzip" } });
  expect(await bucket().head("unpacked")).toBeNull();
});

test.each([
  ["checksum", withByte(SMALL, SMALL.length - 8)],
  ["length", withByte(SMALL, SMALL.length - 1)],
  ["data", withByte(SMALL, SMALL.length >> 1)],
  ["method", withByte(SMALL, 2)],
  ["second member", Buffer.concat([gzipSync("a"), Buffer.from("no gzip")])],
])("a file of a wrong %s is corrupt", async (_, packed) => {
  expect(await unpack(packed)).toMatchObject({
    ok: false,
    problem: { file: "a.gz", row: null, code: "corrupt_gzip" },
  });
  expect(await bucket().head("unpacked")).toBeNull();
});

test("a small file may be one line again and again, but a zip bomb is refused before it is unpacked", async () => {
  const small = gzipSync(Buffer.alloc(10 * 1024 * 1024, "text\n"));
  expect(10 * 1024 * 1024).toBeGreaterThan(small.length * JOB_LIMITS.maxUnpackedRatio);
  expect(await unpack(small)).toMatchObject({ ok: true });
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, "text\n"));
  const refused = await unpack(bomb);
  expect(refused).toMatchObject({ ok: false, problem: { row: null, code: "zip_bomb" } });
  expect(await bucket().head("unpacked")).toBeNull();
  const reason = refused.ok ? "" : refused.problem.reason;
  expect(reason).toContain("maxUnpackedRatio");
  expect(Number(/at least (\d+)/.exec(reason)![1])).toBeLessThan(
    bomb.length * JOB_LIMITS.maxUnpackedRatio + 1_000_000,
  );
});

test("a file that unpacks to more than maxUnpackedBytes is refused", async () => {
  const text = textOf(1_000_000);
  expect(await unpack(gzipSync(text), { maxUnpackedBytes: 1_000_000 })).toMatchObject({ ok: true });
  expect(await unpack(gzipSync(text), { maxUnpackedBytes: 999_999 })).toMatchObject({
    problem: { code: "over_limit", reason: expect.stringContaining("maxUnpackedBytes of 999999") },
  });
});

test("a bucket that fails while it is read is no fault of the file", async () => {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(PACKED.subarray(0, 1_000));
    },
    pull(controller) {
      controller.error(new Error("connection lost"));
    },
  });
  const failing = { get: async () => ({ body }) } as unknown as R2Bucket;
  const file = { key: "a.gz", name: "a.gz", bytes: PACKED.length, etag: "1" };
  await expect(unpackGzip(failing, file, "unpacked")).rejects.toThrow("connection lost");
});
