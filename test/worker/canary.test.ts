/**
 * Strings that can be recognised, in whatever a caller can send: none of them is found again in the logs, in /metrics, in data points, in
 * the headers of errors, or in what is kept longer than a request, but where docs/privacy.md says so.
 */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestHarness } from "wrangler";
import { packedFolder } from "../fixtures/packed-folder.ts";
import { SMALL_SHAPE, syntheticModel } from "../fixtures/synthetic-model.ts";
import { stagedProject } from "../staged-project.ts";
import { WORKER_NAME } from "./worker-name.ts";

const MARK = "kanarie";

/** A text that says where it was planted. The model has words for its letters. */
const planted = (place: string): string => `${MARK} ${place} ${MARK}`;

/** The same where no space may stand. */
const plantedWord = (place: string): string => `${MARK}-${place}`;

interface Environment {
  JOB_BUCKET: R2Bucket;
  SCORE_CACHE_KV: KVNamespace;
}

const project = stagedProject();
appendFileSync(
  join(project, "wrangler.toml"),
  `
[[kv_namespaces]]
binding = "SCORE_CACHE_KV"
id = "scores"

[[services]]
binding = "ANALYTICS"
service = "analytics"
`,
);
const server = createTestHarness({
  root: project,
  workers: [
    {
      configPath: "wrangler.toml",
      vars: { RERANK_AUTH: "off", SCORE_CACHE: "kv", CORS_ALLOWED_ORIGINS: "*" },
    },
    {
      config: {
        name: "analytics",
        main: join(import.meta.dirname, "fake-analytics-worker.ts"),
        compatibility_date: "2026-11-01",
      },
    },
  ],
});
const folder = packedFolder(syntheticModel(SMALL_SHAPE));
let url: URL;
let env: Environment;
beforeAll(async () => {
  process.env["MODEL"] = folder;
  ({ url } = await server.listen());
  env = await server.getWorker<Environment>(WORKER_NAME).getEnv();
});
afterAll(() => server.close());

/** A request's id is left out: the log is where it belongs. */
const HEADERS = {
  authorization: `Bearer ${plantedWord("authorization")}`,
  "api-key": plantedWord("api-key"),
  "x-api-key": plantedWord("x-api-key"),
  "x-ms-client-request-id": plantedWord("client-request-id"),
  traceid: plantedWord("traceid"),
  traceparent: plantedWord("traceparent"),
  tracestate: `${MARK}=${plantedWord("tracestate")}`,
  origin: `https://${plantedWord("origin")}.example`,
  referer: `https://${plantedWord("referer")}.example`,
  "user-agent": plantedWord("user-agent"),
  cookie: `a=${plantedWord("cookie")}`,
  accept: `application/json, text/${plantedWord("accept")}`,
  "accept-language": plantedWord("accept-language"),
};

function call(method: string, path: string, body?: BodyInit, headers = {}): Promise<Response> {
  const init = { method, headers: { ...HEADERS, ...headers } };
  return fetch(new URL(path, url), body === undefined ? init : { ...init, body });
}

const post = (path: string, body: unknown, headers = {}): Promise<Response> =>
  call("POST", path, JSON.stringify(body), { "content-type": "application/json", ...headers });

const DOCUMENTS = [
  planted("document"),
  { text: planted("text"), title: planted("title"), id: planted("id"), metadata: planted("meta") },
];
const RERANK = {
  query: planted("query"),
  documents: DOCUMENTS,
  rank_fields: ["text", plantedWord("rank-field")],
  cache_scope: planted("scope"),
  user: planted("unknown-field"),
  [planted("unknown-key")]: 1,
};
const COLUMNS = { [plantedWord("column")]: [planted("cell")], second: [planted("second-cell")] };

/** Bodies that are right, by path. */
const RIGHT: [string, object][] = [
  ...["/v1/rerank", "/v2/rerank", "/rerank", "/cohere/v1/rerank", "/cohere/v2/rerank"].map(
    (path): [string, object] => [path, RERANK],
  ),
  ["/v1/rerank", { queries: [planted("query-1"), planted("query-2")], documents: DOCUMENTS }],
  ["/v1/rerank", { ...RERANK, details: true, long_documents: "max_window", fail_open: true }],
  ["/jina/v1/rerank", RERANK],
  ["/infinity/rerank", RERANK],
  ["/vllm/rerank", { ...RERANK, request_id: planted("vllm-id"), cache_salt: planted("salt") }],
  ["/tei/rerank", { query: planted("tei-query"), texts: [planted("tei-text")], return_text: true }],
  [
    "/v1/ranking",
    { query: { text: planted("nim-query") }, passages: [{ text: planted("passage") }] },
  ],
  ["/voyage/v1/rerank", { ...RERANK, documents: [planted("voyage")], return_documents: true }],
  ["/pinecone/rerank", { ...RERANK, return_documents: true }],
  ["/score", { inputs: COLUMNS, parameters: { [plantedWord("parameter")]: planted("value") } }],
  ["/score", { input_data: COLUMNS, params: { return_scores: true } }],
  [
    "/score",
    {
      input_data: {
        columns: [planted("name")],
        index: [planted("index")],
        data: [[planted("frame")]],
      },
    },
  ],
  [
    "/score",
    { input_data: [planted("row"), { text: planted("row-text"), text_pair: planted("pair") }] },
  ],
  ["/score", { text_1: planted("text-1"), text_2: [planted("text-2")] }],
  ["/tokenize", { inputs: [planted("tokenize")] }],
  ["/predict", { inputs: [[planted("predict"), planted("predict-pair")]] }],
];

/** Whose every string is in a wrong place, or too much. */
const WRONG: [string, object][] = [
  ["/v1/rerank", { ...RERANK, model: planted("model") }],
  ["/v1/rerank", { ...RERANK, top_n: planted("top-n") }],
  ["/v1/rerank", { ...RERANK, documents: planted("documents") }],
  ["/v1/rerank", { ...RERANK, query: planted("long").repeat(1_000) }],
  ["/rerank", { ...RERANK, texts: [planted("texts")] }],
  ["/v1/ranking", { query: planted("no-object"), passages: [] }],
  ["/score", { inputs: { a: planted("a"), b: [planted("b"), planted("c")] } }],
  ["/score", { inputs: COLUMNS, [plantedWord("field")]: planted("field") }],
  ["/score", { input_data: [planted("row")], params: { function_to_apply: planted("function") } }],
  ["/predict", { inputs: [], truncation_direction: planted("direction") }],
  [
    "/jobs",
    { properties: { InputData: { [plantedWord("input")]: { JobInputType: planted("type") } } } },
  ],
  [
    "/jobs",
    {
      properties: { dataset: { dataInputType: "DataUrl", Path: `https://${plantedWord("path")}` } },
    },
  ],
];

const FILE = `${plantedWord("folder")}/${plantedWord("file")}.csv`;

/** @returns The job's name, once it has ended as it should */
async function runJob(): Promise<string> {
  const rows = [`${planted("row-query")},${planted("row-document")}`, `"${planted("bad")}" x,y`];
  const file = await call("PUT", `/files/${FILE}`, ["query,document", ...rows, ""].join("\n"));
  expect(file.status).toBe(201);
  const submitted = await post(
    "/jobs",
    {
      properties: {
        InputData: { [plantedWord("name")]: { JobInputType: "UriFile", Uri: `files/${FILE}` } },
        OutputData: { [plantedWord("output")]: { Uri: `files/${plantedWord("out")}.csv` } },
        properties: { experimentName: planted("experiment") },
        tags: { [planted("tag")]: planted("tag-value") },
        description: planted("description"),
        outputFileName: `${plantedWord("predictions")}.csv`,
      },
    },
    { "idempotency-key": planted("idempotency") },
  );
  const { name } = (await submitted.json()) as { name: string };
  expect(submitted.status).toBe(201);
  for (;;) {
    const response = await call("GET", `/jobs/${name}`);
    const { properties } = (await response.json()) as { properties: { status: string } };
    if (/^(Completed|Failed|Canceled)$/.test(properties.status)) {
      expect(properties.status).toBe("Completed");
      return name;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test("what callers send is nowhere but where it must be", async () => {
  for (const [path, body] of RIGHT) {
    const response = await post(path, body);
    expect(response.status, `${path}: ${await response.text()}`).toBe(200);
  }
  for (const [path, body] of WRONG) {
    const response = await post(path, body);
    expect(response.status, `${path}: ${await response.text()}`).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expectCleanHeaders(response, path);
  }
  const question = encodeURIComponent(JSON.stringify({ a: [planted("query-string")] }));
  const others = [
    call("GET", `/score?inputs=${question}`),
    call("GET", `/${plantedWord("unknown-path")}`),
    call("GET", `/models/${plantedWord("unknown-model")}`),
    call("GET", `/files/${plantedWord("unknown-file")}`),
    call("GET", `/files?prefix=${plantedWord("prefix")}&cursor=${plantedWord("cursor")}`),
    call("GET", `/jobs/${plantedWord("unknown-job")}`),
    call("OPTIONS", "/score", undefined, { "access-control-request-headers": plantedWord("ask") }),
    call("POST", "/v1/rerank", `{"${MARK}`, { "content-type": "application/json" }),
    call("POST", "/v1/rerank", MARK, { "content-type": `text/${plantedWord("type")}` }),
    post("/score", { inputs: COLUMNS }, { "azureml-model-deployment": plantedWord("deployment") }),
    post("/v1/rerank", RERANK, { "x-request-timeout-ms": plantedWord("timeout") }),
    post("/v1/rerank", RERANK, { "x-rerank-route": plantedWord("route") }),
    post("/v1/rerank", RERANK, { "x-request-id": "x".repeat(200) }),
  ];
  for (const response of await Promise.all(others)) {
    expect(response.status).toBeLessThan(500);
    if (response.status >= 400) expectCleanHeaders(response, response.url);
    await response.text();
  }
  const job = await runJob();
  for (const format of ["csv", "jsonl", "errors"])
    await (await call("GET", `/jobs/${job}/results?format=${format}`)).text();
  // Scores are kept after their answer.
  await new Promise((resolve) => setTimeout(resolve, 500));

  const logs = server.getLogs().map(({ message }) => message);
  expect(logs.join("\n")).not.toContain(MARK);
  expectLinesOf(job, logs);
  await expectCleanPoints();
  expect(await (await call("GET", "/metrics")).text()).not.toContain(MARK);
  expect(await (await call("GET", "/info")).text()).not.toContain(MARK);
  await expectCleanCache();
  await expectCleanBucket();
});

/** What Azure ML's routes send back by that server's contract, and CORS by its own. */
const ECHOED = /^(x-ms-(client-)?request-id|traceid|access-control-allow-(origin|headers))$/;

function expectCleanHeaders({ headers }: Response, where: string): void {
  const others = [...headers].filter(([name]) => !ECHOED.test(name));
  expect(JSON.stringify(others), where).not.toContain(MARK);
}

/** Of requests and of the job there are lines, so that there is something to look through. */
function expectLinesOf(job: string, logs: readonly string[]): void {
  const lines = logs.map((line) => JSON.parse(line) as Record<string, unknown>);
  const requests = lines.filter(({ event }) => event === "request");
  expect(requests.length).toBeGreaterThan(RIGHT.length + WRONG.length);
  for (const { traceId } of requests) expect(traceId).toMatch(/^[0-9a-f]{32}$/);
  const submission = requests.find((line) => line["job"] === job);
  expect(submission).toMatchObject({ route: "/jobs", method: "POST", status: 201 });
  const { traceId } = submission!;
  const ofJob = lines.filter((line) => line["job"] === job && line["event"] !== "request");
  expect(ofJob).toContainEqual(
    expect.objectContaining({ event: "shard", traceId, shard: 0, rows: 1, failed: 1 }),
  );
  expect(ofJob).toContainEqual(
    expect.objectContaining({ event: "job", traceId, status: "Completed", rows: 1, failed: 1 }),
  );
}

/** One a request, with nothing that was sent. */
async function expectCleanPoints(): Promise<void> {
  const answer = await server.getWorker("analytics").fetch("http://analytics/");
  const points = (await answer.json()) as object[];
  expect(points.length).toBeGreaterThan(RIGHT.length + WRONG.length);
  expect(JSON.stringify(points)).not.toContain(MARK);
}

/** Hashes and numbers. */
async function expectCleanCache(): Promise<void> {
  const { keys } = await env.SCORE_CACHE_KV.list();
  expect(keys.length).toBeGreaterThan(10);
  for (const { name, metadata } of keys) {
    expect(name).toMatch(/^[0-9a-f]{64}$/);
    expect(metadata).toBeUndefined();
    expect(await env.SCORE_CACHE_KV.get(name)).toMatch(/^[[\]{}"a-zA-Z0-9:,.+-]*$/);
    expect(await env.SCORE_CACHE_KV.get(name)).not.toContain(MARK);
  }
}

/** Names of files are keys there, files and jobs have what was sent; keys of callers and of idempotency have left hashes alone. */
async function expectCleanBucket(): Promise<void> {
  const { objects, truncated } = await env.JOB_BUCKET.list({
    include: ["customMetadata"],
  } as object);
  expect(truncated).toBe(false);
  expect(objects.length).toBeGreaterThan(3);
  for (const { key, customMetadata } of objects) {
    const [scope, kind, ...rest] = key.split("/");
    const isFile = kind === "files";
    expect(`${scope}/${kind}`).not.toContain(MARK);
    if (!isFile) expect(rest.join("/")).not.toContain(MARK);
    const body = await (await env.JOB_BUCKET.get(key))!.text();
    const content = body + decodeURIComponent(JSON.stringify(customMetadata ?? {}));
    for (const secret of ["authorization", "api-key", "x-api-key", "cookie"])
      expect(content, key).not.toContain(plantedWord(secret));
    expect(content, key).not.toContain(planted("idempotency"));
  }
}
