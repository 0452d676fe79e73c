/** Documents of a rerank body: strings, or objects of which some fields are ranked. Pure. */
import { fail, ok, type Failure, type Result } from "../errors.ts";
import { LIMITS } from "../limits.ts";

export interface RankDocument {
  /** What is ranked. */
  text: string;
  /** What was sent. */
  original: string | Readonly<Record<string, unknown>>;
  /** The object's own, passed through untouched; undefined if it has none. */
  id?: unknown;
  metadata?: unknown;
}

/** Between the fields of a document that has several to rank. */
const FIELD_SEPARATOR = "\n";

/**
 * The documents in a field of a body: 1 to `maxDocuments`, each within `maxDocumentChars`.
 *
 * @param rankFields - Fields of an object that are ranked, joined in this order; those it lacks are skipped, but it must have one.
 */
export function readDocuments(
  value: unknown,
  field: string,
  rankFields: readonly string[],
): Result<RankDocument[]> {
  if (!Array.isArray(value)) return wrong(field, "must be a list");
  if (value.length === 0) return wrong(field, "must not be empty");
  if (value.length > LIMITS.maxDocuments)
    return fail({ kind: "over_limit", limit: "maxDocuments", actual: value.length, param: field });
  const documents: RankDocument[] = [];
  for (const [index, element] of value.entries()) {
    const document = readDocument(element, `${field}[${index}]`, rankFields);
    if (!document.ok) return document;
    documents.push(document.value);
  }
  return ok(documents);
}

function readDocument(
  value: unknown,
  place: string,
  rankFields: readonly string[],
): Result<RankDocument> {
  // The names are the caller's own, any number of them, and not quoted.
  const fieldsToRank = rankFields.join() === "text" ? "the field text" : "a field of rank_fields";
  const expected = `must be a string or an object with a string in ${fieldsToRank}`;
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (typeof value !== "string" && !isObject) return wrong(place, expected);
  if (typeof value === "string") return within(place, { text: value, original: value });

  const fields = value as Record<string, unknown>;
  const own = rankFields.filter((name) => Object.hasOwn(fields, name) && fields[name] !== null);
  const odd = own.find((name) => typeof fields[name] !== "string");
  if (own.length === 0 || odd !== undefined) return wrong(place, expected);
  const text = own.map((name) => fields[name]).join(FIELD_SEPARATOR);
  const param = own.length === 1 ? `${place}.${own[0]}` : place;
  const { id, metadata } = fields;
  return within(param, {
    text,
    original: fields,
    ...(id != null && { id }),
    ...(metadata != null && { metadata }),
  });
}

function within(param: string, document: RankDocument): Result<RankDocument> {
  const actual = document.text.length;
  return actual > LIMITS.maxDocumentChars
    ? fail({ kind: "over_limit", limit: "maxDocumentChars", actual, param })
    : ok(document);
}

function wrong(param: string, problem: string): { ok: false; failure: Failure } {
  return fail({ kind: "invalid_value", param, problem });
}
