import type { Caller } from "./auth/caller.ts";
import { fail, ok, type Result } from "./errors.ts";
import { LIMITS } from "./limits.ts";

/** Refuses more documents (or texts, or pairs) than `maxPublishableDocuments` to who has a publishable key. */
export function checkPublishable(documents: number, { origins }: Caller): Result<void> {
  return origins !== undefined && documents > LIMITS.maxPublishableDocuments
    ? fail({ kind: "over_limit", limit: "maxPublishableDocuments", actual: documents })
    : ok(undefined);
}
