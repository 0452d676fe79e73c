/** Rows of a batch job: as they are read, as they are scored, and what is said of those that cannot be. */

import type { FileCode, RowCode } from "./problem-codes.ts";

/** What a row asks for. */
export type RowWork =
  | { kind: "text"; text: string }
  | { kind: "pair"; query: string; document: string }
  /** At least one document. */
  | { kind: "ranking"; query: string; documents: readonly string[] };

export interface InputRow {
  /** Of its file, from 0; a header is none, empty lines are none. */
  row: number;
  work: RowWork;
  /** Of a row that has one: what a TREC run calls its query. */
  queryId?: string;
  /** One a document, of a row that has them. */
  documentIds?: readonly string[];
}

/** What stands against a row or a file; a line of `errors.jsonl`. Holds no text of the row. */
export interface RowProblem {
  /** As the results call it. */
  file: string;
  /** Null if it is against the whole file. */
  row: number | null;
  /** Null if it is against the whole row. */
  column: string | null;
  code: RowCode | FileCode;
  /** A sentence for people, with the limit and the actual value where there is one. */
  reason: string;
}

/** What a model says of a row. */
export type RowAnswer =
  /** One label that is best, of a ranker or a classifier. `logits` and `labels` are all of the model's, in its order. */
  | {
      kind: "labels";
      /** As Azure ML writes it: of a multi-label model a Python list. */
      prediction: string;
      /** Of the best label. */
      score: number;
      labels: readonly string[];
      logits: readonly number[];
    }
  /** Best first; ties have the lower index first. `score` is the logit's sigmoid. */
  | {
      kind: "ranking";
      results: readonly { index: number; score: number; logit: number }[];
    }
  /** One tag and its score a word. */
  | { kind: "tags"; prediction: string; tags: readonly string[]; scores: readonly number[] };

export interface ScoredRow {
  /** As the results call the file that it is of. */
  file: string;
  row: number;
  queryId?: string;
  documentIds?: readonly string[];
  answer: RowAnswer;
}
