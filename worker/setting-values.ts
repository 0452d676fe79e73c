/** What the texts of variables mean. Pure. An empty one is the same as none. */
import * as z from "zod";
import { isOrigin } from "./allowed-origins.ts";

/** A value, or one sentence for each thing that is wrong with what was set. */
export type Checked<T> = { ok: true; value: T } | { ok: false; problems: string[] };

/** Sentences that name the variable, and never what it was set to: that may be a secret. */
export function problemsOf({ issues }: z.ZodError): string[] {
  return issues.map(({ path, message }) => `${path.join(".")} ${message}`);
}

/** A whole number in a range, or the default. */
export function wholeNumber<Default extends number | undefined>(
  least: number,
  most: number,
  byDefault: Default,
) {
  return z
    .string({ error: `must be in quotes, a whole number from ${least} to ${most}` })
    .optional()
    .refine((digits) => !digits || isWithin(digits, least, most), {
      error: `must be a whole number from ${least} to ${most}`,
    })
    .transform((digits): number | Default => (digits ? Number(digits) : byDefault));
}

function isWithin(digits: string, least: number, most: number): boolean {
  return /^\d+$/.test(digits) && Number(digits) >= least && Number(digits) <= most;
}

/** A text, or undefined. */
export const text = z
  .string({ error: "must be a text" })
  .optional()
  .transform((value) => value || undefined);

/** One of a few words, or undefined. */
export function word<const Word extends string>(words: readonly Word[]) {
  return z
    .union([z.enum(words), z.literal("")], { error: `must be one of ${words.join(", ")}` })
    .optional()
    .transform((value): Word | undefined => (value === "" ? undefined : value));
}

/**
 * The name of a bucket, or the default.
 * @see https://developers.cloudflare.com/r2/buckets/create-buckets/#bucket-level-operations
 */
export function bucketName(byDefault: string) {
  return z
    .string({ error: "must be a text" })
    .optional()
    .refine((name) => !name || /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name), {
      error: "must be a bucket's name: 3 to 63 lower-case letters, digits and hyphens",
    })
    .transform((name) => name || byDefault);
}

/** Parts of a text between commas, each without the spaces around it; none of an empty text. */
const list = z
  .string({ error: "must be a text" })
  .optional()
  .transform((text) => (text ?? "").split(",").map((part) => part.trim()))
  .transform((parts) => parts.filter((part) => part !== ""));

/** Origins, comma-separated. */
export const origins = list.refine((parts) => parts.every(isOrigin), {
  error:
    "must be * or origins as browsers write them, such as https://app.example.com: a scheme and a host in lower case, no path, no port that is the scheme's own",
});

/** Names of hosts, comma-separated. */
export const hostnames = list.refine(
  (parts) => parts.every((part) => /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(part)),
  {
    error: "must be names of hosts in lower case, such as rerank.example.com, without a port",
  },
);

/** Whether an address is on this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return ["localhost", "[::1]"].includes(hostname) || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
