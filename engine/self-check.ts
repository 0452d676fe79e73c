import type { CrossEncoder } from "./cross-encoder.ts";

/** One pair of plain words, and one of what else a tokenizer meets: together some 70 tokens. */
const PAIRS = [
  ["Why does iron rust?", "Rust forms when iron reacts with oxygen and water."],
  ["Größe & naïveté, 3.14159?", "東京 costs €1,299.00: “fleur-de-lis” 👍 unbelievablenesslessly"],
] as const;

/**
 * What a loaded model makes of two fixed pairs: the bytes of their logits, in hexadecimal digits. A model gives the same digits on every
 * host, so that those of its build tell whether it computes right where it runs. About 20 ms of MiniLM-L6.
 */
export function selfCheckLogits(encoder: CrossEncoder): string {
  const { tokenizer } = encoder;
  const pairs = PAIRS.map(([query, document]) =>
    tokenizer.pair(tokenizer.encode(query), tokenizer.encode(document)),
  );
  const { buffer } = encoder.logits(pairs);
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
