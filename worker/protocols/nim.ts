/**
 * NVIDIA NIM's ranking: all passages, with logits. Pure.
 *
 * `truncate` is "NONE" unless sent, as there: one passage that does not fit then refuses the request. Scores are always logits.
 * @see https://docs.nvidia.com/nim/nemo-retriever/reranking/latest/using-reranking.html
 */
import * as z from "zod";
import type { NimErrorBody } from "../../sdk/index.ts";
import { expressing } from "./expressing.ts";
import { oneQuery } from "./one-query.ts";
import { rerankTask, type RerankForm } from "./parse-rerank.ts";
import { usageSchema } from "./read-results.ts";
import { extrasOf, queryText } from "./rerank-options.ts";
import { usageOf, type RerankProtocol } from "./rerank-protocol.ts";
import { truncateWord } from "./truncate-word.ts";
import { logitsByIndex, nonsense, type UpstreamProtocol } from "./upstream-protocol.ts";

const fieldsSchema = z.object({ truncate: truncateWord });

export const form: RerankForm<typeof fieldsSchema> = {
  documents: "passages",
  query: z
    .object({ text: queryText }, { error: "must be an object with a string in the field text" })
    .transform(({ text }) => text),
  fields: fieldsSchema,
  settings: ({ truncate }) => ({
    fit: { longDocuments: truncate === "END" ? "truncate" : "refuse" },
  }),
};

export const nim: RerankProtocol = {
  name: "nim",
  parse: rerankTask(form, ({ options, documents }) => ({
    answer: ({ results, tokens }) => ({
      rankings: results.map((result) => ({
        index: result.index,
        logit: result.logit,
        ...extrasOf(result, documents[result.index]!, options),
      })),
      usage: usageOf(tokens),
    }),
  })),
  errorBody: ({ message }): NimErrorBody => ({ error: message }),
};

const answerSchema = z.looseObject({
  rankings: z.array(
    z.looseObject({ index: z.unknown().optional(), logit: z.unknown().optional() }),
  ),
  usage: usageSchema,
});

/** "END" is always sent: without it one passage that does not fit would fail the call. */
export const nimUpstream: UpstreamProtocol = {
  name: "nim",
  path: "/v1/ranking",
  carries: "one-query",
  expresses: expressing(),
  body({ pairs, model }) {
    const { query, documents } = oneQuery(pairs);
    return {
      ...(model !== undefined && { model }),
      query: { text: query },
      passages: documents.map((text) => ({ text })),
      truncate: "END",
    };
  },
  read({ body }, pairs) {
    const answer = answerSchema.safeParse(body);
    if (!answer.success) return nonsense("no list of rankings");
    const { rankings, usage } = answer.data;
    const results = rankings.map(({ index, logit }) => ({ index, score: logit }));
    return logitsByIndex(results, pairs, "logit", usage?.total_tokens ?? null);
  },
};
