/** The files of batch jobs over HTTP, against the simulated R2. */
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { PART_BYTES } from "../../worker/files/part-list.ts";
import { useService } from "./service.ts";

const service = useService();

interface StoredFile {
  name: string;
  bytes: number;
  etag: string;
  uploadedAt: string;
  uri: string;
}

/** Each test calls with a key of its own, so that its files are its own. */
function caller(key: string) {
  const call = async (method: string, path: string, body?: BodyInit, headers = {}) => {
    const init = { method, headers: { "api-key": key, ...headers }, duplex: "half" };
    return service.fetch(path, { ...init, ...(body !== undefined && { body }) } as RequestInit);
  };
  return {
    call,
    put: (name: string, body: BodyInit, headers = {}) =>
      call("PUT", `/files/${name}`, body, headers),
    names: async () => {
      const list = (await (await call("GET", "/files")).json()) as { value: StoredFile[] };
      return list.value.map(({ name }) => name);
    },
  };
}

async function failureOf(response: Response): Promise<[number, unknown, unknown]> {
  const { code, param } = (await response.json()) as { code: string; param?: string };
  return [response.status, code, param];
}

/** Sends as chunks, without a length. */
function chunked(chunks: number, bytes: number): ReadableStream {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent++ === chunks) controller.close();
      else controller.enqueue(new Uint8Array(bytes).fill(sent));
    },
  });
}

describe("a file", () => {
  test("is put, described, listed and deleted", async () => {
    const { call, put, names } = caller("whole");
    const created = await put("a/pairs.csv", "query,document\nq,d\n");
    expect(created.status).toBe(201);
    const file = (await created.json()) as StoredFile;
    expect(file).toMatchObject({ name: "a/pairs.csv", bytes: 19, uri: "files/a/pairs.csv" });
    expect(file.etag).toMatch(/^[0-9a-f]{32}$/);
    const shown = await call("GET", "/files/a/pairs.csv");
    expect([shown.status, await shown.json()]).toEqual([200, file]);
    expect((await put("a/pairs.csv", "")).status).toBe(200);
    expect(await names()).toEqual(["a/pairs.csv"]);
    expect((await call("DELETE", "/files/a/pairs.csv")).status).toBe(204);
    for (const method of ["GET", "DELETE"]) {
      const gone = await call(method, "/files/a/pairs.csv");
      expect(await failureOf(gone)).toEqual([404, "unknown_file", undefined]);
    }
  });

  test("may be empty, and may have a name of any script", async () => {
    const { call, put, names } = caller("names");
    const name = "Ähre/日本 100%?#+&.csv";
    const created = await put(encodeURIComponent(name), "");
    expect([created.status, await created.json()]).toMatchObject([201, { name, bytes: 0 }]);
    expect(await names()).toEqual([name]);
    expect((await call("DELETE", `/files/${encodeURIComponent(name)}`)).status).toBe(204);
  });

  test.each([1, 9_000])("comes without a length, in %i chunks", async (chunks) => {
    const created = await caller("chunked").put(`${chunks}`, chunked(chunks, 1_021));
    expect([created.status, await created.json()]).toMatchObject([201, { bytes: chunks * 1_021 }]);
  });

  test("is not replaced if the request says so, with or without a length", async () => {
    const { call, put } = caller("condition");
    const once = { "if-none-match": "*" };
    expect((await put("a", "first", once)).status).toBe(201);
    expect(await failureOf(await put("a", "second", once))).toEqual([
      412,
      "file_exists",
      undefined,
    ]);
    const unsized = await put("a", chunked(2, 10), once);
    expect(await failureOf(unsized)).toEqual([412, "file_exists", undefined]);
    const begun = await call("POST", "/files/a?uploads", "", once);
    expect(begun.status).toBe(412);
    expect(await (await call("GET", "/files/a")).json()).toMatchObject({ bytes: 5 });
  });

  test.each([{ "if-none-match": '"etag"' }, { "if-match": '"etag"' }])(
    "is not touched under a condition that is not known: %j",
    async (headers) => {
      const response = await caller("conditions").put("a", "x", headers);
      expect(await failureOf(response)).toEqual([400, "invalid_value", Object.keys(headers)[0]]);
    },
  );
});

describe("a caller", () => {
  test("neither sees nor touches the files of another", async () => {
    const [one, other, none] = [caller("one"), caller("other"), caller("")];
    await one.put("secret.csv", "x");
    expect(await other.names()).toEqual([]);
    expect(await none.names()).toEqual([]);
    for (const method of ["GET", "DELETE"]) {
      expect((await other.call(method, "/files/secret.csv")).status).toBe(404);
    }
    expect(await one.names()).toEqual(["secret.csv"]);
  });

  test("learns where their files lie in the bucket", async () => {
    const list = await (await caller("where").call("GET", "/files")).json();
    expect(list).toMatchObject({
      bucket: "rerank-jobs",
      prefix: expect.stringMatching(/^[0-9a-f]{32}\/files\/$/) as string,
    });
  });

  test("pages through the files of a prefix by the links", async () => {
    const { call, put } = caller("pages");
    for (const name of ["b", "a/1", "a/2", "a/3 &=%"]) await put(encodeURI(name), name);
    const seen: string[] = [];
    let next: string | undefined = "/files?prefix=a/&limit=2";
    while (next !== undefined) {
      const page = (await (await call("GET", next)).json()) as {
        value: StoredFile[];
        nextLink?: string;
      };
      seen.push(...page.value.map(({ name }) => name));
      next = page.nextLink;
    }
    expect(seen).toHaveLength(3);
    expect(new Set(seen).size).toBe(3);
  });

  test.each(["limit=0", "limit=1001", "limit=ten"])("may not list with %s", async (query) => {
    const response = await caller("limits").call("GET", `/files?${query}`);
    expect(await failureOf(response)).toEqual([400, "invalid_value", "limit"]);
  });
});

describe("a path that leads elsewhere", () => {
  /** As it is: fetch would make another of it. */
  function raw(method: string, path: string): Promise<number> {
    return service.fetch("/").then(
      ({ url }) =>
        new Promise((resolve, reject) => {
          const { hostname, port } = new URL(url);
          httpRequest({ hostname, port, method, path }, (response) => {
            response.resume();
            resolve(response.statusCode!);
          })
            .on("error", reject)
            .end();
        }),
    );
  }

  test.each([
    "/files/..%2fjobs%2fx",
    "/files/a%2F..%2F..%2Fx",
    "/files/%252e%252e%252fjobs",
    "/files/a%5C..%5Cb",
    "/files/a%00b",
    "/files/a%0Ab",
    "/files/%c0%ae%c0%ae/x",
    "/files/%",
    "/files//a",
    "/files/a//b",
    "/files/a/",
    "/files/%2e%2E%2f",
  ])("%s is 400", async (path) => {
    expect(await raw("PUT", path)).toBe(400);
  });

  test.each(["/files/../jobs-of-others", "/files/%2e%2e/other", "/files/.%2e/other", "/files/"])(
    "%s never reaches a file",
    async (path) => {
      expect(await raw("DELETE", path)).toBe(404);
    },
  );

  test("a name that is too long is 413 with both numbers", async () => {
    const response = await caller("long").put("a".repeat(513), "x");
    expect(await response.json()).toMatchObject({
      code: "over_limit",
      message: "name is over the limit maxFileNameBytes of 512: it has 513.",
    });
  });

  test("a method that is none of a file's is 405", async () => {
    const response = await caller("methods").call("PATCH", "/files/a", "x");
    expect([response.status, response.headers.get("allow")]).toEqual([
      405,
      "GET, HEAD, PUT, POST, DELETE",
    ]);
  });
});

describe("an upload that goes wrong", () => {
  /** Sends the head of a request and some of its body, and hangs up soon after. */
  async function sendSome(head: string, body: string): Promise<void> {
    const { hostname, port } = new URL((await service.fetch("/")).url);
    await new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(`${head}\r\nhost: x\r\n\r\n${body}`);
        setTimeout(() => socket.destroy(), 200);
      });
      socket.on("error", reject);
      socket.on("close", resolve);
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
  }

  test.each([
    ["with fewer bytes than it says", "content-length: 1000", "x".repeat(500)],
    ["in chunks", "transfer-encoding: chunked", `100\r\n${"x".repeat(256)}\r\n`],
  ])("because the caller hangs up, %s, leaves nothing", async (_, framing, body) => {
    const { call, names, put } = caller("broken");
    const head = `PUT /files/broken HTTP/1.1\r\nx-api-key: broken\r\n${framing}`;
    await sendSome(head, body);
    expect(await names()).toEqual([]);
    // Nor does it spoil what was there.
    await put("broken", "whole");
    await sendSome(head, body);
    expect(await (await call("GET", "/files/broken")).json()).toMatchObject({ bytes: 5 });
    await call("DELETE", "/files/broken");
  });

  test("is told so although it is still being sent", async () => {
    const { put } = caller("early");
    await put("a", "first");
    const refused = await put("a", new Uint8Array(40_000_000), { "if-none-match": "*" });
    expect(refused.status).toBe(412);
  });
});

describe("an upload in parts", () => {
  const first = new Uint8Array(PART_BYTES).fill(1);
  const last = new Uint8Array(1_000).fill(2);

  async function begin(key: string, name: string) {
    const { call } = caller(key);
    const response = await call("POST", `/files/${name}?uploads`, "");
    expect(response.status).toBe(201);
    const { uploadId, partBytes } = (await response.json()) as {
      uploadId: string;
      partBytes: number;
    };
    expect(partBytes).toBe(PART_BYTES);
    const query = `uploadId=${encodeURIComponent(uploadId)}`;
    const at = (rest = "") => `/files/${name}?${query}${rest}`;
    return {
      part: (partNumber: number | string, body: BodyInit) =>
        call("PUT", at(`&partNumber=${partNumber}`), body),
      complete: (body: unknown) => call("POST", at(), JSON.stringify(body)),
      abort: () => call("DELETE", at()),
      names: caller(key).names,
      query,
    };
  }

  async function etagOf(response: Response): Promise<{ partNumber: number; etag: string }> {
    expect(response.status).toBe(200);
    return (await response.json()) as { partNumber: number; etag: string };
  }

  test("becomes a file once it is complete; a part may be sent again, in any order", async () => {
    const upload = await begin("parts", "a/big.csv");
    const two = await etagOf(await upload.part(2, last));
    await etagOf(await upload.part(1, last));
    const one = await etagOf(await upload.part(1, first));
    expect(one.partNumber).toBe(1);
    expect(await upload.names()).toEqual([]);
    const completed = await upload.complete({ parts: [two, one] });
    expect([completed.status, await completed.json()]).toMatchObject([
      201,
      { name: "a/big.csv", bytes: PART_BYTES + 1_000, uri: "files/a/big.csv" },
    ]);
    expect(await upload.names()).toEqual(["a/big.csv"]);
    const again = await upload.complete({ parts: [one, two] });
    expect(await failureOf(again)).toEqual([404, "unknown_upload", "uploadId"]);
  });

  test("can be given up, and is gone then", async () => {
    const upload = await begin("aborted", "a");
    const part = await etagOf(await upload.part(1, last));
    expect((await upload.abort()).status).toBe(204);
    for (const body of [last, first]) {
      const refused = await upload.part(1, body);
      expect(await failureOf(refused)).toEqual([404, "unknown_upload", "uploadId"]);
    }
    expect((await upload.complete({ parts: [part] })).status).toBe(404);
    expect(await upload.names()).toEqual([]);
  });

  test("is not complete with a part too few, too many, or of another etag", async () => {
    const upload = await begin("wrong", "a");
    const one = await etagOf(await upload.part(1, first));
    const two = await etagOf(await upload.part(2, last));
    for (const parts of [
      [two],
      [one, one],
      [one, two, { partNumber: 3, etag: two.etag }],
      [one, { partNumber: 2, etag: one.etag }],
      [one, { partNumber: 2, etag: "" }],
    ]) {
      const [status, code] = await failureOf(await upload.complete({ parts }));
      expect([status, code]).toEqual([400, "invalid_upload"]);
    }
    for (const body of [{}, { parts: [] }, { parts: [null] }, { parts: [{ partNumber: 1 }] }, []]) {
      const [status, code] = await failureOf(await upload.complete(body));
      expect([status, code]).toEqual([400, "invalid_value"]);
    }
    expect((await upload.complete({ parts: [one, two] })).status).toBe(201);
  });

  test("is not complete if a part that is not the last is short", async () => {
    const upload = await begin("short", "a");
    const parts = [
      await etagOf(await upload.part(1, last)),
      await etagOf(await upload.part(2, last)),
    ];
    const [status, code] = await failureOf(await upload.complete({ parts }));
    expect([status, code]).toEqual([400, "invalid_upload"]);
  });

  test("refuses a part that is too large, empty, of no length, or of no number", async () => {
    const upload = await begin("refused", "a");
    const large = new Uint8Array(PART_BYTES + 1);
    expect(await failureOf(await upload.part(1, large))).toEqual([
      400,
      "invalid_upload",
      undefined,
    ]);
    expect(await failureOf(await upload.part(1, ""))).toEqual([400, "invalid_upload", undefined]);
    const unsized = await upload.part(1, chunked(2, 10));
    expect(await failureOf(unsized)).toEqual([411, "length_required", undefined]);
    for (const number of ["0", "10001", "x", "1.5", ""]) {
      const refused = await upload.part(number, last);
      expect(await failureOf(refused)).toEqual([400, "invalid_value", "partNumber"]);
    }
    expect(await failureOf(await upload.part(321, last))).toEqual([
      413,
      "over_limit",
      "partNumber",
    ]);
  });

  test("is of its file and caller alone", async () => {
    const { query } = await begin("mine", "a");
    const attempts: [string, string, string][] = [
      ["mine", "PUT", `/files/b?${query}&partNumber=1`],
      ["theirs", "PUT", `/files/a?${query}&partNumber=1`],
      ["theirs", "DELETE", `/files/a?${query}`],
      ["mine", "PUT", "/files/a?uploadId=none&partNumber=1"],
      ["mine", "PUT", "/files/a?uploadId=&partNumber=1"],
      ["mine", "DELETE", "/files/a?uploadId=none"],
    ];
    for (const [key, method, path] of attempts) {
      const refused = await caller(key).call(method, path, method === "PUT" ? "x" : undefined);
      expect(await failureOf(refused)).toEqual([404, "unknown_upload", "uploadId"]);
    }
    const body = JSON.stringify({ parts: [{ partNumber: 1, etag: "e" }] });
    const completed = await caller("mine").call("POST", "/files/a?uploadId=none", body);
    expect(await failureOf(completed)).toEqual([404, "unknown_upload", "uploadId"]);
  });

  test("is not mistaken for a whole file when its id is missing", async () => {
    const put = await caller("id").call("PUT", "/files/a?partNumber=1", "x");
    expect(await failureOf(put)).toEqual([400, "invalid_value", "uploadId"]);
    const posted = await caller("id").call("POST", "/files/a", "x");
    expect(await failureOf(posted)).toEqual([400, "invalid_value", "uploads"]);
  });
});

test("nothing of a name or a key is logged", async () => {
  await caller("key-never-logged").put("name-never-logged", "text-never-logged");
  expect(service.logs()).not.toMatch(/never-logged/);
});
