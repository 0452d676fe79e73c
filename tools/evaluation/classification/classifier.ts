/** What predicts labels of texts and tags of sentences, a few at a time. */
import type { Classify, Tagger } from "./predictions.ts";

export interface Classifier {
  /** The model, as reports call it. */
  name: string;
  /** All that its predictions depend on, by the name of the setting: equal identities, equal predictions. */
  identity: Readonly<Record<string, string | number>>;
  /** Calls that run at once; more would wait. */
  concurrency: number;
  /** Of a text classifier. @throws UserError if the model or the service cannot do it */
  label: Classify;
  /** Of a token classifier. @throws UserError if the model or the service cannot do it */
  tag: Tagger;
  /** Ends threads and connections. */
  close: () => Promise<void>;
}
