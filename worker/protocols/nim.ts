/**
 * NVIDIA NIM's ranking: all passages, with logits. Pure.
 *
 * `truncate` is "NONE" unless sent, as there: one passage that does not fit then refuses the request. Scores are always logits.
 * @see https://docs.nvidia.com/nim/nemo-retriever/reranking/latest/using-reranking.html
 */
import * as z from "zod";
import type { NimErrorBody } from "../../sdk/index.ts";
import { ok } from "../errors.ts";
import { parseRerank, type RerankForm } from "./parse-rerank.ts";
import { extrasOf, queryText } from "./rerank-options.ts";
import { usageOf, type RerankProtocol } from "./rerank-protocol.ts";
import { truncateWord } from "./truncate-word.ts";

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
  parse(body) {
    const parsed = parseRerank(body, form);
    if (!parsed.ok) return parsed;
    const { options, documents, request } = parsed.value;
    return ok({
      options,
      request,
      answer: ({ results, tokens }) => ({
        rankings: results.map((result) => ({
          index: result.index,
          logit: result.logit,
          ...extrasOf(result, documents[result.index]!, options),
        })),
        usage: usageOf(tokens),
      }),
    });
  },
  errorBody: ({ message }): NimErrorBody => ({ error: message }),
};
