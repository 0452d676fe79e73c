import { openAsBlob } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import type { UploadState } from "../../sdk/index.ts";
import { fileService, problem, type Fault } from "./file-stub.ts";
import { failure, reply, stubService } from "./stub-service.ts";

const MIB = 1024 * 1024;

/** Bytes that are others in each part. */
function bytes(length: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(length);
  for (let at = 0; at < length; at += 4_093) all[at] = at % 251;
  for (let at = 0; at < length; at += 16 * MIB) all[at] = 1 + at / MIB;
  return all;
}

const THREE_PARTS = bytes(40 * MIB + 7);

const sameBytes = (one: Uint8Array | undefined, other: Uint8Array): boolean =>
  one !== undefined && Buffer.compare(one, other) === 0;

const isPart = (path: string, partNumber?: number): boolean =>
  path.includes(`&partNumber=${partNumber ?? ""}`);

/** Sends a request's bytes and gets no answer. */
const broken = (): never => {
  throw new TypeError("fetch failed");
};

const quick = { "retry-after-ms": "0" };

describe("an upload", () => {
  test.each([
    ["a string", "query,document\né,😀\n"],
    ["bytes", new TextEncoder().encode("query,document\né,😀\n")],
    ["a view of some bytes", new TextEncoder().encode("..query,document\né,😀\n").subarray(2)],
    ["a Blob", new Blob(["query,document\n", "é,😀\n"])],
  ])("of %s is one request", async (_, data) => {
    const { client, requests, files } = fileService();
    const progress: number[][] = [];
    const file = await client.files.upload("may/pairs é?.csv", data, {
      onProgress: (...numbers) => progress.push(numbers),
      headers: { "if-none-match": "*" },
    });
    expect(file).toMatchObject({
      name: "may/pairs é?.csv",
      bytes: 23,
      uri: "files/may/pairs é?.csv",
    });
    expect(new TextDecoder().decode(files.get("may/pairs é?.csv"))).toBe("query,document\né,😀\n");
    expect(requests.map(({ method, path }) => [method, path])).toEqual([
      ["PUT", "/files/may/pairs%20%C3%A9%3F.csv"],
    ]);
    expect(requests[0]!.headers.get("if-none-match")).toBe("*");
    expect(progress).toEqual([[23, 23]]);
  });

  test.each([0, 1, 16 * MIB])("of %i bytes is one request", async (length) => {
    const { client, requests, files } = fileService();
    await client.files.upload("a", bytes(length));
    expect(requests).toHaveLength(1);
    expect(files.get("a")).toHaveLength(length);
  });

  test.each([16 * MIB + 1, 32 * MIB, 40 * MIB + 7])("of %i bytes goes in parts", async (length) => {
    const { client, requests, files, uploads } = fileService();
    const data = bytes(length);
    const progress: number[] = [];
    const file = await client.files.upload("a/b", data, {
      onProgress: (sent) => progress.push(sent),
    });
    expect(file).toMatchObject({ name: "a/b", bytes: length });
    expect(sameBytes(files.get("a/b"), data)).toBe(true);
    const parts = requests.filter(({ path }) => isPart(path));
    expect(parts).toHaveLength(Math.ceil(length / (16 * MIB)));
    expect(parts.slice(0, -1).every((part) => part.bytes.length === 16 * MIB)).toBe(true);
    expect(progress).toHaveLength(parts.length);
    expect(progress).toEqual(progress.toSorted((one, other) => one - other));
    expect(progress.at(-1)).toBe(length);
    expect(uploads.size).toBe(0);
  });

  test("has three parts under way at most", async () => {
    const slow: Fault = ({ path }) =>
      isPart(path)
        ? new Promise((resolve) => setTimeout(resolve, 5)).then(() => undefined!)
        : undefined;
    const { client, mostUnderWay } = fileService(slow);
    await client.files.upload("a", new Blob(Array.from({ length: 7 }, () => bytes(16 * MIB))));
    expect(mostUnderWay()).toBe(3);
  });

  test("reads a file of the disk as it goes", async () => {
    const folder = await mkdtemp(join(tmpdir(), "upload-"));
    try {
      await writeFile(join(folder, "corpus"), THREE_PARTS);
      const { client, files } = fileService();
      await client.files.upload("corpus", await openAsBlob(join(folder, "corpus")));
      expect(sameBytes(files.get("corpus"), THREE_PARTS)).toBe(true);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("of a file that was changed says so", async () => {
    const folder = await mkdtemp(join(tmpdir(), "upload-"));
    try {
      await writeFile(join(folder, "rows"), "a");
      const { client } = fileService(undefined, { maxRetries: 0 });
      const blob = await openAsBlob(join(folder, "rows"));
      await writeFile(join(folder, "rows"), "a and more");
      const error = await failure(client.files.upload("rows", blob));
      expect(error).toMatchObject({ kind: "invalid_request", code: "unreadable", param: "data" });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("sends a part again whose connection broke, and no other", async () => {
    const fault: Fault = ({ path }, count) =>
      isPart(path, 2) && count === 1
        ? broken()
        : isPart(path, 3) && count === 1
          ? problem(503, "overloaded", quick)
          : undefined;
    const { client, requests, files } = fileService(fault);
    await client.files.upload("a", THREE_PARTS);
    expect(sameBytes(files.get("a"), THREE_PARTS)).toBe(true);
    const sent = requests.filter(({ path }) => isPart(path)).map(({ path }) => path.at(-1));
    expect(sent.toSorted()).toEqual(["1", "2", "2", "3", "3"]);
  });

  test("that fails is given up, if nobody can go on with it", async () => {
    const { client, requests, uploads } = fileService(({ path }) =>
      isPart(path, 2) ? problem(400, "invalid_upload") : undefined,
    );
    const error = await failure(client.files.upload("a", THREE_PARTS));
    expect(error).toMatchObject({ kind: "invalid_request", code: "invalid_upload" });
    await vi.waitFor(() => expect(requests.at(-1)!.method).toBe("DELETE"));
    expect(uploads.size).toBe(0);
    expect(
      requests.some(({ path, method }) => method === "POST" && !path.endsWith("?uploads")),
    ).toBe(false);
  });

  test("that fails is taken up again by its state", async () => {
    let isBroken = true;
    const { client, requests, files, uploads } = fileService(({ path }) =>
      isBroken && isPart(path, 2) ? broken() : undefined,
    );
    let state: UploadState | undefined;
    const options = { onState: (reached: UploadState) => void (state = reached), maxRetries: 0 };
    const error = await failure(client.files.upload("a", THREE_PARTS, options));
    expect(error).toMatchObject({ kind: "connection" });
    expect(uploads.size).toBe(1);
    // As it is kept in a file.
    const resume = JSON.parse(JSON.stringify(state)) as UploadState;
    expect(resume.parts.map(({ partNumber }) => partNumber)).not.toContain(2);
    isBroken = false;
    const before = requests.length;
    const progress: number[] = [];
    await client.files.upload("a", THREE_PARTS, {
      ...options,
      resume,
      onProgress: (sent) => progress.push(sent),
    });
    expect(sameBytes(files.get("a"), THREE_PARTS)).toBe(true);
    const again = requests.slice(before);
    const parts = again.filter(({ path }) => isPart(path));
    expect(parts.length).toBe(3 - resume.parts.length);
    expect(again.some(({ path }) => path.endsWith("?uploads"))).toBe(false);
    expect(progress.at(-1)).toBe(THREE_PARTS.length);
    expect(state!.parts.map(({ partNumber }) => partNumber)).toEqual([1, 2, 3]);
  });

  test("of an unknown state is an error that says so", async () => {
    const { client } = fileService();
    const resume = { uploadId: "long ago", partBytes: 16 * MIB, parts: [] };
    const error = await failure(client.files.upload("a", THREE_PARTS, { resume }));
    expect(error).toMatchObject({ kind: "invalid_request", status: 404, code: "unknown_upload" });
  });

  test("of a state that is none is refused", async () => {
    const { client, requests } = fileService();
    const resume = { uploadId: "u", partBytes: 0, parts: [] };
    const error = await failure(client.files.upload("a", THREE_PARTS, { resume }));
    expect(error).toMatchObject({ kind: "invalid_request", param: "resume.partBytes" });
    expect(requests).toEqual([]);
  });

  test("whose last answer got lost is done", async () => {
    const service = fileService(({ method, path, bytes: body }, count) => {
      if (method !== "POST" || !path.includes("uploadId") || count > 1) return undefined;
      // The service has completed it.
      const id = new URL(path, "https://x").searchParams.get("uploadId")!;
      const parts = (JSON.parse(new TextDecoder().decode(body)) as UploadState).parts;
      const kept = service.uploads.get(id)!;
      service.files.set("a", Buffer.concat(parts.map(({ partNumber }) => kept.get(partNumber)!)));
      service.uploads.delete(id);
      return broken();
    });
    const file = await service.client.files.upload("a", THREE_PARTS);
    expect(file).toMatchObject({ name: "a", bytes: THREE_PARTS.length });
  });

  test("that is unknown at its end is not taken for another file of that name", async () => {
    const { client, files, uploads } = fileService(({ method, path }) => {
      if (method === "POST" && path.includes("uploadId")) uploads.clear();
      return undefined;
    });
    files.set("a", bytes(17 * MIB));
    const error = await failure(client.files.upload("a", THREE_PARTS));
    expect(error).toMatchObject({ code: "unknown_upload" });
  });

  test.each(["before", "in a part"])("ends with its signal: %s", async (when) => {
    const controller = new AbortController();
    const { client, requests } = fileService(({ path }) => {
      if (isPart(path)) controller.abort(new Error("enough"));
      return undefined;
    });
    if (when === "before") controller.abort(new Error("enough"));
    const upload = client.files.upload("a", THREE_PARTS, {
      signal: controller.signal,
      onState: () => {},
    });
    const error = await failure(upload);
    expect(error).toMatchObject({ kind: "aborted", cause: { message: "enough" } });
    expect(
      requests.some(({ path, method }) => method === "POST" && path.includes("uploadId")),
    ).toBe(false);
    if (when === "before") expect(requests).toEqual([]);
  });

  test("ends with what onProgress throws", async () => {
    const { client } = fileService();
    const upload = client.files.upload("a", THREE_PARTS, {
      onProgress() {
        throw new Error("stop");
      },
    });
    expect(await failure(upload)).toMatchObject({ message: "stop" });
  });

  test("has time for its bytes, or the time that it is given", async () => {
    vi.useFakeTimers();
    try {
      const hanging: Fault = ({ method }) => (method === "PUT" ? new Promise(() => {}) : undefined);
      const { client } = fileService(hanging, { maxRetries: 0, timeout: 1_000 });
      const timesOutAfter = async (timeout?: number): Promise<number> => {
        const start = Date.now();
        let ended = 0;
        const failed = failure(client.files.upload("a", bytes(6_400_000), { timeout }));
        void failed.then(() => (ended = Date.now()));
        await vi.advanceTimersByTimeAsync(200_000);
        expect(await failed).toMatchObject({ kind: "timeout" });
        return ended - start;
      };
      expect(await timesOutAfter()).toBe(101_000);
      expect(await timesOutAfter(500)).toBe(500);
    } finally {
      vi.useRealTimers();
    }
  });
});

test.each(["", "/a", "a/", "a//b", ".", "..", "../jobs/job-1", "a/./b", "a/..", "\ud800"])(
  "%j is no file's name, and nothing is sent",
  async (name) => {
    const { client, requests } = fileService();
    const calls = [
      async () => client.files.upload(name, "a"),
      async () => client.files.get(name),
      async () => client.files.delete(name),
    ];
    for (const call of calls)
      expect(await failure(call())).toMatchObject({ kind: "invalid_request", param: "name" });
    expect(requests).toEqual([]);
  },
);

test.each(["...", ".a", "a..b/..c"])("%j is a file's name", async (name) => {
  const { client, files } = fileService();
  await client.files.upload(name, "a");
  expect([...files.keys()]).toEqual([name]);
});

test("a file is described and deleted; then there is none", async () => {
  const { client, requests } = fileService();
  await client.files.upload("a b", "text");
  expect(await client.files.get("a b")).toMatchObject({ name: "a b", bytes: 4 });
  expect(await client.files.delete("a b")).toBeUndefined();
  expect(requests.at(-1)).toMatchObject({ method: "DELETE", path: "/files/a%20b" });
  for (const gone of [client.files.get("a b"), client.files.delete("a b")])
    expect(await failure(gone)).toMatchObject({ status: 404, code: "unknown_file" });
});

describe("a list of files", () => {
  test("comes by pages, which keep the prefix", async () => {
    const { client, sent } = stubService([
      reply(200, {
        value: [{ name: "may/a" }],
        nextLink: "/files?prefix=may%2F&limit=1&cursor=may%2Fa",
      }),
      reply(200, { value: [{ name: "may/b" }], bucket: "b", prefix: "p/" }),
    ]);
    const names: string[] = [];
    for await (const { value } of client.files.list({ prefix: "may/" }))
      names.push(...value.map(({ name }) => name));
    expect(names).toEqual(["may/a", "may/b"]);
    expect(sent.map(({ url }) => url)).toEqual([
      "https://rerank.test/files?prefix=may%2F",
      "https://rerank.test/files?prefix=may%2F&limit=1&cursor=may%2Fa",
    ]);
  });

  test("of an answer that is none is an error", async () => {
    const { client } = stubService(reply(200, { files: [] }));
    expect(await failure(client.files.list().next())).toMatchObject({ code: "invalid_response" });
  });
});
