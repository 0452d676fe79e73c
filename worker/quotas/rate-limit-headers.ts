import { secondsLeft, type Quota, type Standing } from "./quota.ts";

/** A quota with where its caller stands; null where that could not be found out. */
export interface QuotaStanding {
  quota: Quota;
  standing: Standing | null;
}

/**
 * The headers that tell a caller its quotas and what it has left of each. Pure.
 *
 * `tokens` is no unit of the draft's registry, which has none for them; clients take an unknown one for a comment.
 * @see https://www.ietf.org/archive/id/draft-ietf-httpapi-ratelimit-headers-11.html
 */
export function rateLimitHeaders(
  quotas: readonly QuotaStanding[],
  nowMs: number,
): Record<string, string> {
  const policies = quotas.map(({ quota: { name, limit, windowSeconds } }) => {
    const unit = name === "requests" ? "" : `;qu="${name}"`;
    return `"${name}";q=${limit}${unit};w=${windowSeconds}`;
  });
  const left = quotas.flatMap(({ quota: { name }, standing }) =>
    standing ? [`"${name}";r=${standing.remaining};t=${secondsLeft(standing, nowMs)}`] : [],
  );
  return {
    ...(policies.length > 0 && { "ratelimit-policy": policies.join(", ") }),
    ...(left.length > 0 && { ratelimit: left.join(", ") }),
  };
}
