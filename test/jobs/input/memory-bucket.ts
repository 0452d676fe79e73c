/** As much of R2 as reading needs, in memory: hundreds of thousands of reads a second, where a simulated bucket has hundreds. */
interface Version {
  bytes: Uint8Array<ArrayBuffer>;
  etag: string;
}

export function memoryBucket(): R2Bucket {
  const versions = new Map<string, Version>();
  let puts = 0;
  const put = async (key: string, bytes: Uint8Array<ArrayBuffer>): Promise<{ etag: string }> => {
    const etag = String(puts++);
    versions.set(key, { bytes, etag });
    return { etag };
  };
  const get = async (
    key: string,
    {
      range,
      onlyIf,
    }: { range: { offset: number; length: number }; onlyIf: { etagMatches: string } },
  ): Promise<object | null> => {
    const version = versions.get(key);
    if (version === undefined) return null;
    if (version.etag !== onlyIf.etagMatches) return {};
    if (range.length < 1 || range.offset + range.length > version.bytes.length) {
      throw new RangeError(`no bytes ${range.offset} to ${range.offset + range.length}`);
    }
    return { body: version.bytes.subarray(range.offset, range.offset + range.length) };
  };
  return { put, get } as unknown as R2Bucket;
}
