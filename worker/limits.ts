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
  /** Documents, texts or pairs of a request with a publishable key, which anybody can read out of a page: a page of search results. */
  maxPublishableDocuments: 100,
  /** Characters of a query. The model reads at most 254 tokens of one that stands beside a document. */
  maxQueryChars: 10_000,
  /** Characters of one document: about 40 windows of the model, and the longest text tokenized in one go. */
  maxDocumentChars: 100_000,
  /** Characters of all texts of a request together, about 1 s of tokenizing. */
  maxTotalChars: 2_000_000,
  /** Tokens of a request after each pair was cut to the model's window: 128 full windows, half a minute of one CPU. */
  maxEdgeTokens: 65_536,
  /** Requests of an isolate that wait or are computed at the edge. */
  maxQueuedRequests: 32,
  /** Seconds of computing, by an estimate, that may be before a request: those of requests as short as it is, and a share of longer ones. */
  maxQueuedSeconds: 30,
  /** Requests of an isolate that are open at all, those that are still read and those that are with a backend among them. */
  maxOpenRequests: 512,
  /** Bytes of the bodies of all those requests, as far as they have come. */
  maxQueuedBytes: 24 * 1024 * 1024,
} as const;

/** Every limit of batch jobs and of the files they read. `GET /info` shows them, too. */
export const JOB_LIMITS = {
  /** Bytes of a job's body. */
  maxJobBodyBytes: 64 * 1024,
  /** Characters of the header `Idempotency-Key` of a job. */
  maxIdempotencyKeyChars: 255,
  /** Bytes of a file that is uploaded, in all its parts. */
  maxFileBytes: 5 * 1024 * 1024 * 1024,
  /** Bytes of the name of a file in UTF-8. */
  maxFileNameBytes: 512,
  /** Files of a folder that a job reads. */
  maxJobFiles: 10_000,
  /** Bytes of a file that an archive unpacks to. */
  maxUnpackedBytes: 20 * 1024 * 1024 * 1024,
  /** Bytes that one byte of an archive unpacks to, over all of it: text has 3 to 20, and deflate can reach 1,032. */
  maxUnpackedRatio: 200,
  /** Bytes of one row: about {@link LIMITS.maxTotalChars} at three bytes each. */
  maxRowBytes: 6 * 1024 * 1024,
  /** Bytes of a CSV's header. */
  maxHeaderBytes: 64 * 1024,
  /** Rows that are scored in one step, and bytes of input: some seconds of one CPU, at most half a minute. A longer row is a shard of its own. */
  maxShardRows: 2_000,
  maxShardBytes: 128 * 1024,
  /** Bytes of a TREC run: for every 40,000 documents that it names, the collection is read once. */
  maxRunFileBytes: 64 * 1024 * 1024,
  /** Queries of a TREC run: their ids are all held. */
  maxRunQueries: 200_000,
  /** Lines of one query in a TREC run. */
  maxRunDepth: 10_000,
  /** Bytes of the rows that these lines become with their texts: they are scored, and so held, together. */
  maxRunBytes: 12 * 1024 * 1024,
  /** Bytes of a TREC job's queries. */
  maxQueriesBytes: 64 * 1024 * 1024,
  /** Bytes of a Parquet file's page and of its footer, unpacked. */
  maxParquetPageBytes: 16 * 1024 * 1024,
  /** Bytes of a Parquet file's schema: it is held as objects, of which one may have a single byte in the file. */
  maxParquetSchemaBytes: 256 * 1024,
  /** Jobs of a caller that have not ended. */
  maxOpenJobs: 100,
} as const;

export type JobLimitName = keyof typeof JOB_LIMITS;

export type LimitName = keyof typeof LIMITS;

/** Most seconds that an overloaded service asks its callers to wait. */
export const MOST_RETRY_AFTER_SECONDS = 60;

/** Seconds after which it is worth asking again where keys, or what they have used, are kept. */
export const KEYS_RETRY_AFTER_SECONDS = 2;

/** Tokens that the edge is taken to compute in a second, until an isolate has measured it. */
export const TOKENS_PER_SECOND = 2_500;

/** For how long a self-check that failed is not made again, and how long one may take, `GET /ready`'s wait for another's included. */
export const VERDICT_SECONDS = 10;

/** Seconds of a window of the binding ADDRESS_RATE in wrangler.toml, which a Worker cannot ask for. */
export const ADDRESS_RATE_SECONDS = 10;

/** Characters tokenized before other requests get a turn on the event loop: 0.2 s at worst. */
export const SLICE_CHARS = 100_000;

/** The same of work that yields, which is what stands in for a backend, and jobs: some ms. */
export const YIELDING_SLICE_CHARS = 10_000;

/**
 * Tokens times layers that are computed before others get a turn, if there are others, about 8 ms: a refusal waits for one or two, and a request beside
 * a job for two or three, when it comes, while it is read and with its answer. At least a layer of a batch; while others wait, batches have no more
 * tokens than this unless a single pair has more, which makes them a tenth slower than those of 256.
 */
export const SLICE_LAYER_TOKENS = 128;

/** The same of work that yields, and tokens of its batches, while no other requests come. */
export const IDLE_SLICE_LAYER_TOKENS = 256;

/** Milliseconds for which work that yields is polite after the last other request has left. */
export const POLITE_MS = 5_000;
