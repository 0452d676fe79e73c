/** The protocols that the upstream speaks: what a body asks, and the text that answers it. Pure. */
import * as z from "zod";
import { sigmoid, upstreamLogit } from "./upstream-logit.ts";

/** One place of an answer. */
export interface Result {
  /** Place of the document in the call, from 0. */
  index: number;
  /** JSON text of a number, or what a faulty upstream writes in its stead. */
  score: string;
}

/** A scoring call that has been understood. */
export interface Question {
  /** `tei` is held to a batch limit. */
  protocol: "tei" | "cohere" | "nim" | "azure-ml";
  /** How many documents it has. */
  documents: number;
  /** The right answer, in the order in which the protocol gives it. */
  results: Result[];
  /** The body that tells these results. */
  write(results: readonly Result[]): string;
  /** The body of an error. */
  writeError(status: number, message: string): string;
}

/** A call that the protocol itself refuses. */
export interface Refusal {
  status: number;
  body: string;
}

type Pair = readonly [query: string, document: string];

/** `input` is the order of the documents; the others are by score, the second with equal scores by falling index. */
type Order = "input" | "score" | "score, higher index first";

const TEI_ERROR_TYPES: Record<number, string> = {
  422: "Validation",
  429: "Overloaded",
  503: "Unhealthy",
};
// An answer of the servers that count tokens has a count; without a tokenizer it is made of the texts' length.
const CHARACTERS_PER_TOKEN = 4;

const text = z.union([z.string(), z.object({ text: z.string() }).transform((value) => value.text)]);

const tei = z
  .object({
    query: z.string(),
    texts: z.array(z.string()).min(1),
    raw_scores: z.boolean().default(false),
  })
  .transform(({ query, texts, raw_scores }): Question => {
    const pairs = pairsOf(query, texts);
    return {
      protocol: "tei",
      documents: texts.length,
      results: score(pairs, { raw: raw_scores, order: "score, higher index first" }),
      write: (results) =>
        list(results, (result) => `{"index":${result.index},"score":${result.score}}`),
      writeError: (status, error) =>
        JSON.stringify({ error, error_type: TEI_ERROR_TYPES[status] ?? "Backend" }),
    };
  });

const cohere = z
  .object({
    model: z.string().default("upstream"),
    query: z.string(),
    documents: z.array(text).min(1),
    top_n: z.int().min(0).nullish(),
    return_documents: z.boolean().default(false),
    // Infinity's and vLLM's ways to ask for logits.
    raw_scores: z.boolean().default(false),
    use_activation: z.boolean().nullish(),
  })
  .transform(({ model, query, documents, ...options }): Question => {
    const pairs = pairsOf(query, documents);
    const raw = options.raw_scores || options.use_activation === false;
    const ranked = score(pairs, { raw, order: "score" });
    // vLLM, told by its own field, answers with documents always.
    const withDocuments = options.return_documents || options.use_activation !== undefined;
    const resultOf = (result: Result): string => {
      const document = { text: documents[result.index] ?? "" };
      const extra = withDocuments ? `,"document":${JSON.stringify(document)}` : "";
      return `{"index":${result.index},"relevance_score":${result.score}${extra}}`;
    };
    return {
      protocol: "cohere",
      documents: documents.length,
      results: ranked.slice(0, options.top_n || documents.length),
      write: (results) =>
        `{"id":"upstream","model":${JSON.stringify(model)},"results":${list(results, resultOf)},"usage":${usage(pairs)}}`,
      writeError,
    };
  });

const nim = z
  .object({ query: z.object({ text: z.string() }), passages: z.array(text).min(1) })
  .transform(({ query, passages }): Question => {
    const pairs = pairsOf(query.text, passages);
    const ranking = (result: Result) => `{"index":${result.index},"logit":${result.score}}`;
    return {
      protocol: "nim",
      documents: passages.length,
      results: score(pairs, { raw: true, order: "score" }),
      write: (results) => `{"rankings":${list(results, ranking)},"usage":${usage(pairs)}}`,
      writeError,
    };
  });

const azureMl = z
  .object({
    input_data: z.array(z.object({ text: z.string(), text_pair: z.string() })).min(1),
    params: z.object({ function_to_apply: z.string().optional() }).optional(),
  })
  .transform(({ input_data: rows, params }): Question => ({
    protocol: "azure-ml",
    documents: rows.length,
    results: score(
      rows.map((row) => [row.text, row.text_pair]),
      { raw: params?.function_to_apply === "none", order: "input" },
    ),
    write: (results) => list(results, (result) => `{"label":"LABEL_0","score":${result.score}}`),
    writeError,
  }));

const PROTOCOLS: Record<string, z.ZodType<Question>> = {
  "/rerank": z.union([tei, cohere]),
  "/v1/rerank": cohere,
  "/v2/rerank": cohere,
  "/v1/ranking": nim,
  "/score": azureMl,
};

/** Whether a POST to this path scores. */
export function isScoringPath(path: string): boolean {
  return Object.hasOwn(PROTOCOLS, path);
}

/**
 * Reads a scoring call, or refuses it as the server whose path it is would.
 * @param path - One that scores.
 * @param maxTexts - How many texts a call of TEI's form may have.
 */
export function readQuestion(path: string, body: string, maxTexts: number): Question | Refusal {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { status: 400, body: writeError(400, "The body is not JSON.") };
  }
  const parsed = PROTOCOLS[path]!.safeParse(value);
  if (!parsed.success) {
    return { status: 422, body: writeError(422, z.prettifyError(parsed.error)) };
  }
  const question = parsed.data;
  if (question.protocol === "tei" && question.documents > maxTexts) {
    const message = `batch size ${question.documents} > maximum allowed batch size ${maxTexts}`;
    return { status: 422, body: question.writeError(422, message) };
  }
  return question;
}

function pairsOf(query: string, documents: readonly string[]): Pair[] {
  return documents.map((document) => [query, document]);
}

function score(pairs: readonly Pair[], { raw, order }: { raw: boolean; order: Order }): Result[] {
  const scored = pairs.map(([query, document], index) => ({
    index,
    logit: upstreamLogit(query, document),
  }));
  if (order !== "input") {
    const direction = order === "score" ? 1 : -1;
    scored.sort((a, b) => b.logit - a.logit || direction * (a.index - b.index));
  }
  return scored.map(({ index, logit }) => ({ index, score: String(raw ? logit : sigmoid(logit)) }));
}

function list(results: readonly Result[], write: (result: Result) => string): string {
  return `[${results.map(write).join(",")}]`;
}

function usage(pairs: readonly Pair[]): string {
  const characters = pairs.reduce(
    (sum, [query, document]) => sum + query.length + document.length,
    0,
  );
  const tokens = Math.ceil(characters / CHARACTERS_PER_TOKEN);
  return JSON.stringify({ prompt_tokens: tokens, total_tokens: tokens });
}

function writeError(_status: number, message: string): string {
  return JSON.stringify({ message });
}
