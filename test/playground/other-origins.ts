/**
 * Pages of other origins in Chromium against a running service that allows the first of them:
 * `node test/playground/other-origins.ts http://localhost:8787 8861`, of which `CORS_ALLOWED_ORIGINS` is `http://localhost:8861`. Run by
 * `.ci/playground`. Ends with an error at the first promise that does not hold.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { chromium, type Page } from "playwright-core";

const [service = "http://localhost:8787", port = "8861"] = process.argv.slice(2);

/** On the same site as the service, whose port alone differs, and not listed as its neighbour is. */
const NEIGHBOUR = Number(port) + 1;

const BODY = { query: "a", documents: ["b"] };

interface Outcome {
  status?: number;
  servedBy?: string | null;
  requestId?: string | null;
  error?: string;
}

/** What a page gets of a request: its program is run by the debugger, but its requests are the page's. */
function ask(page: Page, path: string, init: object, blob?: string): Promise<Outcome> {
  const body = blob === undefined ? "" : `body: new Blob([${JSON.stringify(blob)}])`;
  return page.evaluate(`fetch(${JSON.stringify(service + path)}, { ...${JSON.stringify(init)}, ${body} }).then(
    ({ status, headers }) => ({ status, servedBy: headers.get("x-rerank-served-by"), requestId: headers.get("x-request-id") }),
    (error) => ({ error: String(error) }))`);
}

/** How many requests for a path had a status, of all until now. */
async function countOf(path: string, status: number): Promise<number> {
  const text = await (await fetch(`${service}/metrics`)).text();
  const line = text
    .split("\n")
    .find((each) => each.includes(`path="${path}"`) && each.includes(`status="${status}"`));
  return Number(line?.split(" ").at(-1) ?? 0);
}

const withKey = {
  method: "POST",
  headers: { "content-type": "application/json", authorization: "Bearer a-key" },
  body: JSON.stringify(BODY),
};

const checks: Record<string, (page: Page) => Promise<void>> = {
  async "the page of a listed origin scores, and reads headers and errors"(page) {
    await page.goto(`http://localhost:${port}`);
    const scored = await ask(page, "/v1/rerank", withKey);
    assert.equal(scored.status, 200);
    assert.equal(scored.servedBy, "edge");
    const refused = await ask(page, "/v1/rerank", { ...withKey, body: "{" });
    assert.equal(refused.status, 400);
    assert.match(refused.requestId ?? "", /./);
    const missing = await ask(page, "/files/nope", { ...withKey, method: "DELETE", body: null });
    assert.equal(missing.status, 404);
  },

  async "a page that sends credentials reads nothing"(page) {
    await page.goto(`http://localhost:${port}`);
    const answer = await ask(page, "/v1/rerank", { ...withKey, credentials: "include" });
    assert.match(answer.error ?? "", /Failed to fetch/);
  },

  async "a page of another site, or of another port of this one, reads and scores nothing"(page) {
    for (const origin of [`http://127.0.0.1:${port}`, `http://localhost:${NEIGHBOUR}`]) {
      await page.goto(origin);
      assert.match((await ask(page, "/v1/rerank", withKey)).error ?? "", /Failed to fetch/);
      const before = {
        scored: await countOf("/v1/rerank", 200),
        refused: await countOf("/v1/rerank", 403),
      };
      const simple = { method: "POST", mode: "no-cors" };
      // It has arrived; what was answered, the page does not even see as opaque.
      const answer = await ask(page, "/v1/rerank", simple, JSON.stringify(BODY));
      assert.match(answer.error ?? "", /Failed to fetch/);
      assert.equal(await countOf("/v1/rerank", 200), before.scored);
      assert.equal(await countOf("/v1/rerank", 403), before.refused + 1);
    }
  },

  async "the page at /docs shows the API under its own policy"(page) {
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(`${service}/docs`);
    await page.getByText("/v1/rerank").first().waitFor({ timeout: 90_000 });
    assert.deepEqual(complaints, []);
  },
};

const servers = [Number(port), NEIGHBOUR].map((each) =>
  createServer((_, response) => {
    response.setHeader("content-type", "text/html").end("<!doctype html><title>a page</title>");
  }).listen(each),
);
await Promise.all(servers.map((server) => once(server, "listening")));
const browser = await chromium.launch({
  executablePath: process.env["CHROMIUM"] || "/usr/bin/chromium",
  // A container's root has no sandbox.
  args: ["--no-sandbox"],
});
try {
  for (const [name, check] of Object.entries(checks)) {
    const page = await browser.newPage();
    await check(page);
    await page.close();
    console.log(`passed: ${name}`);
  }
} finally {
  await browser.close();
  for (const server of servers) server.close();
}
