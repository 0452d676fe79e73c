/** What parsing a rerank body is in every protocol; a protocol says where its documents stand and what its own fields mean. Pure. */
import type * as z from "zod";
import { fail, ok, type Result } from "../errors.ts";
import { DEFAULT_FIT, type FitOptions } from "../../engine/fit-pair.ts";
import { LIMITS } from "../limits.ts";
import type { RerankRequest } from "../rerank.ts";
import { readDocuments, type RankDocument } from "./rank-documents.ts";
import { readOptions, type RerankOptions } from "./rerank-options.ts";
import type { RerankTask } from "./rerank-protocol.ts";
import { validate } from "./validate.ts";

export interface RerankForm<T extends z.ZodType> {
  /** The field that has the documents. */
  documents: string;
  /** How a query is written. Default: as a string. */
  query?: z.ZodType<string>;
  /** The protocol's own fields. */
  fields: T;
  /** What those fields mean. */
  settings(fields: z.output<T>): RerankSettings;
}

export interface RerankSettings {
  /** Default and null: all. */
  topN?: number | null | undefined;
  /** Default and null: `text`. */
  rankFields?: readonly string[] | null | undefined;
  /** Default: {@link DEFAULT_FIT}. */
  fit?: Partial<FitOptions>;
}

export interface ParsedRerank<Fields> {
  options: RerankOptions;
  documents: RankDocument[];
  request: RerankRequest;
  fields: Fields;
}

/**
 * A protocol's `parse`.
 *
 * @param answerOf - How the answer to a parsed body is written.
 */
export function rerankTask<T extends z.ZodType>(
  form: RerankForm<T>,
  answerOf: (parsed: ParsedRerank<z.output<T>>) => Pick<RerankTask, "answer" | "headers">,
): (body: unknown) => Result<RerankTask> {
  return (body) => {
    const parsed = parseRerank(body, form);
    if (!parsed.ok) return parsed;
    const { options, request } = parsed.value;
    return ok({ options, request, ...answerOf(parsed.value) });
  };
}

function parseRerank<T extends z.ZodType>(
  body: unknown,
  form: RerankForm<T>,
): Result<ParsedRerank<z.output<T>>> {
  const options = readOptions(body, form.query);
  if (!options.ok) return options;
  const { queries, minScore, longDocuments, cacheScope } = options.value;
  const fields = validate(form.fields, body);
  if (!fields.ok) return fields;
  const { topN, rankFields, fit } = form.settings(fields.value);
  // A body that is no object has been refused with the options.
  const list = (body as Record<string, unknown>)[form.documents];
  const documents = readDocuments(list, form.documents, rankFields ?? ["text"]);
  if (!documents.ok) return documents;
  const texts = documents.value.map(({ text }) => text);
  const pairs = queries.length * texts.length;
  if (pairs > LIMITS.maxDocuments)
    return fail({ kind: "over_limit", limit: "maxDocuments", actual: pairs, param: "queries" });
  return ok({
    options: options.value,
    documents: documents.value,
    request: {
      queries,
      documents: texts,
      field: form.documents,
      topN: topN ?? texts.length,
      minScore,
      cacheScope,
      fit: { ...DEFAULT_FIT, ...fit, ...(longDocuments && { longDocuments }) },
    },
    fields: fields.value,
  });
}
