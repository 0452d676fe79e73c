import { describe, expect, test } from "vitest";
import { multipartWriter, PART_BYTES } from "../../worker/jobs/multipart-writer.ts";
import { useBucket } from "./bucket.ts";

const MIB = 1024 * 1024;
const bucket = useBucket();

/** Bytes that differ from each other at any distance below 251. */
function content(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index % 251);
}

async function written(length: number, pieceBytes: number, partBytes?: number) {
  const writer = multipartWriter(bucket(), "object", partBytes);
  const bytes = content(length);
  const piece = new Uint8Array(pieceBytes);
  for (let start = 0; start < length; start += pieceBytes) {
    const end = Math.min(length, start + pieceBytes);
    // The writer may not keep what it is given.
    piece.set(bytes.subarray(start, end));
    await writer.write(piece.subarray(0, end - start));
    piece.fill(255);
  }
  const closed = await writer.close();
  const object = (await bucket().get("object"))!;
  const stored = new Uint8Array(await object.arrayBuffer());
  expect(closed).toEqual({ etag: object.etag, bytes: length });
  expect(Buffer.compare(stored, bytes)).toBe(0);
  return object.etag;
}

describe("what was written is there, whatever the pieces", () => {
  test.each([
    [0, 1],
    [1, 1],
    [100_000, 999],
    [PART_BYTES, MIB],
    [PART_BYTES + 1, PART_BYTES + 1],
    [2 * PART_BYTES + 12_345, 65_537],
  ])("%i bytes in pieces of %i", async (length, pieceBytes) => {
    // R2 writes the number of parts behind the etag of an object that has several.
    const parts = /-(\d+)$/.exec(await written(length, pieceBytes))?.[1];
    expect(parts).toBe(length <= PART_BYTES ? undefined : String(Math.ceil(length / PART_BYTES)));
  });
});

test("the same bytes give the same etag", async () => {
  const length = PART_BYTES + 1_000;
  expect(await written(length, 77_777)).toBe(await written(length, MIB));
});

test("nothing is there before it is closed, nor after it was aborted", async () => {
  await bucket().delete("object");
  const writer = multipartWriter(bucket(), "object");
  await writer.write(content(PART_BYTES + 1));
  expect(await bucket().head("object")).toBeNull();
  await writer.abort();
  await writer.abort();
  expect(await bucket().head("object")).toBeNull();
});

test("parts that the bucket refuses end the upload", async () => {
  await bucket().delete("object");
  // At least 5 MiB but for the last.
  await expect(written(3 * MIB, MIB, MIB)).rejects.toThrow();
  expect(await bucket().head("object")).toBeNull();
});
