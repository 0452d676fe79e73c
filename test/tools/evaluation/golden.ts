import { expect } from "vitest";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Cases with the peers' values, written by `bash test/tools/evaluation/peers/run --write`. */
export const peers = JSON.parse(
  readFileSync(join(import.meta.dirname, "fixtures/peers.json"), "utf8"),
) as {
  versions: Record<
    "pytrec_eval-terrier" | "ir_measures" | "scikit-learn" | "seqeval" | "nltk",
    string
  >;
  rankings: {
    qrels: Record<string, Record<string, number>>;
    run: Record<string, Record<string, number>>;
    theirs: Record<string, Record<string, number>>;
  }[];
  labels: { actual: string[]; predicted: string[]; theirs: unknown }[];
  tags: { actual: string[][]; predicted: string[][]; theirs: unknown }[];
  stems: [word: string, stem: string][];
};

/** The same value with every number in it matched to nine places. */
export function close(value: unknown): unknown {
  if (typeof value === "number") return expectClose(value);
  if (Array.isArray(value)) return value.map(close);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, close(own)]));
}

function expectClose(value: number): unknown {
  return expect.closeTo(value, 9);
}
