/** What an evaluation can be run on. */
import type { Qrels } from "./qrels.ts";
import type { LabelledText } from "./labelled-texts.ts";
import type { TaggedSentence } from "./tagged-sentences.ts";

export interface Query {
  id: string;
  text: string;
}

/** A document of a query's list. */
export interface ListedDocument {
  docId: string;
  text: string;
  /** Of the first stage, larger is better; undefined if the list has none. */
  score: number | undefined;
}

/** Where candidates come from: one collection for all queries, or a list of its own for each. */
export type DocumentSource =
  | { kind: "corpus"; /** Texts by document id. */ documents: ReadonlyMap<string, string> }
  | {
      kind: "lists";
      /** By query id, in the order of the file. */
      lists: ReadonlyMap<string, readonly ListedDocument[]>;
      /** Whether that order is a first stage's ranking. */
      ranked: boolean;
    };

export interface RankingSet {
  kind: "ranking";
  name: string;
  /** In the order of their file; no id twice. */
  queries: readonly Query[];
  qrels: Qrels;
  source: DocumentSource;
  /** Queries taken where the user does not say how many; undefined: all. */
  defaultQueries?: number;
}

export interface LabelSet {
  kind: "labels";
  name: string;
  texts: readonly LabelledText[];
}

export interface TagSet {
  kind: "tags";
  name: string;
  sentences: readonly TaggedSentence[];
}

export type Dataset = RankingSet | LabelSet | TagSet;
