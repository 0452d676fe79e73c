/** What a key may be allowed to do. Pure. */

/** In the order in which texts list them: rankings; scores, labels and tokens; batch jobs with their files; `/metrics`. */
export const SCOPES = ["rerank", "score", "jobs", "metrics"] as const;

export type Scope = (typeof SCOPES)[number];

/** What a key that stands in a page may be allowed: nothing that keeps anything or tells of others. */
export const PUBLISHABLE_SCOPES: readonly Scope[] = ["rerank", "score"];
