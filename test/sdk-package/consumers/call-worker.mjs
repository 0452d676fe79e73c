// Calls the bundled Worker with a binding that is the service at SERVICE_URL: node call-worker.mjs BUNDLE
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";

const { default: worker } = await import(pathToFileURL(process.argv[2]).href);
const RERANK = {
  fetch: (url, init) =>
    fetch(url.replace("https://rerank.internal", process.env.SERVICE_URL), init),
};
const request = new Request("https://worker.example.com/?q=red+planet");
const response = await worker.fetch(request, { RERANK });
assert.deepEqual(await response.json(), ["Mars is the red planet", 10]);
