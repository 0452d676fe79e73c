/** RerankPostprocessor of our SDK, after a retriever of LlamaIndex. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { BaseNodePostprocessor } from "@llamaindex/core/postprocessor";
import { MockLLM } from "@llamaindex/core/llms/mock";
import { RetrieverQueryEngine } from "@llamaindex/core/query-engine";
import { BaseSynthesizer } from "@llamaindex/core/response-synthesizers";
import { BaseRetriever } from "@llamaindex/core/retriever";
import {
  EngineResponse,
  MetadataMode,
  TextNode,
  type NodeWithScore,
} from "@llamaindex/core/schema";
import { isRerankError } from "../../../sdk/index.ts";
import { RerankPostprocessor, type RerankPostprocessorOptions } from "../../../sdk/llamaindex.ts";
import { checkRanking, DOCUMENTS, QUERY, RIGHT, UNKNOWN_MODEL } from "../example.ts";
import { SERVICE_URL } from "../service.ts";
import { NOWHERE, OVERLOADED, UNAUTHORIZED, withServer } from "./one-answer-server.ts";

const nodes: readonly NodeWithScore[] = DOCUMENTS.map((text, index) => ({
  node: new TextNode({ text, id_: String(index) }),
  score: -1,
}));

const postprocessor = (options: RerankPostprocessorOptions = {}): RerankPostprocessor =>
  new RerankPostprocessor({ baseURL: SERVICE_URL, ...options });

const postprocess = (options?: RerankPostprocessorOptions): Promise<NodeWithScore[]> =>
  postprocessor(options).postprocessNodes([...nodes], QUERY);

const ranked = (results: readonly NodeWithScore[]) =>
  results.map(({ node, score }) => ({ index: Number(node.id_), score: score! }));

class AllNodes extends BaseRetriever {
  constructor() {
    super();
  }
  override _retrieve = async (): Promise<NodeWithScore[]> => [...nodes];
}

/** Answers nothing but the nodes it was given. */
class Sources extends BaseSynthesizer {
  constructor() {
    super({ llm: new MockLLM() });
  }
  override getResponse = async (_: unknown, sources: NodeWithScore[]) =>
    EngineResponse.fromResponse("", false, sources);
  override _getPrompts = () => ({});
  override _updatePrompts = (): void => {};
  override _getPromptModules = () => ({});
}

test("a query engine's retriever, its nodes ranked", async () => {
  const last: BaseNodePostprocessor = postprocessor({ topN: 3 });
  const engine = new RetrieverQueryEngine(new AllNodes(), new Sources(), [last]);
  const { sourceNodes } = await engine.query({ query: QUERY });
  checkRanking(ranked(sourceNodes!), 3);
});

test("copies that share the caller's node; the caller's own keep their score", async () => {
  const [best] = await postprocess();
  assert.equal(best?.node, nodes[RIGHT]?.node);
  assert.ok(nodes.every(({ score }) => score === -1));
});

test("topN, also more than there are nodes; minScore", async () => {
  checkRanking(ranked(await postprocess()));
  checkRanking(ranked(await postprocess({ topN: 2 })), 2);
  checkRanking(ranked(await postprocess({ topN: 50 })));
  const [best] = ranked(await postprocess({ topN: 1 }));
  assert.deepEqual(ranked(await postprocess({ minScore: best!.score })), [best]);
});

test("a message is ranked by its parts of type text", async () => {
  const message = [
    { type: "text" as const, text: QUERY },
    { type: "image_url" as const, image_url: { url: "data:," } },
  ];
  const ofMessage = await postprocessor().postprocessNodes([...nodes], message);
  assert.deepEqual(ranked(ofMessage), ranked(await postprocess()));
});

test("metadataMode: with the metadata, or with the text alone", async () => {
  const withTitle: NodeWithScore[] = [
    { node: new TextNode({ text: "See above.", metadata: { title: DOCUMENTS[RIGHT] }, id_: "0" }) },
    { node: new TextNode({ text: DOCUMENTS[0]!, id_: "1" }) },
  ];
  const scores = async (metadataMode?: MetadataMode) => {
    const results = await postprocessor({ metadataMode }).postprocessNodes(withTitle, QUERY);
    return new Map(results.map(({ node, score }) => [node.id_, score!]));
  };
  const [all, none] = [await scores(), await scores(MetadataMode.NONE)];
  assert.ok(all.get("0")! > all.get("1")!);
  assert.ok(none.get("0")! < all.get("0")!);
  assert.equal(none.get("1"), all.get("1"));
});

test("no nodes: nothing, and no request; no query: an error", async () => {
  const nowhere = postprocessor({ baseURL: NOWHERE });
  assert.deepEqual(await nowhere.postprocessNodes([]), []);
  for (const query of [undefined, " ", [{ type: "image_url" }]])
    await assert.rejects(nowhere.postprocessNodes([...nodes], query), { code: "no_query" });
});

test("errors are ours: unknown model, 401, nobody there", async () => {
  const kindOf = (options: RerankPostprocessorOptions) =>
    postprocess({ maxRetries: 0, ...options }).then(
      () => undefined,
      (error) => isRerankError(error) && error.kind,
    );
  assert.equal(await kindOf({ model: UNKNOWN_MODEL.name }), "invalid_request");
  assert.equal(await kindOf({ baseURL: NOWHERE }), "connection");
  await withServer(UNAUTHORIZED, async (baseURL) => {
    assert.equal(await kindOf({ baseURL }), "authentication");
  });
});

test("failOpen: the first nodes in their own order, with their own scores", async () => {
  await withServer(OVERLOADED, async (baseURL) => {
    const options = { baseURL, maxRetries: 0, failOpen: true, topN: 2 };
    assert.deepEqual(await postprocess(options), nodes.slice(0, 2));
  });
});

test("abort: by the postprocessor's signal", async () => {
  const requests = await withServer("none", async (baseURL, nextRequest) => {
    const ending = new AbortController();
    void nextRequest().then(() => ending.abort());
    await assert.rejects(postprocess({ baseURL, signal: ending.signal }), (error) =>
      isRerankError(error, "aborted"),
    );
  });
  assert.equal(requests, 1);
});
