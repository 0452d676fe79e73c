/** The objects that a result is made of: listed in their order, and read. */
import { letOthersIn } from "../let-others-in.ts";
import type { MergeLimits } from "./merge-limits.ts";

export interface PartObject {
  key: string;
  bytes: number;
}

/** Parts that are worked on in one step. */
export interface PartBatch {
  parts: PartObject[];
  /** Whether no part comes after them. */
  isLast: boolean;
}

/** What is read at the same time: parts, and their bytes unless one alone has more. A Worker has six connections. */
const MAX_READS = 6;
const MAX_READ_BYTES = 2 * 1024 * 1024;

/** The parts under a prefix that come after a key, as many as one step can work on. */
export async function partsAfter(
  bucket: R2Bucket,
  prefix: string,
  after: string | null,
  { maxParts, maxBytes }: Pick<MergeLimits, "maxParts" | "maxBytes">,
): Promise<PartBatch> {
  const startAfter = after === null ? {} : { startAfter: after };
  const { objects, truncated } = await bucket.list({ prefix, limit: maxParts, ...startAfter });
  const listed = objects.map(({ key, size }) => ({ key, bytes: size }));
  const parts = runsOf(listed, maxParts, maxBytes)[0] ?? [];
  return { parts, isLast: !truncated && parts.length === listed.length };
}

/** All parts under a prefix, in their order. */
export async function* allParts(bucket: R2Bucket, prefix: string): AsyncGenerator<PartObject> {
  let cursor: string | undefined;
  do {
    const listed: R2Objects = await bucket.list({ prefix, ...(cursor && { cursor }) });
    for (const { key, size } of listed.objects) yield { key, bytes: size };
    cursor = listed.truncated ? listed.cursor : undefined;
  } while (cursor !== undefined);
}

/** The bytes of parts in their order, a few of them in memory at a time. */
export async function* readParts(
  bucket: R2Bucket,
  parts: readonly PartObject[],
): AsyncGenerator<Uint8Array> {
  for (const run of runsOf(parts, MAX_READS, MAX_READ_BYTES)) {
    yield* await Promise.all(run.map(({ key }) => readPart(bucket, key)));
    await letOthersIn();
  }
}

/** Successive parts that are together not over a count and a number of bytes, at least one a run. */
export function runsOf(
  parts: readonly PartObject[],
  maxParts: number,
  maxBytes: number,
): PartObject[][] {
  const runs: PartObject[][] = [];
  let bytes = 0;
  for (const part of parts) {
    const run = runs.at(-1);
    if (run === undefined || run.length === maxParts || bytes + part.bytes > maxBytes) {
      runs.push([part]);
      bytes = part.bytes;
    } else {
      run.push(part);
      bytes += part.bytes;
    }
  }
  return runs;
}

/** @param range - Of its bytes; all without one. */
export async function readPart(
  bucket: R2Bucket,
  key: string,
  range?: R2Range,
): Promise<Uint8Array<ArrayBuffer>> {
  const object = await bucket.get(key, range && { range });
  if (object === null) throw new Error("a part of a result is gone");
  return new Uint8Array(await object.arrayBuffer());
}
