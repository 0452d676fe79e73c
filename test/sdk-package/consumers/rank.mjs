// The installed package as ECMAScript modules: Node, Deno and Bun run it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { isRerankError, RerankClient } from "@x/rerank-sdk";
import { createRerank } from "@x/rerank-sdk/ai-sdk";
import { rerank } from "@x/rerank-sdk/hono";
import { RerankCompressor } from "@x/rerank-sdk/langchain";
import { RerankPostprocessor } from "@x/rerank-sdk/llamaindex";
import { LocalRerankClient } from "@x/rerank-sdk/local";

const documents = ["Venus", "Mars is the red planet"];
const query = "red planet";

const client = new RerankClient({ baseURL: process.env.SERVICE_URL });
const local = new LocalRerankClient();
for (const each of [client, local]) {
  const { results } = await each.rerank({ query, documents });
  assert.deepEqual(
    results.map(({ index }) => index),
    [1, 0],
  );
}
local.close();

// What is loaded when it is used.
const { uri } = await client.files.upload("pairs.csv", "query,document\nred planet,Mars\n");
const InputData = { pairs: { JobInputType: "UriFile", Uri: uri } };
const job = await client.jobs.create({ properties: { InputData } });
const events = client.jobs.events(job);
let event = await events.next();
while (!event.done) event = await events.next();
assert.equal(event.value.properties.status, "Completed");
const rows = [];
for await (const { row, prediction } of client.jobs.results(job)) rows.push([row, prediction]);
assert.deepEqual(rows, [[0, "LABEL_0"]]);

const compressor = new RerankCompressor({ client });
const pages = documents.map((pageContent) => ({ pageContent, metadata: {} }));
assert.equal((await compressor.compressDocuments(pages, query))[0].pageContent, documents[1]);

const postprocessor = new RerankPostprocessor({ client, topN: 1 });
const nodes = documents.map((text) => ({ node: { getContent: () => text } }));
assert.deepEqual((await postprocessor.postprocessNodes(nodes, query))[0].node, nodes[1].node);

const model = createRerank({ client }).rerankingModel();
const { ranking } = await model.doRerank({ query, documents: { type: "text", values: documents } });
assert.equal(ranking[0].index, 1);

assert.equal(typeof rerank(), "function");

const unreachable = new RerankClient({ baseURL: "http://127.0.0.1:1", maxRetries: 0 });
const error = await unreachable.rerank({ query, documents }).catch((reason) => reason);
assert.ok(isRerankError(error, "connection"), String(error));

const engine = readFileSync(new URL(import.meta.resolve("@x/rerank-sdk/engine.wasm")));
assert.ok(WebAssembly.validate(engine));
