/** What one request may have, over HTTP: as much as its limit, one less, and not one more. */
import { describe, expect, test } from "vitest";
import { activeKey } from "../../worker/jobs/job-keys.ts";
import { JOB_LIMITS, LIMITS, type JobLimitName, type LimitName } from "../../worker/limits.ts";
import { packedFolder } from "../fixtures/packed-folder.ts";
import { SMALL_SHAPE, syntheticModel } from "../fixtures/synthetic-model.ts";
import { useService } from "./service.ts";

const service = useService({}, packedFolder(syntheticModel(SMALL_SHAPE)));

const json = { "content-type": "application/json" };

/** A request that has so much of something. */
type Send = (amount: number) => Promise<Response>;

const rerank = (body: unknown): Promise<Response> => service.post("/v1/rerank", body);

const padded =
  (path: string, body: object): Send =>
  (bytes) =>
    service.fetch(path, {
      method: "POST",
      body: JSON.stringify(body).padEnd(bytes),
      headers: json,
    });

/** Words of one token each. */
function tokenize(tokens: number): Promise<Response> {
  const inputs = [];
  for (let left = tokens; left > 0; left -= 8_192)
    inputs.push(`${"! ".repeat(Math.min(left, 8_192))}`);
  return service.post("/tokenize", { inputs, add_special_tokens: false });
}

const BORDERS: readonly [LimitName | JobLimitName, Send, number, string][] = [
  ["maxBodyBytes", padded("/v1/rerank", { query: "w1", documents: ["w2"] }), 413, "over_limit"],
  [
    "maxJsonDepth",
    (depth) => {
      const x = "[".repeat(depth - 1) + "]".repeat(depth - 1);
      const body = `{"query":"w1","documents":["w2"],"x":${x}}`;
      return service.fetch("/v1/rerank", { method: "POST", body, headers: json });
    },
    400,
    "too_deep",
  ],
  [
    "maxJsonValues",
    (values) => rerank({ query: "w1", documents: ["w2", "w3"], x: Array(values - 6).fill(1) }),
    413,
    "over_limit",
  ],
  [
    "maxDocuments",
    (documents) => rerank({ query: "w1", documents: Array(documents).fill("w2") }),
    413,
    "over_limit",
  ],
  [
    "maxQueryChars",
    (chars) => rerank({ query: "q".repeat(chars), documents: ["w2"] }),
    413,
    "over_limit",
  ],
  [
    "maxDocumentChars",
    (chars) => rerank({ query: "w1", documents: ["d".repeat(chars)] }),
    413,
    "over_limit",
  ],
  [
    "maxTotalChars",
    (chars) => {
      const most = LIMITS.maxDocumentChars;
      const full = Math.floor((chars - 1) / most);
      const rest = chars - 1 - full * most;
      const documents = [...Array(full).fill("d".repeat(most)), "d".repeat(rest)].filter(Boolean);
      return rerank({ query: "q", documents });
    },
    413,
    "over_limit",
  ],
  ["maxEdgeTokens", tokenize, 422, "Validation"],
  ["maxJobBodyBytes", padded("/jobs", {}), 413, "over_limit"],
  [
    "maxFileNameBytes",
    (bytes) => service.fetch(`/files/${"n".repeat(bytes)}`, { method: "PUT", body: "a" }),
    413,
    "over_limit",
  ],
  [
    "maxIdempotencyKeyChars",
    (chars) => service.post("/jobs", {}, { "idempotency-key": "k".repeat(chars) }),
    431,
    "header_too_long",
  ],
];

describe.each(BORDERS)("%s", (name, send, status, code) => {
  const limit = { ...LIMITS, ...JOB_LIMITS }[name];

  test.each([limit - 1, limit])("%i are taken", async (amount) => {
    const response = await send(amount);
    const text = await response.text();
    expect([response.status, text.includes(`"${code}"`)]).not.toEqual([status, true]);
    expect([200, 201, 400]).toContain(response.status);
    // The body of a job that says nothing is refused for that alone.
    if (response.status === 400) expect(text).toContain("properties is wrong");
  });

  test(`${limit + 1} are refused, with both numbers`, async () => {
    const response = await send(limit + 1);
    const text = await response.text();
    expect(response.status, text).toBe(status);
    expect(text).toContain(`"${code}"`);
    expect(text).toContain(String(limit));
  });
});

describe("maxOpenJobs", () => {
  test("as many as the limit may be open, and not one more", async () => {
    const { JOB_BUCKET } = await service.bindings<{ JOB_BUCKET: R2Bucket }>();
    await service.fetch("/files/rows.csv", { method: "PUT", body: "query,document\na,b\n" });
    const { prefix } = (await (await service.fetch("/files")).json()) as { prefix: string };
    const scope = prefix.split("/")[0]!;
    const mark = (index: number) => activeKey({ scope, name: `open-${index}` });
    const InputData = { data: { JobInputType: "UriFile", Uri: "files/rows.csv" } };
    const submit = () => service.post("/jobs", { properties: { InputData } });
    const open = JOB_LIMITS.maxOpenJobs;
    await Promise.all(Array.from({ length: open }, (_, index) => JOB_BUCKET.put(mark(index), "")));
    const refused = await submit();
    expect([refused.status, await refused.json()]).toMatchObject([429, { code: "too_many_jobs" }]);
    await JOB_BUCKET.delete(mark(0));
    expect((await submit()).status).toBe(201);
  });
});

describe("headers that are read", () => {
  const post = (headers: Record<string, string>) =>
    service.post("/score", { input_data: ["w1"] }, headers);

  test.each(["x-request-id", "x-ms-request-id", "x-ms-client-request-id"])(
    "%s has at most 100 characters at Azure ML's routes",
    async (name) => {
      expect((await post({ [name]: "i".repeat(99) })).status).toBe(200);
      expect((await post({ [name]: "i".repeat(100) })).status).toBe(200);
      expect((await post({ [name]: "i".repeat(101) })).status).toBe(431);
    },
  );

  test("a longer x-request-id is replaced elsewhere", async () => {
    for (const [chars, stays] of [
      [99, true],
      [100, true],
      [101, false],
    ] as const) {
      const id = "i".repeat(chars);
      const response = await service.fetch("/health", { headers: { "x-request-id": id } });
      expect(response.headers.get("x-request-id") === id).toBe(stays);
    }
  });

  test("x-request-timeout-ms is at most 300,000", async () => {
    const within = (ms: number) => post({ "x-request-timeout-ms": String(ms) });
    expect((await within(299_999)).status).toBe(200);
    expect((await within(300_000)).status).toBe(200);
    expect((await within(300_001)).status).toBe(400);
  });

  test.each(["x-rerank-route", "azureml-model-deployment"])(
    "a %s of any length is refused as a wrong value, and is not told back whole",
    async (name) => {
      const value = "v".repeat(8_000);
      const response = await post({ [name]: value });
      expect([400, 404]).toContain(response.status);
      expect((await response.text()).length).toBeLessThan(1_000);
    },
  );
});

test("a query string as long as a URL may be is answered", async () => {
  // Cloudflare takes URLs of 16 KiB.
  const data = "w1,".repeat(5_000);
  const response = await service.fetch(`/score?input_data=["${data}"]`);
  expect(response.status).toBe(200);
});
