import { beforeAll, describe, expect, it } from "vitest";
import { readResult } from "../../../worker/jobs/output/results.ts";
import { useBucket } from "../bucket.ts";

const KEY = "scope/results/job/predictions.csv";
const CONTENT = "0,LABEL_0,é.csv\n1,LABEL_0,é.csv\n";
const BYTES = new TextEncoder().encode(CONTENT);

describe("a result's download", () => {
  const bucket = useBucket();
  let etag = "";

  beforeAll(async () => {
    const httpMetadata = { contentType: "text/csv; charset=utf-8" };
    etag = (await bucket().put(KEY, BYTES, { httpMetadata })).httpEtag;
    await bucket().put("empty.csv", "");
  });

  async function read(headers: Record<string, string> = {}, key = KEY): Promise<Response> {
    const response = await readResult(bucket(), key, new Headers(headers));
    expect(response).not.toBeNull();
    return response!;
  }

  it("is the whole file, and says what it is", async () => {
    const response = await read();
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toEqual({
      "accept-ranges": "bytes",
      "cache-control": "private, no-cache, no-transform",
      "content-disposition": 'attachment; filename="predictions.csv"',
      "content-length": String(BYTES.length),
      "content-type": "text/csv; charset=utf-8",
      etag,
    });
    expect(await response.text()).toBe(CONTENT);
  });

  it.each([
    ["bytes=0-0", 0, 1],
    ["bytes=3-11", 3, 12],
    ["bytes=5-", 5, BYTES.length],
    ["bytes=-4", BYTES.length - 4, BYTES.length],
    ["bytes=0-9999", 0, BYTES.length],
  ])("is a part of it for %s", async (range, start, end) => {
    const response = await read({ range });
    expect(response.status).toBe(206);
    expect(response.headers.get("content-range")).toBe(`bytes ${start}-${end - 1}/${BYTES.length}`);
    expect(response.headers.get("content-length")).toBe(String(end - start));
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(BYTES.slice(start, end));
  });

  it.each(["bytes=0-1,3-4", "rows=0-1", "bytes=5-2"])("is whole for %s", async (range) => {
    const response = await read({ range });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(CONTENT);
  });

  it("refuses a range behind the end", async () => {
    const response = await read({ range: `bytes=${BYTES.length}-` });
    expect(response.status).toBe(416);
    expect(response.headers.get("content-range")).toBe(`bytes */${BYTES.length}`);
    expect(await response.text()).toBe("");
  });

  it("goes on where a broken one ended only if the file is the same", async () => {
    const range = "bytes=3-";
    expect((await read({ range, "if-range": etag })).status).toBe(206);
    for (const other of ['"other"', `W/${etag}`, "Sat, 28 Nov 2026 00:00:00 GMT"]) {
      const response = await read({ range, "if-range": other });
      expect(response.status).toBe(200);
      expect(await response.text()).toBe(CONTENT);
    }
  });

  it("is not sent again to who has it", async () => {
    for (const known of [etag, `W/${etag}`, "*", `"a", W/"b,c" , ${etag}`]) {
      const response = await read({ "if-none-match": known, range: "bytes=0-1" });
      expect(response.status).toBe(304);
      expect(response.headers.get("etag")).toBe(etag);
    }
    for (const other of ['"other"', etag.slice(1, -1), ""])
      expect((await read({ "if-none-match": other })).status).toBe(200);
  });

  it("can be empty", async () => {
    const response = await read({}, "empty.csv");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe("0");
    expect(await response.text()).toBe("");
    expect((await read({ range: "bytes=0-" }, "empty.csv")).status).toBe(416);
  });

  it("is only described to a HEAD", async () => {
    const headers = new Headers({ range: "bytes=0-1" });
    const response = await readResult(bucket(), KEY, headers, { headOnly: true });
    expect(response?.status).toBe(200);
    expect(response?.headers.get("content-length")).toBe(String(BYTES.length));
    expect(response?.body).toBeNull();
  });

  it("is null if there is none", async () => {
    expect(await readResult(bucket(), "scope/results/job/none", new Headers())).toBeNull();
  });
});
