/**
 * Every limit of the service, and what each is made of. `GET /info` shows them; an error that meets one names it.
 *
 * A character is a UTF-16 unit, as in `string.length`. The ground of most of them is that an isolate has 128 MB for everything,
 * about 60 of which the model and the tokenizer take, and that a request computes at 2,000 to 3,000 tokens a second.
 */
export const LIMITS = {
  /** Bytes of a request's body: {@link LIMITS.maxTotalChars} at three bytes each, as Chinese has in UTF-8, and some syntax. */
  maxBodyBytes: 6 * 1024 * 1024,
  /** Seconds from the first to the last byte of a body, so that a slow sender does not keep its share of {@link LIMITS.maxQueuedBytes}. */
  maxBodySeconds: 30,
  /** Objects and lists inside one another; the deepest known request has four. */
  maxJsonDepth: 32,
  /** Values in a body, counted by its commas and brackets. 6 MiB of `{},` alone would take over 100 MB once parsed. */
  maxJsonValues: 200_000,
  /** Documents of a request, or rows of an Azure ML one: what Cohere advises and Voyage accepts. */
  maxDocuments: 1_000,
  /** Characters of a query. The model reads at most 254 tokens of one that stands beside a document. */
  maxQueryChars: 10_000,
  /** Characters of one document: about 40 windows of the model, and the longest text tokenized in one go. */
  maxDocumentChars: 100_000,
  /** Characters of all texts of a request together, about 1 s of tokenizing. */
  maxTotalChars: 2_000_000,
  /** Tokens of a request after each pair was cut to the model's window: 128 full windows, half a minute of one CPU. */
  maxEdgeTokens: 65_536,
  /** Requests of an isolate that wait or are computed at the edge; without a backend, those that are read, too. More would wait for minutes. */
  maxQueuedRequests: 32,
  /** With a backend, requests of an isolate that are open at all. */
  maxOpenRequests: 128,
  /** Bytes of the bodies of all those requests. */
  maxQueuedBytes: 24 * 1024 * 1024,
} as const;

export type LimitName = keyof typeof LIMITS;

/** What an overloaded service asks its callers to wait. */
export const RETRY_AFTER_SECONDS = 2;

/** Characters tokenized before other requests get a turn on the event loop: 0.2 s at worst. */
export const SLICE_CHARS = 100_000;

/** The same of a request that stands in for the backend: some ms. */
export const YIELDING_SLICE_CHARS = 10_000;

/**
 * Tokens of a batch of a request that stands in for the backend, where others have 512. It is computed a layer at a time, about 7 ms: what a small
 * request may have to wait for. A single longer pair is a batch all the same, a full window of 512 tokens 35 ms a layer.
 */
export const YIELDING_BATCH_TOKENS = 128;
