/** What is kept of a key: all but the key. Pure. */
import * as z from "zod";
import type { Caller } from "./caller.ts";
import { PUBLISHABLE_SCOPES, SCOPES } from "./scope.ts";

/** Requests a minute of a publishable key whose record names no number: anybody can read such a key out of a page. */
const PUBLISHABLE_REQUESTS_PER_MINUTE = 60;

/** Names have no colon: those of callers with a token begin `jwt:`. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export const keyRecordSchema = z
  .strictObject({
    /** Whose it is. Jobs, files, limits and logs go by it, so several keys of one name are one caller. */
    name: z.string().regex(NAME, {
      error: "must be 1 to 64 letters, digits, dots, hyphens and underscores",
    }),
    /** Of the key, in lower-case hexadecimal digits. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/, { error: "must be 64 hexadecimal digits" }),
    scopes: z
      .array(z.enum(SCOPES, { error: `must be one of ${SCOPES.join(", ")}` }))
      .min(1, { error: "must name one at least" }),
    /** Absent: no limit, of a publishable key 60. */
    requestsPerMinute: z.int().positive().exactOptional(),
    /** A UTC day. Absent: no limit. */
    tokensPerDay: z.int().positive().exactOptional(),
    createdAt: z.iso.datetime(),
    /** Absent: never. */
    expiresAt: z.iso.datetime().exactOptional(),
    /** Of a publishable key: the origins whose pages may use it. */
    origins: z
      .array(z.string().refine(isOrigin, { error: "must be such as https://shop.example" }))
      .min(1)
      .exactOptional(),
  })
  .refine(
    ({ origins, scopes }) =>
      origins === undefined || scopes.every((scope) => PUBLISHABLE_SCOPES.includes(scope)),
    { path: ["scopes"], error: `of a publishable key can be ${PUBLISHABLE_SCOPES.join(", ")}` },
  );

export type KeyRecord = z.infer<typeof keyRecordSchema>;

/** Where the record of a key stands in the KV namespace. */
export function recordKey(sha256: string): string {
  return `${RECORD_PREFIX}${sha256}`;
}

export const RECORD_PREFIX = "key:";

export function callerOf({ name, scopes, origins, ...limits }: KeyRecord): Caller {
  return {
    name,
    scopes,
    requestsPerMinute:
      limits.requestsPerMinute ?? (origins ? PUBLISHABLE_REQUESTS_PER_MINUTE : undefined),
    tokensPerDay: limits.tokensPerDay,
    origins,
  };
}

export function hasExpired({ expiresAt }: KeyRecord, nowMs: number): boolean {
  return expiresAt !== undefined && Date.parse(expiresAt) <= nowMs;
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
