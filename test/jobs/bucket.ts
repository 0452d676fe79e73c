/** A bucket of R2 as wrangler simulates it, empty and in memory, for the tests of a file. */
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { getPlatformProxy } from "wrangler";

/** @returns The bucket, once the tests run */
export function useBucket(): () => R2Bucket {
  let proxy: Awaited<ReturnType<typeof getPlatformProxy<{ BUCKET: R2Bucket }>>> | undefined;
  beforeAll(async () => {
    const configPath = join(import.meta.dirname, "bucket.toml");
    proxy = await getPlatformProxy<{ BUCKET: R2Bucket }>({ configPath, persist: false });
  });
  afterAll(() => proxy?.dispose());
  return () => proxy!.env.BUCKET;
}
