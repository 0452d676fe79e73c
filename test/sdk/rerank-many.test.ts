import { RerankClient } from "../../sdk/index.ts";
import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import type { RerankProgress } from "../../sdk/index.ts";
import { failure, hanging, ranking, reply, stubService, type Reply } from "./stub-service.ts";

/** Seeded, with scores that are often equal. */
function corpus(length: number): string[] {
  let seed = 7;
  const next = (): number => (seed = (seed * 48_271) % 2_147_483_647);
  return Array.from({ length }, () => `document 0.${next() % 50}`);
}

/** Settled after some turns of the event loop, so that parts overtake one another. */
const slowly =
  (answer: Reply): Reply =>
  async (sent) => {
    const turns = sent.body.documents.length % 7;
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
    return answer(sent);
  };

async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of iterable) items.push(item);
  return items;
}

test.each([1, 2, 3, 10, 99, 100])(
  "parts of %i documents merge into what one call answers, equal scores included",
  async (maxDocuments) => {
    const { client } = stubService(slowly(ranking));
    const params = { query: "q", documents: corpus(100), minScore: 0.1, topN: 60 };
    const { results } = await client.rerank(params);
    expect((await client.rerankMany(params, { maxDocuments })).results).toEqual(results);
  },
);

test("a request has by default at most 500 documents, and 16,384 tokens at three bytes each", async () => {
  const { client, sent } = stubService(ranking);
  await client.rerankMany({ query: "q", documents: corpus(1_000) });
  await client.rerankMany({
    query: "q",
    documents: Array.from({ length: 4 }, () => "a".repeat(15_000)),
  });
  expect(sent.map(({ body }) => body.documents.length)).toEqual([500, 500, 3, 1]);
});

test("of each part all results are asked for, and what is cut is cut after the merge", async () => {
  const { client, sent } = stubService(ranking);
  const documents = ["0.1", "0.2", "0.9", "0.8"];
  const params = { query: "q", documents, topN: 3, minScore: 0.2 };
  const call = client.rerankMany(params, { maxDocuments: 2 });
  const parts = await all(call);
  expect((await call).results.map(({ index }) => index)).toEqual([2, 3, 1]);
  expect(parts.flatMap(({ results }) => results)).toHaveLength(4);
  for (const { body } of sent) expect(Object.keys(body).toSorted()).toEqual(["documents", "query"]);
});

test("with rawScores, minScore is of the logit's sigmoid", async () => {
  const results = [3, 0.1, -0.1].map((relevance_score, index) => ({ index, relevance_score }));
  const { client } = stubService(reply(200, { results }));
  const params = { query: "q", documents: ["a", "b", "c"], rawScores: true, minScore: 0.5 };
  expect((await client.rerankMany(params)).results.map(({ index }) => index)).toEqual([0, 1]);
});

test("parts come as they are answered, with their documents' places in the whole list", async () => {
  const gates: (() => void)[] = [];
  const gated: Reply = async (sent) => {
    await new Promise<void>((resolve) => gates.push(resolve));
    return ranking(sent);
  };
  const { client } = stubService(gated);
  const documents = ["0.1", "0.2", "0.3", "0.4"];
  const call = client.rerankMany({ query: "q", documents }, { maxDocuments: 2 });
  const parts = call[Symbol.asyncIterator]();
  const first = parts.next();
  while (gates.length < 2) await new Promise((resolve) => setImmediate(resolve));
  gates[1]!();
  expect((await first).value).toMatchObject({
    done: 2,
    total: 4,
    results: [
      { index: 3, document: "0.4" },
      { index: 2, document: "0.3" },
    ],
  });
  gates[0]!();
  expect((await parts.next()).value).toMatchObject({
    done: 4,
    results: [{ index: 1 }, { index: 0 }],
  });
  expect(await parts.next()).toEqual({ done: true, value: undefined });
});

test("who comes late, or a second time, gets all parts and makes no second call", async () => {
  const { client, sent } = stubService(ranking);
  const call = client.rerankMany({ query: "q", documents: corpus(6) }, { maxDocuments: 2 });
  await call;
  expect(await all(call)).toHaveLength(3);
  expect(await all(call)).toHaveLength(3);
  expect(sent).toHaveLength(3);
});

test("usage is the sum, and the requests' ids are in the order of the documents", async () => {
  const { client } = stubService((sent) => {
    const id = `of ${sent.body.documents[0]}`;
    const results = [{ index: 0, relevance_score: 0.5 }];
    const body = { model: "m", results, usage: { total_tokens: 5 } };
    return slowly(reply(200, body, { "x-request-id": id }))(sent);
  });
  const params = { query: "q", documents: ["a", "b", "c"] };
  expect(await client.rerankMany(params, { maxDocuments: 1 })).toMatchObject({
    model: "m",
    usage: { totalTokens: 15 },
    requestIds: ["of a", "of b", "of c"],
  });
});

test.each([
  [undefined, 4],
  [2, 2],
  [100, 12],
])("of 12 parts with concurrency %s at most %i are under way", async (concurrency, most) => {
  let [open, seen] = [0, 0];
  const { client } = stubService(async (sent) => {
    seen = Math.max(seen, ++open);
    await new Promise((resolve) => setImmediate(resolve));
    open--;
    return ranking(sent);
  });
  await client.rerankMany({ query: "q", documents: corpus(12) }, { maxDocuments: 1, concurrency });
  expect(seen).toBe(most);
});

test("progress counts documents up to all of them", async () => {
  const { client } = stubService(ranking);
  const seen: RerankProgress[] = [];
  const onProgress = (progress: RerankProgress) => void seen.push(progress);
  const options = { maxDocuments: 4, concurrency: 1, onProgress };
  await client.rerankMany({ query: "q", documents: corpus(10) }, options);
  expect(seen).toEqual([4, 8, 10].map((done) => ({ done, total: 10 })));
});

test("no documents are a ranking of none, and no part", async () => {
  const { client, sent } = stubService(ranking);
  const call = client.rerankMany({ query: "q", documents: [] as string[] });
  expect(await call).toMatchObject({ reranked: true, results: [], requestIds: [] });
  expect([await all(call), sent]).toEqual([[], []]);
});

test.each([
  { maxDocuments: 0 },
  { maxDocuments: 1_001 },
  { maxDocuments: 1.5 },
  { concurrency: 0 },
  { concurrency: NaN },
])("%j is refused, with the range that is allowed", async (options) => {
  const { client } = stubService(ranking);
  const error = await failure(client.rerankMany({ query: "q", documents: ["a"] }, options));
  expect(error).toMatchObject({ kind: "invalid_request", param: Object.keys(options)[0] });
  expect(error.message).toContain("from 1 to");
});

test("a document without a text is an error before the first call", async () => {
  const { client, sent } = stubService(ranking);
  const documents = [...corpus(20), {} as { text: string }];
  const error = await failure(client.rerankMany({ query: "q", documents }, { maxDocuments: 2 }));
  expect(error).toMatchObject({ code: "no_text", param: "documents[20]" });
  expect(sent).toEqual([]);
});

/** Fails for the part that begins with document 4, and hangs for all others. */
const failingAt4: Reply = (sent) =>
  sent.body.documents[0] === "4"
    ? reply(422, { code: "c", message: "documents[1] is too long.", param: "documents[1].text" })(
        sent,
      )
    : hanging(sent);

const SIX = ["0", "1", "2", "3", "4", "5"];

test("the first failure ends the other calls, and names the document by its place in the whole list", async () => {
  const { client, sent } = stubService(failingAt4);
  const error = await failure(
    client.rerankMany({ query: "q", documents: SIX }, { maxDocuments: 2 }),
  );
  expect(error).toMatchObject({ status: 422, code: "c", param: "documents[5].text" });
  expect(error.message).toBe("422: documents[5] is too long.");
  expect(sent.map(({ signal }) => signal.aborted)).toEqual([true, true, true]);
});

test("after a failure no further part is sent", async () => {
  const { client, sent } = stubService(reply(400));
  const options = { maxDocuments: 1, concurrency: 2 };
  await failure(client.rerankMany({ query: "q", documents: corpus(50) }, options));
  expect(sent.length).toBeLessThanOrEqual(2);
});

test("a failure with failOpen gives the whole list in its order, to the loop as its last part", async () => {
  const { client } = stubService([ranking, reply(500)], { maxRetries: 0 });
  const params = { query: "q", documents: SIX, topN: 5, failOpen: true };
  const call = client.rerankMany(params, { maxDocuments: 3, concurrency: 1 });
  expect((await all(call)).map(({ reranked }) => reranked)).toEqual([true, false]);
  expect(await call).toMatchObject({ reranked: false, error: { status: 500 } });
  expect((await call).results.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
});

test("a signal ends all of it, and its reason is the cause", async () => {
  const { client, sent } = stubService(hanging);
  const controller = new AbortController();
  const { signal } = controller;
  const call = client.rerankMany({ query: "q", documents: SIX }, { maxDocuments: 2, signal });
  await new Promise((resolve) => setImmediate(resolve));
  controller.abort("no longer");
  expect(await failure(call)).toMatchObject({ kind: "aborted", cause: "no longer" });
  expect(sent.map((each) => each.signal.aborted)).toEqual([true, true, true]);
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("leaving the loop early ends the calls that are under way", async () => {
  const { client, sent } = stubService([ranking, hanging]);
  const call = client.rerankMany({ query: "q", documents: SIX }, { maxDocuments: 2 });
  for await (const part of call) {
    expect(part.results).toHaveLength(2);
    break;
  }
  expect(await failure(call)).toMatchObject({ kind: "aborted" });
  expect(sent.slice(1).map(({ signal }) => signal.aborted)).toEqual([true, true]);
});

test("a failure reaches the loop after the parts that there were, and the promise as well", async () => {
  const { client } = stubService([ranking, reply(400)]);
  const options = { maxDocuments: 3, concurrency: 1 };
  const call = client.rerankMany({ query: "q", documents: SIX }, options);
  const seen: number[] = [];
  const loop = (async () => {
    for await (const { done } of call) seen.push(done);
  })();
  expect(await failure(loop)).toMatchObject({ status: 400 });
  expect(await failure(call)).toMatchObject({ status: 400 });
  expect(seen).toEqual([3]);
});

const someTurns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test.each(["promise", "loop", "slow loop"])(
  "a failure that only the %s sees is not unhandled",
  async (who) => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => void unhandled.push(reason);
    process.on("unhandledRejection", listen);
    const { client } = stubService([ranking, reply(400), reply(400), hanging]);
    const call = client.rerankMany({ query: "q", documents: corpus(9) }, { maxDocuments: 1 });
    const loop = async (): Promise<void> => {
      for await (const _ of call) if (who === "slow loop") await someTurns();
    };
    expect(await failure(who === "promise" ? call : loop())).toMatchObject({ status: 400 });
    await someTurns();
    process.off("unhandledRejection", listen);
    expect(unhandled).toEqual([]);
  },
);

test("an error of onProgress is the caller's own, and ends the calls", async () => {
  const { client, sent } = stubService([ranking, hanging]);
  const own = new RangeError("own");
  const onProgress = () => {
    throw own;
  };
  const options = { maxDocuments: 2, onProgress };
  expect(await failure(client.rerankMany({ query: "q", documents: SIX }, options))).toBe(own);
  expect(sent[1]!.signal.aborted).toBe(true);
});

const servedBy =
  (server: string, model = "m"): Reply =>
  ({ body }) =>
    Response.json(
      {
        model,
        results: body.documents.map((_: string, index: number) => ({ index, relevance_score: 0 })),
      },
      { headers: { "x-rerank-served-by": server } },
    );

test("a part that another has ranked than the first is ranked again where the first was", async () => {
  const replies = [servedBy("backend"), servedBy("edge"), servedBy("backend")];
  const { client, sent } = stubService(replies);
  const options = { maxDocuments: 3, concurrency: 1 };
  const answer = await client.rerankMany({ query: "q", documents: SIX }, options);
  expect([answer.servedBy, answer.results.length]).toEqual(["backend", 6]);
  expect(sent.map(({ headers }) => headers.get("x-rerank-route"))).toEqual([null, null, "backend"]);
});

test("scores of two models are not merged", async () => {
  const { client } = stubService([servedBy("edge", "a"), servedBy("edge", "b")]);
  const call = client.rerankMany(
    { query: "q", documents: SIX },
    { maxDocuments: 3, concurrency: 1 },
  );
  expect(await failure(call)).toMatchObject({ kind: "server", code: "mixed_scores" });
});

test("a service that leaves documents out is refused, as its ranking would lack them without a word", async () => {
  const { client } = stubService(reply(200, { results: [{ index: 0, relevance_score: 1 }] }));
  const call = client.rerankMany({ query: "q", documents: SIX });
  expect(await failure(call)).toMatchObject({ kind: "server", code: "invalid_response" });
});

test.each([{ topN: 0 }, { topN: 1.5 }, { minScore: 2 }, { minScore: -0.1 }])(
  "what rerank() would have refused is refused: %o",
  async (options) => {
    const calls: string[] = [];
    const client = new RerankClient({
      baseURL: "http://service",
      fetch: async (url) => {
        calls.push(url);
        return new Response();
      },
    });
    const call = client.rerankMany({ query: "q", documents: ["a"], ...options });
    await expect(call).rejects.toMatchObject({ kind: "invalid_request", code: "invalid_option" });
    expect(calls).toEqual([]);
  },
);
