/** Files of models that were downloaded, kept in the Cache Storage of browsers and Deno. Where there is none, or no room, nothing is kept. */

const NAME = "@x/rerank-sdk";

/** A file's address; with the hash its content must have, if it is known. */
export interface CacheKey {
  url: URL;
  sha256?: string;
}

export async function kept(key: CacheKey): Promise<Response | undefined> {
  return ignoringFailure(async () => (await storage())?.match(addressOf(key)));
}

/** Keeps a file in the place of its older versions. */
export async function keep(key: CacheKey, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  await ignoringFailure(async () => {
    const cache = await storage();
    await cache?.delete(key.url, { ignoreSearch: true } as object);
    await cache?.put(
      addressOf(key),
      new Response(bytes, { headers: { "content-length": String(bytes.length) } }),
    );
  });
}

function addressOf({ url, sha256 }: CacheKey): URL {
  const address = new URL(url);
  if (sha256 !== undefined) address.searchParams.set("sha256", sha256);
  return address;
}

async function storage(): Promise<Cache | undefined> {
  return (globalThis as { caches?: CacheStorage }).caches?.open(NAME);
}

/** A cache that fails is none: private windows have one that throws, a full disk one that refuses. */
async function ignoringFailure<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
