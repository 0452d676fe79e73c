/**
 * The playground in Chromium against a running service: `node test/playground/browser.ts http://localhost:8787 [folder for screenshots]`.
 * Run by `.ci/playground`. Ends with an error at the first promise that does not hold.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { PROTOCOLS } from "../../playground/protocols.ts";

const [service = "http://localhost:8787", screenshots] = process.argv.slice(2);

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What a person could use the page with. */
const VIEWS = {
  light: { colorScheme: "light", viewport: { width: 1280, height: 1180 } },
  dark: { colorScheme: "dark", viewport: { width: 1280, height: 1180 } },
  phone: { colorScheme: "light", viewport: { width: 360, height: 780 } },
} as const;

/** Ranking loads the model on a machine that may be slow. */
const PATIENCE_MS = 90_000;

/** The text of an element that is there once. */
const text = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).textContent()) ?? "";

async function openPage(browser: Browser, view: keyof typeof VIEWS): Promise<[Page, string[]]> {
  const page = await browser.newPage(VIEWS[view]);
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(`${service}/playground`);
  return [page, complaints];
}

async function rank(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Rank", exact: true }).click();
  await page.locator("#facts").waitFor();
}

async function assertAccessible(page: Page): Promise<void> {
  // Evaluated by the debugger, which no policy of the page forbids.
  await page.evaluate(AXE);
  const violations = (await page.evaluate(
    `axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => html) })))`,
  )) as { impact: string }[];
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(serious, []);
  if (violations.length > 0) console.log("axe, not serious:", JSON.stringify(violations));
}

async function assertNoSideScrolling(page: Page): Promise<void> {
  const { page: width, window } = (await page.evaluate(
    "({ page: document.documentElement.scrollWidth, window: innerWidth })",
  )) as { page: number; window: number };
  assert.ok(width <= window, `the page is ${width} px wide in a window of ${window} px`);
}

async function dropFile(page: Page, name: string, content: string): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    `(() => { const data = new DataTransfer(); data.items.add(new File([${JSON.stringify(content)}], ${JSON.stringify(name)})); return data; })()`,
  );
  await page.dispatchEvent("#drop", "drop", { dataTransfer });
}

const checks: Record<string, (browser: Browser) => Promise<void>> = {
  async "is painted without waiting for the service"(browser) {
    const page = await browser.newPage();
    const requests: string[] = [];
    page.on("request", (request) => requests.push(new URL(request.url()).pathname));
    const answer = await page.goto(`${service}/playground`, { waitUntil: "networkidle" });
    const policy = answer!.headers()["content-security-policy"] ?? "";
    assert.match(policy, /script-src 'self'; style-src 'self'/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.ok(
      requests.every((path) => path.startsWith("/playground")),
      `requests: ${requests.join(", ")}`,
    );
    const paint = await page.evaluate(
      `new Promise((resolve) => new PerformanceObserver((list) => {
        for (const { name, startTime } of list.getEntries()) if (name === "first-contentful-paint") resolve(startTime);
      }).observe({ type: "paint", buffered: true }))`,
    );
    console.log(`first contentful paint after ${Math.round(paint as number)} ms`);
  },

  async "ranks a sample, says how far documents moved and who served it"(browser) {
    const [page, complaints] = await openPage(browser, "light");
    await rank(page);
    assert.equal(await page.locator("#before li").count(), 8);
    assert.equal(await page.locator("#after li").count(), 8);
    const best = await text(page, "#after li:first-child");
    assert.match(best, /up 3 places.*Leftover rice keeps for three to four days/s);
    assert.match(await text(page, "#facts"), /Served byedge.*Tokens read\d+/s);
    assert.match(await text(page, "#status"), /^8 documents ranked in /);
    assert.deepEqual(complaints, []);
  },

  async "marks the document that was cut"(browser) {
    const [page] = await openPage(browser, "light");
    await page.getByRole("button", { name: "Long document" }).click();
    await rank(page);
    assert.equal(await page.locator("#after .cut").count(), 1);
    const item = page.locator("#after li", { has: page.locator(".cut") });
    assert.match((await item.textContent()) ?? "", /Office handbook/);
    await item.getByRole("button", { name: "More" }).click();
    assert.match((await item.textContent()) ?? "", /do not enter the kitchens/);
  },

  async "shows the bodies of the chosen protocol"(browser) {
    const [page, complaints] = await openPage(browser, "light");
    await rank(page);
    const order = await page.locator("#after .text").allTextContents();
    await page.getByLabel("Protocol").selectOption("azure-ml");
    await page.getByRole("tab", { name: "Request", exact: true }).click();
    assert.match(await text(page, "#code"), /"input_data": \[\s+\{\s+"text": "How long/);
    await page.keyboard.press("ArrowRight");
    await page.locator("#code", { hasText: '"label": "LABEL_0"' }).waitFor();
    assert.deepEqual(await page.locator("#after .text").allTextContents(), order);
    assert.deepEqual(complaints, []);
  },

  async "takes a file that is dropped, and names the line that is wrong"(browser) {
    const [page, complaints] = await openPage(browser, "light");
    await dropFile(page, "two.csv", 'id,text\n1,"Iron, when wet,\nrusts."\n2,Gold does not.\n');
    await page.locator("#format", { hasText: "2 documents, CSV" }).waitFor();
    await page.getByLabel("Query").fill("What rusts?");
    await page.keyboard.press("Control+Enter");
    await page.locator("#facts").waitFor();
    assert.match(await text(page, "#after li:first-child"), /Iron, when wet,\nrusts\./);
    await dropFile(page, "bad.json", '[\n  "one",\n  2\n]');
    await page.locator("#format", { hasText: /^Line 3: expected a string/ }).waitFor();
    await page.getByRole("button", { name: "Rank", exact: true }).click();
    assert.match(await text(page, "#failure"), /nothing to rank yet.*Line 3/s);
    assert.deepEqual(complaints, []);
  },

  async "says what is wrong as a person can read it"(browser) {
    const [page, complaints] = await openPage(browser, "light");
    await page.getByLabel("Query").fill("why ".repeat(3000));
    await page.getByRole("button", { name: "Rank", exact: true }).click();
    await page.locator("#failure").waitFor();
    const failure = await text(page, "#failure");
    assert.match(failure, /That is too much at once.*10,?000.*status 413 · over_limit · request /s);
    // The browser itself notes each answer of 400 and above.
    assert.deepEqual(
      complaints.filter((complaint) => !complaint.includes("status of 413")),
      [],
    );
    await assertAccessible(page);
  },

  async "shows that long work goes on, and lets it be cancelled"(browser) {
    const [page, complaints] = await openPage(browser, "light");
    // Is never answered.
    await page.route("**/v1/rerank", () => undefined);
    await page.getByRole("button", { name: "Rank", exact: true }).click();
    await page.getByRole("progressbar", { name: "Ranking" }).waitFor();
    await page.locator("#status", { hasText: "Still ranking 8 documents." }).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.locator("#status", { hasText: "Cancelled." }).waitFor();
    assert.deepEqual(complaints, []);
  },

  async "speaks every protocol, to the same order"(browser) {
    const [page, complaints] = await openPage(browser, "light");
    await rank(page);
    const order = await page.locator("#after .text").allTextContents();
    await page.getByRole("tab", { name: "Answer", exact: true }).click();
    for (const { id, name } of PROTOCOLS.slice(1)) {
      await page.getByLabel("Protocol").selectOption(id);
      await page.locator("#caption", { hasText: `${name}: status 200` }).waitFor();
      assert.deepEqual(await page.locator("#after .text").allTextContents(), order, name);
    }
    assert.deepEqual(complaints, []);
  },

  async "is accessible, in light, in dark and on a phone"(browser) {
    for (const view of ["light", "dark", "phone"] as const) {
      const [page, complaints] = await openPage(browser, view);
      await assertAccessible(page);
      await rank(page);
      await assertAccessible(page);
      await assertNoSideScrolling(page);
      assert.deepEqual(complaints, []);
      if (screenshots === undefined) continue;
      await page.mouse.move(0, 0);
      await page.screenshot({ path: join(screenshots, `playground-${view}.png`) });
    }
  },
};

const browser = await chromium.launch({
  executablePath: process.env["CHROMIUM"] || "/usr/bin/chromium",
  // A container's root has no sandbox.
  args: ["--no-sandbox"],
});
try {
  for (const [name, check] of Object.entries(checks)) {
    await check(browser);
    console.log(`passed: the playground ${name}`);
  }
} finally {
  await browser.close();
}
