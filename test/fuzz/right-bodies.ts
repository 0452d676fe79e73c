/** A few right bodies of each protocol, with every field that it knows. Pure. */

const QUERY = "which animal jumps?";
const DOCUMENTS = ["the fox", { text: "a dog", title: "dogs", id: 7, metadata: { of: ["mine"] } }];

/** What every rerank protocol takes beside its own fields. */
const SHARED = {
  model: "default",
  raw_scores: true,
  min_score: 0.1,
  details: true,
  long_documents: "max_window",
  fail_open: true,
  cache_scope: "tenant",
};

const COHERE = {
  ...SHARED,
  query: QUERY,
  documents: DOCUMENTS,
  top_n: 1,
  return_documents: true,
  rank_fields: ["text", "title"],
  max_tokens_per_doc: 100,
  max_chunks_per_doc: 3,
};

const SEVERAL_QUERIES = {
  queries: [QUERY, "and which one barks?"],
  documents: ["the fox", "a dog"],
};

export const COHERE_BODIES = [COHERE, { query: QUERY, documents: ["a", "b"] }, SEVERAL_QUERIES];

const VLLM_FIT = {
  truncate_prompt_tokens: -1,
  truncation_side: "left",
  max_tokens_per_query: 10,
  max_tokens_per_doc: 20,
};

export const VLLM_BODIES = [
  { ...SHARED, ...VLLM_FIT, query: QUERY, documents: DOCUMENTS, top_n: 0, use_activation: false },
  { ...SEVERAL_QUERIES, request_id: "a" },
];

export const TEI_BODIES = [
  {
    ...SHARED,
    query: QUERY,
    texts: ["the fox", "a dog"],
    truncate: true,
    truncation_direction: "Left",
    return_text: true,
  },
  { query: QUERY, texts: [""] },
];

export const NIM_BODIES = [
  { ...SHARED, query: { text: QUERY }, passages: [{ text: "a" }, { text: "b" }], truncate: "END" },
  { query: { text: QUERY }, passages: [{ text: "a" }] },
];

export const VOYAGE_BODIES = [
  {
    ...SHARED,
    query: QUERY,
    documents: ["a", "b"],
    top_k: 1,
    return_documents: true,
    truncation: true,
  },
  { query: QUERY, documents: ["a"] },
];

export const PINECONE_BODIES = [
  {
    ...SHARED,
    query: QUERY,
    documents: DOCUMENTS,
    top_n: 2,
    return_documents: false,
    rank_fields: ["text"],
    parameters: { truncate: "NONE" },
  },
  { query: QUERY, documents: [{ text: "a" }] },
];

const TEXTS = ["one text", "another"];
const FRAME = { index: [0, 1], columns: ["query", "document"], data: [TEXTS, TEXTS] };

export const AZURE_ML_BODIES = [
  { inputs: { input_string: TEXTS }, parameters: { return_scores: true } },
  { inputs: { question: TEXTS, passage: TEXTS } },
  {
    input_data: {
      query: TEXTS,
      document: TEXTS,
      third: TEXTS,
      parameters: { return_scores: false },
    },
  },
  { input_data: FRAME, params: { return_scores: true } },
  {
    input_data: ["a text", { text: "a", text_pair: "b" }, { text: "c", text_pair: null }],
    params: {
      function_to_apply: "Sigmoid",
      top_k: 3,
      return_all_scores: true,
      aggregation_strategy: "simple",
      ignore_labels: ["O"],
    },
  },
];

export const VLLM_SCORE_BODIES = [
  { model: "default", use_activation: true, ...VLLM_FIT, text_1: QUERY, text_2: TEXTS },
  { queries: TEXTS, documents: TEXTS },
  { queries: [QUERY], items: TEXTS },
  { data_1: TEXTS, data_2: TEXTS },
];

export const TEI_PREDICT_BODIES = [
  { inputs: "one text", truncate: true, truncation_direction: "right", raw_scores: true },
  { inputs: ["a", "b"] },
  { inputs: [["a"], ["b", "c"]] },
];

export const TEI_TOKENIZE_BODIES = [
  { inputs: "one text", add_special_tokens: false },
  { inputs: TEXTS },
];

const file = (name: string) => ({ JobInputType: "UriFile", Uri: `files/${name}` });

export const JOB_BODIES = [
  {
    properties: {
      InputData: { data: { JobInputType: "UriFolder", Uri: "files/night/" } },
      OutputData: { score: { JobOutputType: "UriFile", Uri: "files/out.csv" } },
      properties: {
        experimentName: "night",
        model: "default",
        route: "edge",
        inputFormat: "csv",
        delimiter: "\\t",
        columns: "query=question, document = the passage",
      },
      compute: { instanceCount: 4, instanceType: "Standard_DS3_v2" },
      errorThreshold: 7,
      loggingLevel: "Info",
      maxConcurrencyPerInstance: 3,
      miniBatchSize: 10,
      outputFileName: "night.csv",
      retrySettings: { maxRetries: 2, timeout: "PT1M30S" },
      tags: { team: "search" },
      description: "all of it",
    },
  },
  { properties: { dataset: { dataInputType: "DataUrl", Path: "files/night.csv" } } },
  {
    properties: {
      InputData: { run: file("run"), queries: file("q.tsv"), collection: file("c.tsv") },
    },
  },
];

/** Of an upload in parts. */
export const PART_LISTS = [
  { parts: [{ partNumber: 1, etag: "a" }] },
  {
    parts: [
      { partNumber: 2, etag: "b" },
      { partNumber: 1, etag: "a" },
    ],
  },
];
