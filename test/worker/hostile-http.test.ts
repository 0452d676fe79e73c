/**
 * HTTP as no client writes it, byte by byte to the running service, and what pages of other origins can send.
 *
 * What stands here of framing is workerd's doing. In production Cloudflare's edge reads a request first and writes it anew, so that two
 * lengths never reach a Worker.
 */
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { packedFolder } from "../fixtures/packed-folder.ts";
import { SMALL_SHAPE, syntheticModel } from "../fixtures/synthetic-model.ts";
import { useService } from "./service.ts";

const service = useService(
  { ALLOWED_HOSTS: "x, y.example" },
  packedFolder(syntheticModel(SMALL_SHAPE)),
);

const JSON_TYPE = "content-type: application/json";
const GOOD = '{"query":"a","documents":["b"]}';

/** How long to wait for the first byte of an answer, of a busy machine, and after each byte for another. */
const FIRST_BYTE_MS = 5_000;
const NEXT_BYTE_MS = 1_500;

/** Everything that one connection answers to some bytes, until nothing has come for a while. */
async function exchange(bytes: string): Promise<string> {
  const { hostname, port } = new URL((await service.fetch("/health")).url);
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(port), hostname, () =>
      socket.write(Buffer.from(bytes, "latin1")),
    );
    socket.setTimeout(FIRST_BYTE_MS, () => socket.destroy());
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
      socket.setTimeout(NEXT_BYTE_MS);
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
  });
}

const statusesOf = (answer: string): number[] =>
  Array.from(answer.matchAll(/HTTP\/1\.1 (\d{3}) /g), ([, status]) => Number(status));

const request = (lines: readonly string[], body = ""): string =>
  `${["POST /v1/rerank HTTP/1.1", "host: x", ...lines].join("\r\n")}\r\n\r\n${body}`;

const getOf = (path: string, host: string): string =>
  `GET ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;

/** A second request, hidden in the body of the first. */
const HIDDEN = "GET /info HTTP/1.1\r\nhost: x\r\n\r\n";

describe("a request of two lengths", () => {
  const chunk = `${GOOD.length.toString(16)}\r\n${GOOD}\r\n0\r\n\r\n`;
  test.each<[string, string[], string]>([
    ["two that differ", [`content-length: ${GOOD.length}`, "content-length: 5"], GOOD + HIDDEN],
    ["a list of two", [`content-length: ${GOOD.length}, 5`], GOOD + HIDDEN],
    ["one with a sign", [`content-length: +${GOOD.length}`], GOOD + HIDDEN],
    ["one in hex", ["content-length: 0x1f"], GOOD + HIDDEN],
    ["one below zero", ["content-length: -1"], GOOD + HIDDEN],
    ["one of many digits", [`content-length: ${"9".repeat(40)}`], GOOD + HIDDEN],
    ["chunks that are not", ["transfer-encoding: xchunked"], chunk + HIDDEN],
    ["chunks in chunks", ["transfer-encoding: chunked, identity"], chunk + HIDDEN],
    [
      "a chunk of a wrong size",
      ["transfer-encoding: chunked"],
      `zz\r\n${GOOD}\r\n0\r\n\r\n${HIDDEN}`,
    ],
    ["a chunk of a huge size", ["transfer-encoding: chunked"], `${"f".repeat(17)}\r\n${HIDDEN}`],
  ])("(%s) is refused, and what is hidden in its body is not answered", async (_, lines, body) => {
    const answer = await exchange(request([JSON_TYPE, ...lines], body));
    expect(answer).not.toContain("maxSeqLength");
    for (const status of statusesOf(answer)) expect(status).toBeGreaterThanOrEqual(400);
  });

  test("(a length and chunks) is read by its chunks, and its connection closed", async () => {
    const lines = [JSON_TYPE, "content-length: 4", "transfer-encoding: chunked"];
    const answer = await exchange(request(lines, chunk + HIDDEN));
    expect(statusesOf(answer)).toEqual([200]);
    expect(answer.toLowerCase()).toContain("connection: close");
  });

  test("is not what two requests in a row are: both are answered", async () => {
    const first = request([JSON_TYPE, `content-length: ${GOOD.length}`], GOOD);
    expect(statusesOf(await exchange(first + HIDDEN))).toEqual([200, 200]);
  });
});

describe("a header that is none", () => {
  test.each<[string, string]>([
    ["a line without a colon", "no colon here"],
    ["a name with a space", "x a: b"],
    ["a zero byte", "x-a: b\0c"],
    ["a return alone", "x-a: b\rset-cookie: c=d"],
  ])("(%s) is refused, or is data", async (_, line) => {
    const answer = await exchange(
      request([line, JSON_TYPE, `content-length: ${GOOD.length}`], GOOD),
    );
    expect(answer.toLowerCase()).not.toContain("set-cookie");
    for (const status of statusesOf(answer)) expect(status).toBeLessThan(500);
  });

  test("of a megabyte is refused", async () => {
    const answer = await exchange(request([`x-a: ${"b".repeat(1_000_000)}`]));
    for (const status of statusesOf(answer)) expect(status).toBeGreaterThanOrEqual(400);
  });
});

describe("a name that leads here and is not ours (DNS rebinding)", () => {
  test.each([
    "evil.example",
    "evil.example:8787",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
  ])("%s is answered by no route", async (host) => {
    for (const path of ["/", "/info", "/files", "/jobs", "/score?input_data=a", "/nope"])
      expect(statusesOf(await exchange(getOf(path, host)))).toEqual([421]);
  });

  test.each(["x", "y.example:8787", "localhost:8787", "a.localhost", "127.0.0.1", "[::1]:8787"])(
    "%s is none: it is allowed, or leads nowhere else",
    async (host) => {
      expect(statusesOf(await exchange(getOf("/info", host)))).toEqual([200]);
    },
  );
});

describe("what comes back in a header", () => {
  test.each(["x-request-id", "x-ms-client-request-id", "x-ms-request-id", "traceid"])(
    "%s has no line of its own",
    async (name) => {
      for (const value of ["a\\r\\nset-cookie: b=c", "a%0d%0aset-cookie:b", "a\tb", "\xe9\xff"]) {
        const body = '{"input_data": ["a"]}';
        const lines = [`${name}: ${value}`, JSON_TYPE, `content-length: ${body.length}`];
        const text = request([...lines, "connection: close"], body);
        const answer = await exchange(text.replace("/v1/rerank", "/score"));
        const [head = ""] = answer.split("\r\n\r\n");
        const names = head
          .split("\r\n")
          .slice(1)
          .map((line) => line.split(":", 1)[0]!.toLowerCase());
        expect(names).not.toContain("set-cookie");
        expect(statusesOf(answer)).toHaveLength(1);
        expect(statusesOf(answer)[0]).toBeLessThan(500);
      }
    },
  );
});

test("JSON with the prototype's names in every place changes nothing for others", async () => {
  const before = (await (await service.post("/v1/rerank", JSON.parse(GOOD))).json()) as object;
  const bombs = [
    '{"__proto__":{"query":"a","documents":["b"],"raw_scores":true}}',
    '{"query":"a","documents":["b"],"__proto__":{"raw_scores":true,"toJSON":1}}',
    '{"query":"a","documents":[{"text":"b","__proto__":{"id":"x"}}],"return_documents":true}',
    '{"query":"a","documents":[{"__proto__":"b"}],"rank_fields":["__proto__"],"return_documents":true}',
    '{"query":"a","documents":["b"],"constructor":{"prototype":{"raw_scores":true}}}',
    '{"query":"a","documents":["b"],"query":{"length":{"toString":0}}}',
    '{"query":"a","documents":["b"],"cache_scope":{"length":{"toString":0}}}',
    '{"query":"a","documents":["b"],"top_n":1e999}',
    '{"query":"a","documents":["b"],"min_score":-1e999}',
  ];
  for (const body of bombs) {
    for (const path of ["/v1/rerank", "/rerank", "/jina/v1/rerank", "/pinecone/rerank", "/score"]) {
      const init = { method: "POST", body, headers: { "content-type": "application/json" } };
      expect((await service.fetch(path, init)).status, `${path} ${body}`).toBeLessThan(500);
    }
  }
  const after = (await (await service.post("/v1/rerank", JSON.parse(GOOD))).json()) as object;
  expect({ ...after, id: "" }).toEqual({ ...before, id: "" });
});

describe("a page of another origin", () => {
  const ORIGIN = "https://thief.example";

  test.each(["/v1/rerank", "/score", "/jobs", "/files/a", "/metrics", "/info"])(
    "may not read what %s answers, nor ask for more than a form may",
    async (path) => {
      const preflight = await service.fetch(path, {
        method: "OPTIONS",
        headers: {
          origin: ORIGIN,
          "access-control-request-method": "POST",
          "access-control-request-headers": "content-type,authorization",
        },
      });
      const answers = [preflight, await service.fetch(path, { headers: { origin: ORIGIN } })];
      for (const { headers } of answers) {
        const allowed = [...headers.keys()].filter((name) => name.startsWith("access-control-"));
        expect(allowed).toEqual([]);
      }
    },
  );

  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a"])(
    "may not send JSON as a form's %s",
    async (type) => {
      for (const path of ["/v1/rerank", "/score", "/jobs"]) {
        const init = { method: "POST", body: GOOD, headers: { "content-type": type } };
        expect((await service.fetch(path, init)).status).toBe(415);
      }
    },
  );

  test("may not frame the playground, which loads and calls nothing but this service", async () => {
    const { headers } = await service.fetch("/playground");
    expect(headers.get("x-frame-options")).toBe("DENY");
    const policy = headers.get("content-security-policy");
    for (const rule of ["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'"])
      expect(policy).toContain(rule);
    for (const word of ["unsafe-inline", "unsafe-eval", "*"]) expect(policy).not.toContain(word);
  });

  test("may not frame the page at /docs, which runs no script but this service's", async () => {
    const { headers } = await service.fetch("/docs");
    expect(headers.get("x-frame-options")).toBe("DENY");
    const policy = headers.get("content-security-policy");
    for (const rule of ["default-src 'none'", "script-src 'self';", "frame-ancestors 'none'"])
      expect(policy).toContain(rule);
    expect(policy).not.toContain("unsafe-eval");
  });
});
