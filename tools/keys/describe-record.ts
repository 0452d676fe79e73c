import type { KeyRecord } from "../../worker/auth/key-record.ts";

/** A line about a key: its name, what it may, until when, and the beginning of its SHA-256 to tell it from others of the name. */
export function describeRecord(record: KeyRecord): string {
  const { name, sha256, scopes, requestsPerMinute, tokensPerDay, origins } = record;
  return [
    name.padEnd(20),
    scopes.join(","),
    requestsPerMinute !== undefined && `${requestsPerMinute} requests a minute`,
    tokensPerDay !== undefined && `${tokensPerDay} tokens a day`,
    origins && `on ${origins.join(",")}`,
    `made ${dayOf(record.createdAt)}`,
    record.expiresAt === undefined ? "never expires" : `expires ${record.expiresAt}`,
    `sha256 ${sha256.slice(0, 8)}`,
  ]
    .filter((part) => part !== false && part !== undefined)
    .join("  ");
}

function dayOf(time: string): string {
  return time.slice(0, 10);
}
