/** What the rerank routes answer. */
import * as z from "zod";
import type {
  CohereMeta,
  RerankManyResponseBody,
  RerankResponseBody,
  RerankResult,
  RerankResultExtras,
  UnrankedExtras,
  UnrankedResponseBody,
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

const unrankedExtras = {
  reranked: z.literal(false),
  reason: z.string().describe("Code of the error that stands for it."),
};
z.strictObject(unrankedExtras) satisfies z.ZodType<UnrankedExtras>;

const unrankedCohereResult = z.strictObject({
  index,
  document: anyDocument.exactOptional(),
  ...extras,
});

const cohereResult = unrankedCohereResult.extend({
  relevance_score: score,
}) satisfies z.ZodType<RerankResult>;

const cohereMeta = z.strictObject({
  api_version: z.strictObject({ version: z.string() }),
  billed_units: z.strictObject({ search_units: count }),
  tokens: z.strictObject({ input_tokens: count }),
  warnings: z.array(z.string()).exactOptional(),
}) satisfies z.ZodType<CohereMeta>;

const cut = z.strictObject({ index, query_tokens_cut: count, document_tokens_cut: count });

const rerankShape = <Result extends z.ZodType>(result: Result) =>
  z.strictObject({
    id: z.string(),
    model: z.string(),
    results: z.array(result),
    usage,
    meta: cohereMeta.extend({ truncated: z.array(cut).exactOptional() }),
  });
rerankShape(cohereResult) satisfies z.ZodType<RerankResponseBody>;
rerankShape(unrankedCohereResult).extend(unrankedExtras) satisfies z.ZodType<UnrankedResponseBody>;

export const rerankAnswer = rankings(
  "RerankAnswer",
  { ranked: cohereResult, unranked: unrankedCohereResult },
  rerankShape,
);

export const cohereAnswer = rankings(
  "CohereRerankAnswer",
  { ranked: cohereResult, unranked: unrankedCohereResult },
  (result) => z.strictObject({ id: z.string(), results: z.array(result), meta: cohereMeta }),
);

export const jinaAnswer = rankings(
  "JinaRerankAnswer",
  { ranked: cohereResult, unranked: unrankedCohereResult },
  (result) =>
    z.strictObject({
      model: z.string(),
      object: z.literal("list"),
      usage,
      results: z.array(result),
    }),
);

export const infinityAnswer = rankings(
  "InfinityRerankAnswer",
  resultsOf({ index, document: text.exactOptional(), ...extras }, { relevance_score: score }),
  (result) =>
    z.strictObject({
      object: z.literal("rerank"),
      results: z.array(result),
      model: z.string(),
      usage,
      id: z.string(),
      created: count,
    }),
);

export const vllmAnswer = rankings(
  "VllmRerankAnswer",
  resultsOf(
    { index, document: z.strictObject({ text, multi_modal: z.null() }), ...extras },
    { relevance_score: score },
  ),
  (result) =>
    z.strictObject({ id: z.string(), model: z.string(), usage, results: z.array(result) }),
);

const teiResults = resultsOf({ index, text: text.exactOptional(), ...extras }, { score });

/** A bare list, which has no place for more than the results. */
export const teiAnswer: NamedSchema = {
  name: "TeiRerankAnswer",
  schema: z.union([
    z.array(teiResults.ranked),
    z.array(teiResults.unranked),
    many(z.array(teiResults.ranked)),
    many(z.array(teiResults.unranked)).extend(unrankedExtras),
  ]),
};

export const nimAnswer = rankings(
  "NimRankingAnswer",
  resultsOf({ index, ...extras }, { logit: z.number() }),
  (result) => z.strictObject({ rankings: z.array(result), usage }),
);

export const voyageAnswer = rankings(
  "VoyageRerankAnswer",
  resultsOf({ index, document: text.exactOptional(), ...extras }, { relevance_score: score }),
  (result) =>
    z.strictObject({
      object: z.literal("list"),
      data: z.array(result),
      model: z.string(),
      usage: z.strictObject({ total_tokens: count }),
    }),
);

export const pineconeAnswer = rankings(
  "PineconeRerankAnswer",
  resultsOf({ index, document: anyDocument.exactOptional(), ...extras }, { score }),
  (result) =>
    z.strictObject({
      model: z.string(),
      data: z.array(result),
      usage: z.strictObject({ rerank_units: count }),
    }),
);

/** A protocol's result with its score, and without one, as in an answer that nobody ranked. */
interface Results {
  ranked: z.ZodObject;
  unranked: z.ZodObject;
}

function resultsOf(shape: z.core.$ZodShape, scores: z.core.$ZodShape): Results {
  return { ranked: z.strictObject({ ...shape, ...scores }), unranked: z.strictObject(shape) };
}

/**
 * A protocol's answer to one query, or to a list of them; either may be unranked.
 * @param answerOf - The answer with such results.
 */
function rankings(
  name: string,
  { ranked, unranked }: Results,
  answerOf: (result: z.ZodObject) => z.ZodObject,
): NamedSchema {
  return {
    name,
    schema: z.union([
      answerOf(ranked),
      many(answerOf(ranked)),
      answerOf(unranked).extend(unrankedExtras),
      many(answerOf(unranked)).extend(unrankedExtras),
    ]),
  };
}

function many<Answer extends z.ZodType>(answer: Answer) {
  const answers = z.strictObject({ object: z.literal("list"), data: z.array(answer), usage });
  answers satisfies z.ZodType<RerankManyResponseBody<z.output<Answer>>>;
  return answers;
}
