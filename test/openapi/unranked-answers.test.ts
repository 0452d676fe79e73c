import { expect, test } from "vitest";
import { RERANK_OPERATIONS } from "../../worker/openapi/rerank-operations.ts";
import { cohereV2 } from "../../worker/protocols/cohere.ts";
import { unrankedAnswer } from "../../worker/protocols/fail-open.ts";
import { infinity } from "../../worker/protocols/infinity.ts";
import { jina } from "../../worker/protocols/jina.ts";
import { nim } from "../../worker/protocols/nim.ts";
import { pinecone } from "../../worker/protocols/pinecone.ts";
import { rerankV2 } from "../../worker/protocols/rerank.ts";
import type { RerankProtocol } from "../../worker/protocols/rerank-protocol.ts";
import { teiRerank } from "../../worker/protocols/tei-rerank.ts";
import { vllm } from "../../worker/protocols/vllm.ts";
import { voyage } from "../../worker/protocols/voyage.ts";

const PROTOCOLS: Readonly<Record<string, RerankProtocol>> = {
  "/v2/rerank": rerankV2,
  "/cohere/v2/rerank": cohereV2,
  "/jina/v1/rerank": jina,
  "/infinity/rerank": infinity,
  "/vllm/rerank": vllm,
  "/tei/rerank": teiRerank,
  "/v1/ranking": nim,
  "/voyage/v1/rerank": voyage,
  "/pinecone/rerank": pinecone,
};

test.each(Object.entries(PROTOCOLS))("%s: unranked answers are described", (path, protocol) => {
  const { answer, examples } = RERANK_OPERATIONS.find((operation) => operation.path === path)!;
  const context = { id: "an-id", model: "a model", created: 1 };
  const bodies = Object.entries(examples).flatMap(([name, { body }]) =>
    // The example of another protocol that shares the path.
    name === "vllm" && protocol !== vllm ? [] : [body as Record<string, unknown>],
  );
  const { query, ...plain } = bodies[0]!;
  for (const body of [...bodies, { ...plain, queries: [query, query] }]) {
    const parsed = protocol.parse(body);
    if (!parsed.ok) throw new Error(`${path} refuses its example`);
    const unranked = unrankedAnswer(parsed.value, context, "backend_unavailable");
    expect(answer.schema!.schema.parse(unranked)).toEqual(unranked);
  }
});
