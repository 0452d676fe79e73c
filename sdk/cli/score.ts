/** `rerank score`: labels and scores of texts or pairs as an Azure ML online endpoint has them. */
import type { AzureMlRequestA, AzureMlRequestB, AzureMlRequestC } from "../azure-ml.ts";
import type { AzureMlEntity, AzureMlEntityGroup, AzureMlRow, AzureMlScore } from "../wire.ts";
import { defineCommand, wordOption } from "./command.ts";
import { connect, CONNECTION_HELP, CONNECTION_OPTIONS } from "./connection.ts";
import { CommandError } from "./failure.ts";
import { OUTPUT_HELP, OUTPUT_OPTIONS, outputFormat, writeResults } from "./output.ts";
import type { InputDocument } from "./parse-documents.ts";
import { DOCUMENT_HELP, DOCUMENT_OPTIONS, readDocuments } from "./read-documents.ts";

export const scoreCommand = defineCommand({
  summary: "labels and scores texts, by Azure ML's schema",
  synopsis: "[-q QUERY] [OPTIONS] [FILE...]",
  help: `Labels and scores each text, or each pair of a query and a text, in their order: POST /score, of this service or of an
Azure ML online endpoint.

  -q, --query QUERY         pairs it with each text (default: texts alone)
  -g, --generation LETTER   form of the request: a, b (default) or c; c gives all labels of a text, if there are several
      --deployment NAME     of an Azure ML endpoint
${CONNECTION_HELP}

${DOCUMENT_HELP}

${OUTPUT_HELP}
With --json and --jsonl the rows are as they were answered.`,
  options: {
    query: { type: "string", short: "q" },
    generation: { type: "string", short: "g" },
    deployment: { type: "string" },
    ...CONNECTION_OPTIONS,
    ...DOCUMENT_OPTIONS,
    ...OUTPUT_OPTIONS,
  },
  async run(values, files, terminal) {
    const { query, deployment } = values;
    const format = outputFormat(values);
    const generation = wordOption("generation", values.generation, ["a", "b", "c"]) ?? "b";
    const client = await connect(values, terminal);
    const documents = await readDocuments(files, values, terminal);
    const request = REQUESTS[generation](documents, query);
    const { signal } = terminal;
    const rows: readonly AzureMlRow[] =
      documents.length === 0 ? [] : await client.score(request, { deployment, signal });
    if (!Array.isArray(rows) || rows.length !== documents.length)
      throw new CommandError(
        "The answer has not one row a text: is it an endpoint that scores texts?",
      );
    const cells = rows.flatMap((row, index) =>
      labelsOf(row).map(({ label, score }) => [index, label, score, documents[index]!.text]),
    );
    const header = ["index", "label", "score", "text"];
    writeResults(format, { header, rows: cells, lines: rows, whole: rows }, terminal);
  },
});

/** Requests of each generation for texts, or for pairs with a query. */
const REQUESTS = {
  a: (documents: readonly InputDocument[], query: string | undefined): AzureMlRequestA => ({
    inputs: columnsOf(documents, query),
    parameters: { return_scores: true },
  }),
  b: (documents: readonly InputDocument[], query: string | undefined): AzureMlRequestB => ({
    input_data: columnsOf(documents, query),
    params: { return_scores: true },
  }),
  c: (documents: readonly InputDocument[], query: string | undefined): AzureMlRequestC => ({
    input_data: documents.map(({ text }) =>
      query === undefined ? text : { text: query, text_pair: text },
    ),
    params: { top_k: null },
  }),
};

function columnsOf(
  documents: readonly InputDocument[],
  query: string | undefined,
): Record<string, string[]> {
  const texts = documents.map(({ text }) => text);
  return query === undefined
    ? { input_string: texts }
    : { query: texts.map(() => query), document: texts };
}

/** A row's labels with their scores, which Azure's own scripts leave out. */
function labelsOf(row: AzureMlRow): { label: string; score: number | string }[] {
  if ("0" in row && !Array.isArray(row)) {
    const { "0": label, score = "" } = row;
    return [{ label, score: Array.isArray(score) ? score.join(" ") : score }];
  }
  const scores: readonly (AzureMlScore | AzureMlEntity | AzureMlEntityGroup)[] = [row].flat();
  return scores.map((each) => {
    if ("label" in each) return { label: each.label, score: each.score };
    const tag = "entity" in each ? each.entity : each.entity_group;
    return { label: `${tag} ${each.word}`, score: each.score };
  });
}
