/** Opens the built browser example in Chromium and ranks in it: CHROMIUM=… node open-page.ts FOLDER */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";

const [folder] = process.argv.slice(2) as [string];
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
};

const server = createServer(({ url = "/" }, response) => {
  const path = new URL(url, "http://localhost").pathname.replace(/\/$/, "/index.html");
  const file = join(folder, path);
  if (!existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  const type = TYPES[extname(file)] ?? "application/octet-stream";
  response.writeHead(200, { "content-type": type, "content-length": statSync(file).size });
  createReadStream(file).pipe(response);
});
server.listen(0);
await once(server, "listening");

const browser = await chromium.launch({
  ...(process.env["CHROMIUM"] && { executablePath: process.env["CHROMIUM"] }),
  args: ["--no-sandbox"],
});
try {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on("pageerror", ({ message }) => problems.push(message));
  const workerStarts = page.waitForEvent("worker");
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  await page.getByRole("button", { name: "Rank" }).click();
  await workerStarts;
  const [best, ...others] = await page
    .getByRole("listitem")
    .or(page.getByRole("alert").filter({ hasText: /\w/ }))
    .first()
    .waitFor()
    .then(() => page.locator("li, [role=alert]:not(:empty)").allTextContents());
  assert.match(best ?? "", /^0\.\d{3} Mars/);
  assert.equal(others.length, 2);
  assert.deepEqual(problems, []);
} finally {
  await browser.close();
  server.close();
}
