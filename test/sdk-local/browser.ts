/**
 * Local mode on a page in Chromium: `node test/sdk-local/browser.ts [module]`, where the module is that of `@x/rerank-sdk/local`, from its source
 * or as built. Run by `.ci/sdk-browser`. Ends with an error at the first promise that does not hold.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createReadStream, existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import { build } from "vite";
import { createLocalClient } from "../../sdk/local/index.ts";
import { IRON, MANY, MODEL } from "./requests.ts";

const ROOT = join(import.meta.dirname, "../..");
const [module = join(ROOT, "sdk/local/index.ts")] = process.argv.slice(2);

/** What the promises of `docs/sdk.md` allow. */
const MAX_BLOCK_MS = 50;
const MAX_FIRST_RANKING_MS = 1_000;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
};

/** A page that has nothing but local mode, built as a project with Vite builds it. */
async function buildPage(folder: string): Promise<string> {
  const page = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>Local mode</title><script type="module" src="./main.js"></script>`;
  await writeFile(join(folder, "index.html"), page);
  await writeFile(
    join(folder, "main.js"),
    `import { createLocalClient } from ${JSON.stringify(resolve(module))};
globalThis.createLocalClient = createLocalClient;`,
  );
  const outDir = join(folder, "dist");
  await build({ root: folder, logLevel: "warn", build: { outDir } });
  return outDir;
}

/** Serves the page, and the model under `/model/`. */
async function serve(page: string): Promise<Server> {
  const server = createServer(({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    const file = pathname.startsWith("/model/")
      ? join(MODEL, pathname.slice("/model/".length))
      : join(page, pathname === "/" ? "index.html" : pathname);
    if (!existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  }).listen(0, "localhost");
  await once(server, "listening");
  return server;
}

/** What a page comes to that loads the model and ranks once. */
interface Visit {
  results: unknown;
  /** Of a call that takes seconds. */
  further: unknown;
  progress: { loadedBytes: number; totalBytes: number }[];
  /** From before the client is made until the first ranking is there. */
  firstRankingMs: number;
  /** The longest time in which a timer of 5 ms did not come, and the longest task that the browser itself noted. */
  longestGapMs: number;
  longestTaskMs: number;
  /** Files of the model that were fetched. */
  fetched: string[];
}

const VISIT = `(async ({ request, many }) => {
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  let longestTaskMs = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestTaskMs = Math.max(longestTaskMs, duration);
  }).observe({ type: "longtask" });
  let longestGapMs = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longestGapMs = Math.max(longestGapMs, now - last);
    last = now;
  }, 5);
  const progress = [];
  const started = performance.now();
  const client = await createLocalClient({ model: "/model/", onProgress: (each) => progress.push(each) });
  const { results } = await client.rerank(request);
  const firstRankingMs = performance.now() - started;
  const { results: further } = await client.rerank(many);
  await pause(100);
  clearInterval(timer);
  client.close();
  return { results, further, progress, firstRankingMs, longestGapMs, longestTaskMs };
})`;

/** A call with answers to all that can be asked for. */
const REQUEST = { ...IRON, details: true };

async function visit(page: Page): Promise<Visit> {
  const fetched: string[] = [];
  const onRequest = (request: { url(): string }): void => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/model/")) fetched.push(pathname.slice("/model/".length));
  };
  page.context().on("request", onRequest);
  const seen = (await page.evaluate(
    `${VISIT}(${JSON.stringify({ request: REQUEST, many: MANY })})`,
  )) as Omit<Visit, "fetched">;
  page.context().off("request", onRequest);
  return { ...seen, fetched };
}

async function openPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  page.on("pageerror", (error) => console.log(String(error)));
  page.on("console", (message) => console.log(message.text()));
  await page.goto(url);
  await page.waitForFunction("globalThis.createLocalClient !== undefined");
  return page;
}

function assertResponsive(name: string, { longestGapMs, longestTaskMs }: Visit): void {
  console.log(
    `${name}: longest gap between timers ${longestGapMs.toFixed(0)} ms, longest task ${longestTaskMs.toFixed(0)} ms`,
  );
  assert.ok(longestTaskMs <= MAX_BLOCK_MS, `the page was blocked for ${longestTaskMs} ms`);
}

const folder = await mkdtemp(join(tmpdir(), "x-rerank-page-"));
const server = await serve(await buildPage(folder));
const url = `http://localhost:${(server.address() as AddressInfo).port}/`;
const browser = await chromium.launch({
  executablePath: process.env["CHROMIUM"] || "/usr/bin/chromium",
  // A container's root has no sandbox.
  args: ["--no-sandbox"],
});
try {
  const context = await browser.newContext();
  const inNode = await createLocalClient({ model: MODEL });
  const expected = await inNode.rerank(REQUEST);
  const further = await inNode.rerank(MANY);

  const page = await openPage(context, url);
  const first = await visit(page);
  assert.deepEqual(first.results, expected.results);
  assert.deepEqual(first.further, further.results);
  assert.deepEqual(first.fetched.sort(), ["model.json", "tokenizer.json", "weights.safetensors"]);
  const { loadedBytes, totalBytes } = first.progress.at(-1)!;
  assert.equal(loadedBytes, totalBytes);
  assert.ok(first.progress.length > 10, `${first.progress.length} reports of progress`);
  assertResponsive("downloaded", first);
  console.log(
    `passed: a page ranks to Node's bytes, ${first.firstRankingMs.toFixed(0)} ms after it began to download`,
  );

  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    await page.reload();
    await page.waitForFunction("globalThis.createLocalClient !== undefined");
    const again = await visit(page);
    assert.deepEqual(again.results, expected.results);
    assert.deepEqual(again.fetched, ["model.json"]);
    assertResponsive("cached", again);
    times.push(again.firstRankingMs);
  }
  const median = times.sort((a, b) => a - b)[1]!;
  console.log(
    `first ranking after a cached load: ${times.map((each) => each.toFixed(0)).join(", ")} ms`,
  );
  assert.ok(median <= MAX_FIRST_RANKING_MS, `the first ranking took ${median} ms`);
  console.log("passed: a second visit downloads nothing and ranks soon");

  await page.evaluate(`(async () => {
    const cache = await caches.open("@x/rerank-sdk");
    for (const key of await cache.keys()) if (key.url.includes("weights")) await cache.put(key, new Response(new Uint8Array(100)));
  })()`);
  const repaired = await visit(page);
  assert.deepEqual(repaired.results, expected.results);
  assert.ok(repaired.fetched.includes("weights.safetensors"));
  console.log("passed: a damaged file in the cache is downloaded again");

  const aborted = await page.evaluate(`(async () => {
    const client = await createLocalClient({ model: "/model/" });
    const ending = new AbortController();
    setTimeout(() => ending.abort(), 50);
    const started = performance.now();
    const name = await client.rerank(${JSON.stringify(MANY)}, { signal: ending.signal }).catch((error) => error.kind);
    const ms = performance.now() - started;
    await client.rerank({ query: "a", documents: ["b"] });
    client.close();
    return { name, ms };
  })()`);
  const { name, ms } = aborted as { name: string; ms: number };
  assert.equal(name, "aborted");
  assert.ok(ms < 500, `aborting took ${ms} ms`);
  console.log("passed: a call that is aborted ends at once, and the worker goes on");

  const missing = await page.evaluate(
    `createLocalClient({ model: "/elsewhere/" }).catch(({ code, param, kind }) => ({ code, param, kind }))`,
  );
  assert.deepEqual(missing, { code: "model_unavailable", param: "model", kind: "invalid_request" });
  console.log("passed: a model that is not there is an error that says so");
} finally {
  await browser.close();
  server.close();
  await rm(folder, { recursive: true });
}
