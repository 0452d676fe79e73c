/**
 * The reranker of Cloudflare's Workers AI, `@cf/baai/bge-reranker-base`: `contexts` in, `response` out, in REST's envelope or,
 * through a binding, bare. Outbound only. Pure.
 *
 * `top_k` is always sent, since it is not documented what its absence means. The model is part of the address, and texts that do
 * not fit are cut as the model's service does it.
 * @see https://developers.cloudflare.com/workers-ai/models/bge-reranker-base/
 */
import * as z from "zod";
import { expressing } from "./expressing.ts";
import { oneQuery } from "./one-query.ts";
import { logitsByIndex, nonsense, type UpstreamProtocol } from "./upstream-protocol.ts";

const bareSchema = z.looseObject({
  response: z.array(z.looseObject({ id: z.unknown().optional(), score: z.unknown().optional() })),
});

const answerSchema = z.union([
  z.looseObject({ result: bareSchema }).transform(({ result }) => result),
  bareSchema,
]);

export const workersAiUpstream: UpstreamProtocol = {
  name: "workers-ai",
  path: "",
  carries: "one-query",
  expresses: expressing(),
  body({ pairs }) {
    const { query, documents } = oneQuery(pairs);
    return { query, contexts: documents.map((text) => ({ text })), top_k: documents.length };
  },
  read({ body }, pairs) {
    const answer = answerSchema.safeParse(body);
    if (!answer.success) return nonsense("no list of results");
    const results = answer.data.response.map(({ id, score }) => ({ index: id, score }));
    return logitsByIndex(results, pairs, "logit", null);
  },
};
