/** What the protocols' schemas share: limits as checks, and a broken schema as a failure. */
import * as z from "zod";
import { fail, ok, type Result } from "../errors.ts";
import { LIMITS, type LimitName } from "../limits.ts";

interface OverLimit {
  limit: LimitName;
  actual: number;
}

/**
 * A refinement: `measure(value)` must not be over a limit.
 *
 * On a list before its elements are looked at: a list of 100,000 wrong elements would give 100,000 issues.
 */
export function within<T>(limit: LimitName, measure: (value: T) => number) {
  return (value: T, context: z.core.$RefinementCtx): void => {
    const actual = measure(value);
    const params: OverLimit = { limit, actual };
    // Ends the checks of all that is around it, too: those of an object would look into a list whose elements nobody has checked.
    if (actual > LIMITS[limit]) context.addIssue({ code: "custom", params, continue: false });
  };
}

/**
 * A refinement: at least one element. Zod's own `min` and `max` measure whatever has a `length`, also what is no list or text, and throw
 * where that cannot be compared: `{"length": {"toString": 0}}`.
 */
export function isNotEmpty({ length }: { length: number }): boolean {
  return length > 0;
}

/** A list of 1 to `maxDocuments` elements. */
export function documentList<T extends z.ZodType>(element: T) {
  return z
    .array(z.unknown(), { error: "must be a list" })
    .refine(isNotEmpty, { error: "must not be empty" })
    .superRefine(within("maxDocuments", (list) => list.length))
    .meta({ minItems: 1, maxItems: LIMITS.maxDocuments })
    .pipe(z.array(element));
}

/** A text that may be as long as a document. */
export const documentText = z
  .string({ error: "must be a string" })
  .superRefine(within("maxDocumentChars", (text) => text.length))
  .meta({ maxLength: LIMITS.maxDocumentChars });

/** The value that a schema makes of a body, or the first thing that is wrong with the body. */
export function validate<T extends z.ZodType>(schema: T, body: unknown): Result<z.output<T>> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return ok(parsed.data);
  const issue = overLimitWithin(parsed.error.issues[0]!) ?? parsed.error.issues[0]!;
  const place = issue.path.length > 0 ? { param: paramOf(issue.path) } : {};
  if (isOverLimit(issue)) return fail({ kind: "over_limit", ...issue.params, ...place });
  return fail({ kind: "invalid_value", ...place, problem: issue.message });
}

type Issue = z.core.$ZodIssue;

/** Of a value that fits none of several forms: the limit that keeps it out of one. That says more than that it fits none. */
function overLimitWithin(issue: Issue): Issue | undefined {
  if (isOverLimit(issue)) return issue;
  if (issue.code !== "invalid_union") return undefined;
  const [inner] = issue.errors.flatMap((each) => overLimitWithin(each[0]!) ?? []);
  return inner && { ...inner, path: [...issue.path, ...inner.path] };
}

function isOverLimit(issue: Issue): issue is Issue & { params: OverLimit } {
  return issue.code === "custom" && issue.params !== undefined && "limit" in issue.params;
}

/** `["documents", 3, "text"]` is `documents[3].text`. */
function paramOf(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
}
