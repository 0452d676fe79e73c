/** The score cache over HTTP: what one caller can learn of, or do to, another's scores. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestHarness } from "wrangler";
import { packedFolder } from "../fixtures/packed-folder.ts";
import { SMALL_SHAPE, syntheticModel } from "../fixtures/synthetic-model.ts";
import { stagedProject } from "../staged-project.ts";

const project = stagedProject();
appendFileSync(
  join(project, "wrangler.toml"),
  '\n[[kv_namespaces]]\nbinding = "SCORE_CACHE_KV"\nid = "scores"\n',
);
const server = createTestHarness({
  root: project,
  workers: [{ configPath: "wrangler.toml", vars: { RERANK_AUTH: "off", SCORE_CACHE: "kv" } }],
});
const folder = packedFolder(syntheticModel(SMALL_SHAPE));
let url: URL;
let kv: KVNamespace;

beforeAll(async () => {
  process.env["MODEL"] = folder;
  ({ url } = await server.listen());
  const env = await server.getWorker<{ SCORE_CACHE_KV: KVNamespace }>().getEnv();
  kv = env.SCORE_CACHE_KV;
});
afterAll(() => server.close());

/** Another query each time: nothing is kept of it. */
let query: string;
let queries = 0;
beforeEach(() => {
  query = `w${++queries} a`;
});

const DOCUMENTS = ["b c", "d e", "w1"];
const ALL_NEW = "hit=0, miss=3";
const ALL_KEPT = "hit=3, miss=0";

/** What the cache had of a request, and the answer's scores. */
async function ask(
  headers: Record<string, string> = {},
  fields: object = {},
): Promise<{ cache: string | null; results: unknown }> {
  const response = await fetch(new URL("/v1/rerank", url), {
    method: "POST",
    body: JSON.stringify({ query, documents: DOCUMENTS, ...fields }),
    headers: { "content-type": "application/json", ...headers },
  });
  expect(response.status).toBe(200);
  const { results } = (await response.json()) as { results: unknown };
  return { cache: response.headers.get("x-rerank-cache"), results };
}

/** Asks until what was computed is kept, which is after the answer. */
async function askAgain(...request: Parameters<typeof ask>): Promise<unknown> {
  let results: unknown;
  await expect
    .poll(async () => {
      const answer = await ask(...request);
      results = answer.results;
      return answer.cache;
    })
    .toBe(ALL_KEPT);
  return results;
}

const CALLERS: [string, Parameters<typeof ask>][] = [
  ["no key", []],
  ["a key", [{ authorization: "Bearer first-key" }]],
  ["another key", [{ authorization: "Bearer second-key" }]],
  ["a longer key", [{ "api-key": "first-key2" }]],
  ["two keys", [{ authorization: "Bearer first-key", "x-api-key": "second-key" }]],
  ["the same key and a scope", [{ authorization: "Bearer first-key" }, { cache_scope: "a" }]],
  ["the same key and another", [{ authorization: "Bearer first-key" }, { cache_scope: "b" }]],
];

test("no caller finds a score that another has asked for, and all get the same ones", async () => {
  const answers: unknown[] = [];
  for (const [who, request] of CALLERS) {
    const first = await ask(...request);
    expect(first.cache, who).toBe(ALL_NEW);
    answers.push(first.results, await askAgain(...request));
  }
  for (const answer of answers) expect(answer).toEqual(answers[0]);
});

test("a query and a document that run into one another are not the same pair", async () => {
  await ask({}, { query: "a b", documents: ["c"] });
  await askAgain({}, { query: "a b", documents: ["c", "c", "c"] });
  const shifted = await ask({}, { query: "a", documents: ["b c", "c a b", "a bc"] });
  expect(shifted.cache).toBe(ALL_NEW);
});

test.each<[string, string]>([
  ["nothing", ""],
  ["null", "null"],
  ["cut off", "{"],
  ["a score as text", '{"logit":"9"}'],
  ["an infinite one", '{"logit":1e999}'],
  ["a list", "[9]"],
  ["a zero byte", "\0"],
  ["a long number", "9".repeat(10_000)],
])("what is kept and is no score (%s) is computed anew", async (_, value) => {
  const { results } = await ask();
  expect(await askAgain()).toEqual(results);
  const { keys } = await kv.list();
  for (const { name } of keys) await kv.put(name, value);
  expect(await ask()).toEqual({ cache: ALL_NEW, results });
});
