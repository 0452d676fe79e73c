/** `rerank rerank`: documents of files in the order of their scores for a query. */
import type { RerankManyResponse } from "../rerank-many.ts";
import type { RankedDocument } from "../rerank.ts";
import { countOption, defineCommand, shareOption, wordOption } from "./command.ts";
import { connect, CONNECTION_HELP, CONNECTION_OPTIONS } from "./connection.ts";
import { UsageError } from "./failure.ts";
import { OUTPUT_HELP, OUTPUT_OPTIONS, outputFormat, writeResults, type Results } from "./output.ts";
import type { InputDocument } from "./parse-documents.ts";
import { startProgress } from "./progress.ts";
import { DOCUMENT_HELP, DOCUMENT_OPTIONS, readDocuments } from "./read-documents.ts";
import { paintFor, type Terminal } from "./terminal.ts";

/** Small enough for progress to be seen, and for a service without a backend, which takes 65,536 tokens by its own count. */
const DOCUMENTS_PER_REQUEST = 100;
const TOKENS_PER_REQUEST = 32_768;

export const rerankCommand = defineCommand({
  summary: "ranks documents for a query",
  synopsis: "-q QUERY [OPTIONS] [FILE...]",
  help: `Ranks documents for a query, best first.

  -q, --query QUERY         what is asked
  -n, --top-n COUNT         results at most (default: all)
      --min-score SCORE     leaves out documents of a lower score, from 0 to 1
      --raw-scores          scores are the model's logits, not their sigmoids
      --long-documents HOW  truncate (default), or max_window: in windows, of which the best counts
      --model NAME          a model of the service (default: its own default)
      --route WHERE         auto (default), edge or backend
${CONNECTION_HELP}

${DOCUMENT_HELP}

${OUTPUT_HELP}`,
  options: {
    query: { type: "string", short: "q" },
    "top-n": { type: "string", short: "n" },
    "min-score": { type: "string" },
    "raw-scores": { type: "boolean" },
    "long-documents": { type: "string" },
    model: { type: "string", short: "m" },
    route: { type: "string" },
    ...CONNECTION_OPTIONS,
    ...DOCUMENT_OPTIONS,
    ...OUTPUT_OPTIONS,
  },
  async run(values, files, terminal) {
    const { query, model } = values;
    if (!query) throw new UsageError("Say what is asked, with --query.");
    const format = outputFormat(values);
    const options = {
      query,
      model,
      topN: countOption("top-n", values["top-n"]),
      minScore: shareOption("min-score", values["min-score"]),
      rawScores: values["raw-scores"],
      longDocuments: wordOption("long-documents", values["long-documents"], [
        "truncate",
        "max_window",
      ]),
      route: wordOption("route", values.route, ["auto", "edge", "backend"]),
    };
    const client = await connect(values, terminal);
    const documents = await readDocuments(files, values, terminal);
    const progress = startProgress(terminal.stderr, "ranking", Math.max(1, documents.length));
    const text = (document: InputDocument): string => document.text;
    const answer = await client
      .rerankMany(
        { ...options, documents, text },
        {
          maxDocuments: DOCUMENTS_PER_REQUEST,
          maxTokens: TOKENS_PER_REQUEST,
          onProgress: ({ done }) => progress.update(done),
          signal: terminal.signal,
        },
      )
      .finally(() => progress.end());
    writeResults(format, resultsOf(answer), terminal);
    if (format === "table") note(answer, documents.length, terminal);
  },
});

function resultsOf(answer: RerankManyResponse<InputDocument>): Results {
  const { results, model, usage, servedBy, requestIds } = answer;
  const lines = results.map(({ document, index, score }, at) => ({
    rank: at + 1,
    index,
    score,
    document: document.value,
  }));
  return {
    header: ["rank", "score", "index", "text"],
    rows: results.map(rowOf),
    lines,
    whole: { model, results: lines, usage, servedBy, requestIds },
  };
}

function rowOf({ document, index, score }: RankedDocument<InputDocument>, at: number) {
  return [at + 1, score, index, document.text];
}

/** Beside a table, for a person at a terminal: how much was read, and who ranked it. */
function note(answer: RerankManyResponse<unknown>, read: number, { stderr, env }: Terminal): void {
  if (!stderr.isTTY) return;
  const { results, model, usage, servedBy } = answer;
  const facts = [
    `${results.length} of ${read} documents`,
    `${usage.totalTokens} tokens`,
    model,
    servedBy,
  ];
  stderr.write(`${paintFor(stderr, env).faint(facts.filter(Boolean).join(", "))}\n`);
}
