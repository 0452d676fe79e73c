/** What the tests of local mode rank. */
import { join } from "node:path";

/** The folder of the default model. */
export const MODEL = join(import.meta.dirname, "../../models/rerank-minilm-l6");

/** The README's first example. */
export const IRON = {
  query: "Why does iron rust?",
  documents: [
    "Iron ore is mined in Australia and Brazil.",
    "The Iron Bridge was opened in 1781.",
    "Rust forms when iron reacts with oxygen and water.",
    "Stainless steel contains chromium, which protects it from corrosion.",
  ],
};

const SENTENCE = "The quick brown fox jumps over the lazy dog near the river bank. ";

/** Documents that do not fit the window, each several batches of work. */
export const LONG = {
  query: "Which animal jumps?",
  documents: [
    SENTENCE.repeat(50) + "A cat sleeps.",
    "Nothing moves. ".repeat(200) + SENTENCE,
    SENTENCE,
  ],
};

/** 24 documents of 120 tokens: six batches, a second of work. */
export const MANY = {
  query: "Which animal jumps?",
  documents: Array.from({ length: 24 }, (_, index) => `${index} ${SENTENCE.repeat(8)}`),
};
