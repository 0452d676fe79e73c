/** What the compiler says of a caller's code: `tsc` is the test. */
import { expectTypeOf } from "vitest";
import type {
  AzureMlEntityGroup,
  AzureMlLabelRow,
  AzureMlScore,
  FilePage,
  Job,
  JobPrediction,
  JobProblem,
  JobProgress,
  JobResult,
  JobScore,
  RankedDocument,
  RerankClient,
  RerankError,
  RerankPart,
  RerankResponse,
  StoredFile,
  UnrankedResponse,
  UploadState,
} from "../../sdk/index.ts";

interface Hit {
  url: string;
  body: string;
}

/** Never called. */
export async function typesOf(client: RerankClient, hits: Hit[]): Promise<void> {
  const query = "q";
  const text = (hit: Hit): string => hit.body;

  // A document comes back as what it was.
  const strings = await client.rerank({ query, documents: ["a"] });
  expectTypeOf(strings.results[0]!.document).toEqualTypeOf<string>();
  const own = await client.rerank({ query, documents: hits, text: (hit) => [hit.url, hit.body] });
  expectTypeOf(own).toEqualTypeOf<RerankResponse<Hit>>();
  expectTypeOf(own.results[0]!.document).toEqualTypeOf<Hit>();
  const withText = await client.rerank({ query, documents: [{ text: "a", id: 7 }] });
  expectTypeOf(withText.results[0]!.document.id).toEqualTypeOf<number>();
  const literals = await client.rerank({ query, documents: ["a", "b"] as const });
  expectTypeOf(literals.results[0]!.document).toEqualTypeOf<"a" | "b">();
  const mixed = await client.rerank({ query, documents: ["a", { text: "b" }] });
  expectTypeOf(mixed.results[0]!.document).toEqualTypeOf<string | { text: string }>();

  // What is ranked of a document must be told exactly where it does not say so itself.
  // @ts-expect-error
  void client.rerank({ query, documents: hits });
  // @ts-expect-error
  void client.rerankMany({ query, documents: hits });
  // @ts-expect-error
  void client.rerank({ query, documents: [{ text: 7 }] });
  // @ts-expect-error
  void client.rerank({ query, documents: hits, text: (hit: Hit) => hit.url.length });
  // @ts-expect-error
  void client.rerank({ documents: ["a"] });
  void client.rerank({ query, documents: ["a"], text: (document) => document.toUpperCase() });

  // failOpen makes a union, which `reranked` tells apart.
  const open = await client.rerank({ query, documents: hits, text, failOpen: true });
  expectTypeOf(open).toEqualTypeOf<RerankResponse<Hit> | UnrankedResponse<Hit>>();
  if (open.reranked) expectTypeOf(open.results[0]!.score).toEqualTypeOf<number>();
  else expectTypeOf(open.error).toEqualTypeOf<RerankError>();
  expectTypeOf(open.results[0]!.document).toEqualTypeOf<Hit>();
  // @ts-expect-error Unranked documents have no score.
  void open.results[0]!.score;
  const closed = await client.rerank({ query, documents: hits, text, failOpen: false });
  expectTypeOf(closed).toEqualTypeOf<RerankResponse<Hit>>();
  const perhaps = await client.rerank({ query, documents: hits, text, failOpen: Boolean(query) });
  expectTypeOf(perhaps).toEqualTypeOf<RerankResponse<Hit> | UnrankedResponse<Hit>>();

  // Several queries have several rankings.
  const queries = await client.rerank({ queries: ["q"], documents: hits, text });
  expectTypeOf(queries.rankings).toEqualTypeOf<RerankResponse<Hit>[]>();
  const openQueries = await client.rerank({ queries: ["q"], documents: ["a"], failOpen: true });
  if (!openQueries.reranked)
    expectTypeOf(openQueries.rankings).toEqualTypeOf<UnrankedResponse<string>[]>();

  // The raw answer has the same data.
  const raw = await client.rerank({ query, documents: hits, text }).withResponse();
  expectTypeOf(raw.data).toEqualTypeOf<RerankResponse<Hit>>();
  expectTypeOf(raw.response).toEqualTypeOf<Response>();
  expectTypeOf(raw.requestId).toEqualTypeOf<string | undefined>();

  // rerankMany is a promise of the whole and a loop over its parts.
  const many = client.rerankMany({ query, documents: hits, text });
  expectTypeOf((await many).results).toEqualTypeOf<RankedDocument<Hit>[]>();
  for await (const part of many) expectTypeOf(part).toEqualTypeOf<RerankPart<Hit>>();
  const manyOpen = client.rerankMany({ query, documents: hits, text, failOpen: true });
  for await (const part of manyOpen)
    if (!part.reranked) expectTypeOf(part).toEqualTypeOf<UnrankedResponse<Hit>>();

  // Rows follow the request's generation and parameters.
  const texts: string[] = ["a"];
  const a = await client.score({ inputs: { input_string: texts } });
  expectTypeOf(a[0]!).toEqualTypeOf<AzureMlLabelRow>();
  const b = await client.score({ input_data: { input_string: ["a"] } });
  expectTypeOf(b[0]!).toEqualTypeOf<AzureMlLabelRow>();
  const frame = { columns: ["query", "document"], data: [["q", "d"]] };
  expectTypeOf((await client.score({ input_data: frame }))[0]!).toEqualTypeOf<AzureMlLabelRow>();
  const c = await client.score({ input_data: ["a", { text: "q", text_pair: "d" }] });
  expectTypeOf(c[0]!).toEqualTypeOf<AzureMlScore>();
  expectTypeOf(c.requestId).toEqualTypeOf<string | undefined>();
  const one = await client.score({ input_data: "a" });
  expectTypeOf(one[0]!).toEqualTypeOf<AzureMlScore>();
  const top = await client.score({ input_data: texts, params: { top_k: 2 } });
  expectTypeOf(top[0]!).toEqualTypeOf<AzureMlScore[]>();
  const every = await client.score({ input_data: texts, params: { top_k: null } });
  expectTypeOf(every[0]!).toEqualTypeOf<AzureMlScore[]>();
  const scores = await client.score({ input_data: texts, params: { return_all_scores: true } });
  expectTypeOf(scores[0]!).toEqualTypeOf<AzureMlScore[]>();
  const groups = await client.score({
    input_data: texts,
    params: { aggregation_strategy: "simple" },
  });
  expectTypeOf(groups[0]!).toEqualTypeOf<AzureMlEntityGroup[]>();
  // @ts-expect-error A list of lists is refused by the pipeline: a pair is { text, text_pair }.
  void client.score({ input_data: [["q", "d"]] });
  // @ts-expect-error
  void client.score({});

  // Jobs have Azure's envelope and statuses.
  const job = await client.jobs.create({
    properties: { InputData: { pairs: { JobInputType: "UriFile", Uri: "files/pairs.csv" } } },
  });
  expectTypeOf<Job>(job);
  void client.jobs.create({
    properties: { dataset: { dataInputType: "DataUrl", Path: "https://x" }, miniBatchSize: 2 },
  });
  // @ts-expect-error
  void client.jobs.create({ properties: { InputData: { pairs: { JobInputType: "UriFile" } } } });
  for await (const row of client.jobs.results(job))
    expectTypeOf(row).toEqualTypeOf<JobPrediction>();
  for await (const row of client.jobs.results(job, { format: "jsonl" }))
    expectTypeOf(row).toEqualTypeOf<JobResult>();
  for await (const row of client.jobs.results<{ score: number }>(job, { format: "jsonl" }))
    expectTypeOf(row.score).toEqualTypeOf<number>();
  for await (const row of client.jobs.results(job, { format: "scores" }))
    expectTypeOf(row).toEqualTypeOf<JobScore>();
  for await (const row of client.jobs.results(job, { format: "errors" }))
    expectTypeOf(row).toEqualTypeOf<JobProblem>();
  // @ts-expect-error Only bytes are had of it: jobs.download().
  void client.jobs.results(job, { format: "parquet" });
  expectTypeOf(await client.jobs.download(job, { format: "parquet" })).toEqualTypeOf<
    ReadableStream<Uint8Array>
  >();
  // @ts-expect-error
  void client.jobs.download(job, { format: "xml" });

  // Events are progress; the job is what is returned.
  const event = await client.jobs.events(job).next();
  if (event.done) expectTypeOf(event.value).toEqualTypeOf<Job>();
  else expectTypeOf(event.value).toEqualTypeOf<JobProgress>();
  expectTypeOf(job.properties.progress?.rows).toEqualTypeOf<number | null | undefined>();
  expectTypeOf(job.properties.error?.code).toEqualTypeOf<string | undefined>();
  expectTypeOf(job.properties.results?.trec).toEqualTypeOf<string | undefined>();

  // A TREC run has three inputs; options of this service are strings, of which some are checked.
  const file = (Uri: string) => ({ JobInputType: "UriFile", Uri }) as const;
  const InputData = { run: file("files/r"), queries: file("files/q"), collection: file("files/c") };
  void client.jobs.create({
    properties: { InputData, properties: { route: "edge", columns: "query=q", other: "1" } },
  });
  // @ts-expect-error
  void client.jobs.create({ properties: { InputData, properties: { inputFormat: "xlsx" } } });

  // Files are uploaded from what the platform has.
  const stored = await client.files.upload("a", new Blob(["a"]), {
    onState: (state) => expectTypeOf(state).toEqualTypeOf<UploadState>(),
  });
  expectTypeOf(stored).toEqualTypeOf<StoredFile>();
  void client.files.upload("a", new Uint8Array(1), { resume: undefined });
  // @ts-expect-error
  void client.files.upload("a", { text: "a" });
  for await (const page of client.files.list({ prefix: "may/" }))
    expectTypeOf(page).toEqualTypeOf<FilePage>();
  expectTypeOf((await client.files.get("a")).requestId).toEqualTypeOf<string | undefined>();
  expectTypeOf(await client.files.delete("a")).toEqualTypeOf<void>();
}
