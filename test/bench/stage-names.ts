/** Where the time of a scoring goes, in the order of the work. */
export const STAGES = [
  "tokenize",
  "embed",
  "products",
  "attention",
  "softmax",
  "GELU",
  "LayerNorm",
  "quantize",
  "other",
] as const;

export type Stage = (typeof STAGES)[number];
