import type { Head } from "../engine/index.ts";

/** Whether a model can rank: it gives each text one label. */
export function isRanker({ kind, labels }: Head): boolean {
  return kind !== "token-classification" && labels.length === 1;
}
