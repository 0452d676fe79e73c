/**
 * The fields that every rerank route takes, whatever its protocol: which model, which queries, and what is wanted beyond the
 * protocol's own. Pure. Null is the same as absent.
 */
import * as z from "zod";
import type { RerankResultExtras } from "../../sdk/index.ts";
import { fail, ok, type Result } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import type { PairReading } from "../pair-scores.ts";
import type { RankedDocument } from "../ranking.ts";
import type { RankDocument } from "./rank-documents.ts";
import { documentList, validate, within } from "./validate.ts";

export interface RerankOptions {
  /** The model asked for; undefined if none was. */
  model: string | undefined;
  /** At least one. */
  queries: string[];
  /** The queries came as a list, in `queries`, and are answered with a list. */
  isList: boolean;
  /** Scores are logits, not their sigmoids. Default false. */
  rawScores: boolean;
  /** Results of a lower sigmoid are left out. Default 0: none. */
  minScore: number;
  /** Each result says what the model read and did not read of it. Default false. */
  details: boolean;
  /** "max_window" reads a document that does not fit in windows, of which the best counts. Undefined: as the protocol has it. */
  longDocuments: "truncate" | "max_window" | undefined;
  /** Rather the documents in their own order than an error when nobody can rank them now. Default false. */
  failOpen: boolean;
  /** Apart from which other cached scores of the same caller; undefined: a scope of its own. */
  cacheScope: string | undefined;
}

/** Anything but white space, control characters and the like, all of which the tokenizer drops. */
const VISIBLE = /[^\s\p{C}\uFFFD]/u;

/** A text that asks for something. */
export const queryText = z
  .string({ error: "must be a string" })
  .regex(VISIBLE, { error: "must have some text" })
  .superRefine(within("maxQueryChars", (query) => query.length))
  // Not every reader of a JSON Schema knows \p.
  .meta({ maxLength: LIMITS.maxQueryChars, pattern: "\\S" });

export const optionalBoolean = z.boolean({ error: "must be true or false" }).nullish();

/** A whole number from a least one on. */
export const wholeNumber = (least: number) =>
  z.int({ error: "must be a whole number" }).min(least, { error: `must be at least ${least}` });

const MAX_SCOPE_CHARS = 200;

const MIN_SCORE = { error: "must be a number from 0 to 1" };

export const optionsSchema = z.object(
  {
    model: z.string({ error: "must be a string" }).nullish(),
    raw_scores: optionalBoolean,
    min_score: z.number(MIN_SCORE).min(0, MIN_SCORE).max(1, MIN_SCORE).nullish(),
    details: optionalBoolean,
    long_documents: z
      .enum(["truncate", "max_window"], { error: 'must be "truncate" or "max_window"' })
      .nullish(),
    fail_open: optionalBoolean,
    cache_scope: z
      .string({ error: "must be a string" })
      .refine(({ length }) => length <= MAX_SCOPE_CHARS, {
        error: `must have at most ${MAX_SCOPE_CHARS} characters`,
      })
      .meta({ maxLength: MAX_SCOPE_CHARS })
      .nullish(),
  },
  { error: "must be a JSON object" },
);

/** @param query - How the protocol writes a query. */
export function readOptions(
  body: unknown,
  query: z.ZodType<string> = queryText,
): Result<RerankOptions> {
  const options = validate(optionsSchema, body);
  if (!options.ok) return options;
  const isList = hasField(body, "queries");
  if (isList && hasField(body, "query"))
    return fail({
      kind: "invalid_value",
      param: "queries",
      problem: "must not stand beside query",
    });
  const queries = isList ? validate(z.object({ queries: documentList(query) }), body) : undefined;
  if (queries && !queries.ok) return queries;
  const single = queries ? undefined : validate(z.object({ query }), body);
  if (single && !single.ok) return single;
  const { model, raw_scores, min_score, details, long_documents, fail_open, cache_scope } =
    options.value;
  return ok({
    model: model ?? undefined,
    queries: queries?.value.queries ?? [single!.value.query],
    isList,
    rawScores: raw_scores ?? false,
    minScore: min_score ?? 0,
    details: details ?? false,
    longDocuments: long_documents ?? undefined,
    failOpen: fail_open ?? false,
    cacheScope: cache_scope ?? undefined,
  });
}

/** Whether a body has a field of its own that is not null. */
export function hasField(body: unknown, name: string): boolean {
  return (
    typeof body === "object" &&
    body !== null &&
    Object.hasOwn(body, name) &&
    (body as Record<string, unknown>)[name] != null
  );
}

/** The number that a result has as its score. */
export function scoreOf({ logit, score }: RankedDocument, { rawScores }: RerankOptions): number {
  return rawScores ? logit : score;
}

/** What a result says beyond its protocol's own keys: nothing unless the request has asked for it. */
export function extrasOf(
  { reading, window }: RankedDocument,
  { id, metadata }: RankDocument,
  { details }: RerankOptions,
): RerankResultExtras {
  return {
    ...(id !== undefined && { id }),
    ...(metadata !== undefined && { metadata }),
    ...(details && reading && detailsOf(reading)),
    ...(window && { window }),
  };
}

function detailsOf({ tokens, queryTokensCut, documentTokensCut }: PairReading): RerankResultExtras {
  return {
    tokens,
    truncated: queryTokensCut > 0 || documentTokensCut > 0,
    query_tokens_cut: queryTokensCut,
    document_tokens_cut: documentTokensCut,
  };
}
