// The installed package as CommonJS.
"use strict";
const assert = require("node:assert/strict");
const { isRerankError, RerankClient } = require("@x/rerank-sdk");
const { createRerank } = require("@x/rerank-sdk/ai-sdk");
const { rerank } = require("@x/rerank-sdk/hono");
const { RerankCompressor } = require("@x/rerank-sdk/langchain");
const { RerankPostprocessor } = require("@x/rerank-sdk/llamaindex");
const { LocalRerankClient } = require("@x/rerank-sdk/local");

const documents = ["Venus", "Mars is the red planet"];
const query = "red planet";

async function main() {
  const client = new RerankClient({ baseURL: process.env.SERVICE_URL });
  for (const each of [client, new LocalRerankClient()]) {
    const { results } = await each.rerank({ query, documents });
    assert.deepEqual(
      results.map(({ index }) => index),
      [1, 0],
    );
  }
  // What is loaded when it is used.
  const { uri } = await client.files.upload("pairs.csv", "query,document\nred planet,Mars\n");
  const InputData = { pairs: { JobInputType: "UriFile", Uri: uri } };
  const job = await client.jobs.create({ properties: { InputData } });
  for await (const { row } of client.jobs.results(job)) assert.equal(row, 0);
  for (const each of [createRerank, rerank, RerankCompressor, RerankPostprocessor])
    assert.equal(typeof each, "function");

  // Both forms of the package may be in one process: each knows the other's errors.
  const imported = await import("@x/rerank-sdk");
  const unreachable = new imported.RerankClient({ baseURL: "http://127.0.0.1:1", maxRetries: 0 });
  const error = await unreachable.rerank({ query, documents }).catch((reason) => reason);
  assert.ok(isRerankError(error, "connection"), String(error));
}

main();
