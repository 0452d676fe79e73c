/** What gives the candidates of one query their scores. */
export interface Scorer {
  /** The model, as reports call it. */
  name: string;
  /** All that its scores depend on, by the name of the setting: equal identities, equal scores. */
  identity: Readonly<Record<string, string | number>>;
  /** Calls of {@link score} that run at once; more would wait. */
  concurrency: number;
  /**
   * Scores of the documents, in their order, larger is better, each a number.
   * @throws UserError if the model or the service cannot do it
   */
  score: (query: string, documents: readonly string[]) => Promise<Scores>;
  /** Ends threads and connections. */
  close: () => Promise<void>;
}

export interface Scores {
  scores: number[];
  /** From the call to its end, waiting for a turn not included. */
  latencyMs: number;
}
