/** What the rerank routes answer. */
import * as z from "zod";
import type {
  CohereMeta,
  RerankManyResponseBody,
  RerankResponseBody,
  RerankResult,
  RerankResultExtras,
} from "../../sdk/index.ts";
import type { NamedSchema } from "./json-schema.ts";

const count = z.int().min(0);
const index = count.describe("Place in the request's documents, from 0.");
const score = z.number().describe("In [0, 1]; any finite number with raw_scores.");
const text = z.string();

export const usage = z.strictObject({ prompt_tokens: count, total_tokens: count });

/** Each only if the request asked for it. */
const extras = {
  id: z.unknown().optional(),
  metadata: z.unknown().optional(),
  tokens: count.exactOptional(),
  truncated: z.boolean().exactOptional(),
  query_tokens_cut: count.exactOptional(),
  document_tokens_cut: count.exactOptional(),
  window: z.strictObject({ start: count, end: count }).exactOptional(),
};
z.strictObject(extras) satisfies z.ZodType<RerankResultExtras>;

const anyDocument = z.looseObject({ text: text.exactOptional() });

const cohereResult = z.strictObject({
  index,
  relevance_score: score,
  document: anyDocument.exactOptional(),
  ...extras,
}) satisfies z.ZodType<RerankResult>;

const cohereMeta = z.strictObject({
  api_version: z.strictObject({ version: z.string() }),
  billed_units: z.strictObject({ search_units: count }),
  tokens: z.strictObject({ input_tokens: count }),
  warnings: z.array(z.string()).exactOptional(),
}) satisfies z.ZodType<CohereMeta>;

const cut = z.strictObject({ index, query_tokens_cut: count, document_tokens_cut: count });

export const rerankAnswer = rankings(
  "RerankAnswer",
  z.strictObject({
    id: z.string(),
    model: z.string(),
    results: z.array(cohereResult),
    usage,
    meta: cohereMeta.extend({ truncated: z.array(cut).exactOptional() }),
  }) satisfies z.ZodType<RerankResponseBody>,
);

export const cohereAnswer = rankings(
  "CohereRerankAnswer",
  z.strictObject({ id: z.string(), results: z.array(cohereResult), meta: cohereMeta }),
);

export const jinaAnswer = rankings(
  "JinaRerankAnswer",
  z.strictObject({
    model: z.string(),
    object: z.literal("list"),
    usage,
    results: z.array(cohereResult),
  }),
);

export const infinityAnswer = rankings(
  "InfinityRerankAnswer",
  z.strictObject({
    object: z.literal("rerank"),
    results: z.array(
      z.strictObject({ relevance_score: score, index, document: text.exactOptional(), ...extras }),
    ),
    model: z.string(),
    usage,
    id: z.string(),
    created: count,
  }),
);

export const vllmAnswer = rankings(
  "VllmRerankAnswer",
  z.strictObject({
    id: z.string(),
    model: z.string(),
    usage,
    results: z.array(
      z.strictObject({
        index,
        document: z.strictObject({ text, multi_modal: z.null() }),
        relevance_score: score,
        ...extras,
      }),
    ),
  }),
);

export const teiAnswer = rankings(
  "TeiRerankAnswer",
  z.array(z.strictObject({ index, score, text: text.exactOptional(), ...extras })),
);

export const nimAnswer = rankings(
  "NimRankingAnswer",
  z.strictObject({
    rankings: z.array(z.strictObject({ index, logit: z.number(), ...extras })),
    usage,
  }),
);

export const voyageAnswer = rankings(
  "VoyageRerankAnswer",
  z.strictObject({
    object: z.literal("list"),
    data: z.array(
      z.strictObject({ index, relevance_score: score, document: text.exactOptional(), ...extras }),
    ),
    model: z.string(),
    usage: z.strictObject({ total_tokens: count }),
  }),
);

export const pineconeAnswer = rankings(
  "PineconeRerankAnswer",
  z.strictObject({
    model: z.string(),
    data: z.array(
      z.strictObject({ index, score, document: anyDocument.exactOptional(), ...extras }),
    ),
    usage: z.strictObject({ rerank_units: count }),
  }),
);

/** A protocol's answer to one query, or to a list of them. */
function rankings<T extends z.ZodType>(name: string, answer: T): NamedSchema {
  const many = z.strictObject({ object: z.literal("list"), data: z.array(answer), usage });
  many satisfies z.ZodType<RerankManyResponseBody<z.output<T>>>;
  return { name, schema: z.union([answer, many]) };
}
