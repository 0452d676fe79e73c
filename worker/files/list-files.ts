/** A caller's files, page by page. */
import { fail, ok, type Result } from "../errors.ts";
import { filePrefix } from "../jobs/job-keys.ts";
import { JOB_LIMITS } from "../limits.ts";
import type { StoredFile } from "../../sdk/index.ts";
import { describeFile } from "./stored-file.ts";

const DEFAULT_LIMIT = 100;
/** R2's own. */
const MAX_LIMIT = 1_000;

export interface FileQuery {
  /** Beginning of the names; empty for all. */
  prefix: string;
  /** Files of a page, 1 to 1,000. */
  limit: number;
  /** Name of the last file of the page before; empty for the first page. */
  cursor: string;
}

export interface FileList {
  /** In the order of their names in UTF-8. */
  value: StoredFile[];
  /** Path and query of the next page; absent of the last. */
  nextLink?: string;
}

/** @returns `invalid_value` or `over_limit` of a parameter */
export function parseFileQuery(query: {
  prefix?: string;
  limit?: string;
  cursor?: string;
}): Result<FileQuery> {
  const { prefix = "", limit = String(DEFAULT_LIMIT), cursor = "" } = query;
  for (const [param, text] of Object.entries({ prefix, cursor })) {
    const actual = new TextEncoder().encode(text).length;
    if (actual > JOB_LIMITS.maxFileNameBytes) {
      return fail({ kind: "over_limit", limit: "maxFileNameBytes", actual, param });
    }
  }
  if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > MAX_LIMIT) {
    const problem = `must be a whole number from 1 to ${MAX_LIMIT}`;
    return fail({ kind: "invalid_value", param: "limit", problem });
  }
  return ok({ prefix, limit: Number(limit), cursor });
}

/** Whatever prefix and cursor say, no page has files of another scope. */
export async function listFiles(
  bucket: R2Bucket,
  scope: string,
  { prefix, limit, cursor }: FileQuery,
): Promise<FileList> {
  const own = filePrefix(scope);
  const page = await bucket.list({ prefix: own + prefix, startAfter: own + cursor, limit });
  const value = page.objects.map((object) => describeFile(object, scope));
  const last = value.at(-1);
  if (!page.truncated || last === undefined) return { value };
  const query = new URLSearchParams({ prefix, limit: String(limit), cursor: last.name });
  return { value, nextLink: `/files?${query}` };
}
