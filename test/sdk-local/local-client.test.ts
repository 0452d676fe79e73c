import { once } from "node:events";
import { createReadStream, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCrossEncoder } from "../../engine/index.ts";
import { rank, sigmoid } from "../../engine/scores.ts";
import { RerankClient } from "../../sdk/index.ts";
import { createLocalClient, LocalRerankClient, type LoadProgress } from "../../sdk/local/index.ts";
import { defaultModel, engineModule } from "../fixtures/engine.ts";
import { packedFolder } from "../fixtures/packed-folder.ts";
import { SMALL_SHAPE, syntheticModel } from "../fixtures/synthetic-model.ts";
import { IRON, LONG, MANY, MODEL } from "./requests.ts";
import { threadWorker } from "./thread-worker.ts";

const small = syntheticModel(SMALL_SHAPE);

describe("a client without a service", () => {
  let client: LocalRerankClient;
  beforeAll(async () => {
    client = await createLocalClient({ model: MODEL });
  });

  test("gives the README's scores, to the last digit", async () => {
    const { results, model, usage, servedBy } = await client.rerank({ ...IRON, topN: 3 });
    expect(results.map(({ index, score }) => [index, score])).toEqual([
      [2, 0.7556784630860265],
      [3, 0.07907878697124478],
      [0, 0.05280563741259183],
    ]);
    expect({ model, usage, servedBy }).toEqual({
      model: "x/rerank-minilm-l6",
      usage: { totalTokens: 72 },
      servedBy: "local",
    });
  });

  test("is a RerankClient, to be passed wherever one is taken", () => {
    expect(client).toBeInstanceOf(RerankClient);
  });

  test("gives the engine's own logits", async () => {
    const encoder = await loadCrossEncoder(engineModule, defaultModel());
    const { query, documents } = LONG;
    const logits = encoder.score(documents.map((document) => [query, document]));
    const { results } = await client.rerank({ ...LONG, rawScores: true });
    expect(results.map(({ index, score }) => [index, score])).toEqual(
      rank(logits).map((index) => [index, logits[index]]),
    );
    const scored = await client.score({
      input_data: documents.map((document) => ({ text: query, text_pair: document })),
    });
    expect(scored.map(({ score }) => score)).toEqual(Array.from(logits, sigmoid));
  });

  test("reads a long document in windows, and says which was best", async () => {
    const cut = await client.rerank({ ...LONG, details: true });
    const read = await client.rerank({ ...LONG, details: true, longDocuments: "max_window" });
    const late = (each: typeof cut) => each.results.find(({ index }) => index === 1)!;
    expect(late(cut)).toMatchObject({ truncated: true });
    expect(late(read)).toMatchObject({ truncated: false });
    expect(late(read).score).toBeGreaterThan(late(cut).score);
    const { start, end } = late(read).window!;
    expect(LONG.documents[1]!.slice(start, end)).toContain("quick brown fox");
  });

  test("ranks several queries as each alone", async () => {
    const { documents } = IRON;
    const queries = [IRON.query, "Which bridge is old?"];
    const { rankings } = await client.rerank({ queries, documents });
    for (const [place, query] of queries.entries()) {
      const alone = await client.rerank({ query, documents });
      expect(rankings[place]!.results).toEqual(alone.results);
    }
  });

  test("ranks in parts as in one", async () => {
    const whole = await client.rerank(IRON);
    const parts = await client.rerankMany(IRON, { maxDocuments: 2 });
    expect(parts.results).toEqual(whole.results);
  });

  test("keeps the order of documents that are the same", async () => {
    const documents = ["Rust.", "Iron rusts in water.", "Rust.", "Rust."];
    const { results } = await client.rerank({ query: "Why does iron rust?", documents });
    expect(results.map(({ index }) => index).filter((index) => index !== 1)).toEqual([0, 2, 3]);
  });

  test("leaves out what scores too little", async () => {
    const { results } = await client.rerank({ ...IRON, minScore: 0.06 });
    expect(results.map(({ index }) => index)).toEqual([2, 3]);
  });

  test("reads half of a surrogate pair as the service does", async () => {
    const [broken, replaced] = await Promise.all(
      ["\ud800 rust", "\ufffd rust"].map((document) =>
        client.rerank({ query: IRON.query, documents: [document] }),
      ),
    );
    expect(broken!.results[0]!.score).toBe(replaced!.results[0]!.score);
  });

  test("says what it is", async () => {
    const info = await client.info();
    expect(info).toMatchObject({ model: "x/rerank-minilm-l6", limits: {}, maxSeqLength: 512 });
    const { data } = await client.models();
    expect(data.map(({ id }) => id)).toEqual(["x/rerank-minilm-l6"]);
  });

  test.each<[string, () => Promise<unknown>, object]>([
    [
      "an empty query",
      () => client.rerank({ ...IRON, query: " " }),
      { code: "invalid_value", param: "query", status: 400 },
    ],
    [
      "another model",
      () => client.rerank({ ...IRON, model: "x/other" }),
      { code: "unknown_model", param: "model", status: 404 },
    ],
    ["what it does not have", () => client.azure.swagger(), { code: "unknown_path", status: 404 }],
  ])("refuses %s as the service does", async (_, call, facts) => {
    await expect(call()).rejects.toMatchObject({
      kind: "invalid_request",
      retryable: false,
      ...facts,
    });
  });

  test("ends calls whose signal is aborted, and goes on with others", async () => {
    const ending = new AbortController();
    const calls = [
      client.rerank(MANY, { signal: ending.signal }),
      client.rerank(MANY, { signal: ending.signal }),
    ];
    const other = client.rerank(IRON);
    setTimeout(() => ending.abort(), 50);
    for (const call of calls) await expect(call).rejects.toMatchObject({ kind: "aborted" });
    expect((await other).results).toHaveLength(4);
  });

  test("lets a short call overtake a long one", async () => {
    const ended: string[] = [];
    await Promise.all([
      client.rerank(MANY).then(() => ended.push("long")),
      client.rerank(IRON).then(() => ended.push("short")),
    ]);
    expect(ended).toEqual(["short", "long"]);
  });
});

describe("a model", () => {
  const folder = packedFolder(small);
  let server: Server;
  let address: string;
  let failures = 0;
  beforeAll(async () => {
    server = createServer(({ url = "" }, response) => {
      if (failures-- > 0) response.writeHead(503).end();
      else if (url.startsWith("/model/"))
        createReadStream(join(folder, url.slice("/model/".length))).pipe(response);
      else response.end("<!doctype html>");
    }).listen(0, "localhost");
    await once(server, "listening");
    address = `http://localhost:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  const request = { query: "some query", documents: ["one text", "another text"] };
  const expected = async (): Promise<unknown> => {
    const encoder = await loadCrossEncoder(engineModule, small);
    const logits = encoder.score(request.documents.map((document) => [request.query, document]));
    return rank(logits).map((index) => ({
      document: request.documents[index],
      index,
      score: sigmoid(logits[index]!),
    }));
  };

  test.each<[string, () => ConstructorParameters<typeof LocalRerankClient>[0]]>([
    ["a folder", () => ({ model: folder })],
    ["the address of a folder", () => ({ model: pathToFileURL(folder) })],
    ["an address that is served", () => ({ model: `${address}/model` })],
    ["a function", () => ({ model: (file) => fetch(`${address}/model/${file}`) })],
    ["read files", () => ({ model: small })],
    ["an engine that was compiled elsewhere", () => ({ model: small, engine: engineModule })],
    ["a worker that is given files", () => ({ model: small, worker: threadWorker })],
    ["a worker that downloads", () => ({ model: `${address}/model/`, worker: threadWorker })],
    ["a worker beside a folder", () => ({ model: folder, worker: threadWorker })],
  ])("may be %s", async (_, options) => {
    const client = await createLocalClient(options());
    const { results } = await client.rerank(request);
    client.close();
    expect(results).toEqual(await expected());
  });

  test("is loaded with the first call, and once", async () => {
    let manifests = 0;
    const client = new LocalRerankClient({
      model: (file) => {
        if (file === "model.json") manifests++;
        return fetch(`${address}/model/${file}`);
      },
    });
    expect(manifests).toBe(0);
    await Promise.all([client.rerank(request), client.rerank(request)]);
    expect(manifests).toBe(1);
  });

  test.each([
    ["here", {}],
    ["in a worker", { worker: threadWorker }],
  ])("reports what has arrived when it is loaded %s", async (_, options) => {
    const seen: LoadProgress[] = [];
    const client = await createLocalClient({
      model: `${address}/model`,
      onProgress: (progress) => seen.push(progress),
      ...options,
    });
    client.close();
    const { loadedBytes, totalBytes } = seen.at(-1)!;
    expect(loadedBytes).toBe(totalBytes);
    expect(totalBytes).toBe(small.weights.length + small.tokenizer.length);
  });

  test("that could not be had is asked for again by the next call", async () => {
    const client = new LocalRerankClient({ model: `${address}/model` });
    failures = 1;
    await expect(client.rerank(request)).rejects.toMatchObject({
      kind: "connection",
      code: "model_unavailable",
      retryable: true,
    });
    expect((await client.rerank(request)).results).toHaveLength(2);
  });

  test.each([
    ["here", {}],
    ["in a worker", { worker: threadWorker }],
  ])("ends loading by its signal %s", async (_, options) => {
    const ending = new AbortController();
    const loading = createLocalClient({
      model: `${address}/model`,
      signal: ending.signal,
      ...options,
    });
    ending.abort();
    await expect(loading).rejects.toMatchObject({ kind: "aborted" });
  });

  const damaged = packedFolder(small);
  const weights = readFileSync(join(damaged, "weights.safetensors"));
  weights[weights.length - 1]! ^= 1;
  writeFileSync(join(damaged, "weights.safetensors"), weights);
  test.each([
    ["a folder that is not there", () => "/nowhere", /cannot be read from \/nowhere/],
    ["an address where a page is", () => `${address}/app/`, /model\.json is not JSON/],
    ["damaged weights", () => damaged, /SHA-256/],
  ])("is refused if it is %s", async (_, model, message) => {
    for (const options of [{}, { worker: threadWorker }])
      await expect(createLocalClient({ model: model(), ...options })).rejects.toMatchObject({
        kind: "invalid_request",
        code: "model_unavailable",
        param: "model",
        message: expect.stringMatching(message) as string,
      });
  });
});

describe("a client", () => {
  const request = { query: "some query", documents: ["one text", "another text"] };

  test("whose worker cannot start says so", async () => {
    const worker = () => threadWorker("throw new Error('no script')");
    await expect(createLocalClient({ model: small, worker })).rejects.toMatchObject({
      code: "worker_failed",
      param: "worker",
    });
  });

  test.each([
    ["in a worker", { worker: threadWorker }],
    ["here", {}],
  ])("that is closed ends what is under way %s, and takes no more", async (_, options) => {
    const client = await createLocalClient({ model: MODEL, ...options });
    const calls = [client.rerank(MANY), client.rerank(MANY)];
    setTimeout(() => client.close(), 50);
    for (const call of calls)
      await expect(call).rejects.toMatchObject({ kind: "aborted", code: "closed" });
    await expect(client.rerank(IRON)).rejects.toMatchObject({ kind: "aborted", code: "closed" });
  });

  test("with a worker refuses requests as this thread does", async () => {
    const client = await createLocalClient({ model: small, worker: threadWorker });
    await expect(client.rerank({ ...request, topN: 0 })).rejects.toMatchObject({
      kind: "invalid_request",
      code: "invalid_value",
      param: "top_n",
    });
    client.close();
  });

  test("with a worker ends a call whose signal is aborted, and goes on with others", async () => {
    const client = await createLocalClient({ model: MODEL, worker: threadWorker });
    const ending = new AbortController();
    const call = client.rerank(MANY, { signal: ending.signal });
    const other = client.rerank(IRON);
    setTimeout(() => ending.abort(), 50);
    await expect(call).rejects.toMatchObject({ kind: "aborted" });
    expect((await other).results).toHaveLength(4);
    client.close();
  });
});
