import { stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../user-error.ts";
import type { Query, RankingSet } from "./dataset.ts";
import { idField, listing, malformed, readJsonLines, textField, type JsonLine } from "./lines.ts";
import { readQrels } from "./qrels.ts";

/**
 * Reads a folder in BEIR's layout: `corpus.jsonl` with `{_id, title?, text}`, `queries.jsonl` with `{_id, text}` and
 * `qrels/SPLIT.tsv`. The first two may end in `.gz`. A document is its title, a space and its text. Queries without a judgement in
 * the split are left out: BEIR keeps those of all splits in one file.
 *
 * @throws UserError naming the file, the line and what is wrong with it
 * @see https://github.com/beir-cellar/beir/wiki/Load-your-custom-dataset
 */
export async function readBeir(folder: string, split: string, name: string): Promise<RankingSet> {
  const documents = await readCorpus(await existing(folder, "corpus.jsonl"));
  const queries = await readQueries(await existing(folder, "queries.jsonl"));
  const qrels = await readQrels(await existing(folder, join("qrels", `${split}.tsv`)));
  return {
    kind: "ranking",
    name,
    queries: queries.filter(({ id }) => qrels.has(id)),
    qrels,
    source: { kind: "corpus", documents },
  };
}

/** Texts by document id. @throws UserError as {@link readBeir} */
export async function readCorpus(path: string): Promise<Map<string, string>> {
  const documents = new Map<string, string>();
  for await (const line of readJsonLines(path)) {
    const id = requiredId(line);
    if (documents.has(id)) throw malformed(line.where, `document ${id} is there twice`);
    documents.set(id, titledText(line.value["title"], textField(line, "text")));
  }
  return documents;
}

/** @throws UserError as {@link readBeir} */
export async function readQueries(path: string): Promise<Query[]> {
  const queries = new Map<string, Query>();
  for await (const line of readJsonLines(path)) {
    const id = requiredId(line);
    if (queries.has(id)) throw malformed(line.where, `query ${id} is there twice`);
    queries.set(id, { id, text: textField(line, "text") });
  }
  return [...queries.values()];
}

/** A document's one text: what is searched and what is scored. */
export function titledText(title: unknown, text: string): string {
  return typeof title === "string" && title !== "" ? `${title} ${text}` : text;
}

function requiredId(line: JsonLine): string {
  const id = idField(line, "_id");
  if (id === undefined) throw malformed(line.where, "_id is missing");
  return id;
}

/** The file of that name, or compressed. */
async function existing(folder: string, name: string): Promise<string> {
  for (const path of [join(folder, name), join(folder, `${name}.gz`)]) {
    if (await stat(path).catch(() => undefined)) return path;
  }
  const parent = join(folder, name, "..");
  throw new UserError(`${join(folder, name)} is not there. ${await listing(parent)}`);
}
