import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { UserError } from "../user-error.ts";

/** Texts to search and questions with the one text each was written for. */
export interface QuestionCollection {
  documents: string[];
  questions: { text: string; /** Place in `documents`. */ relevant: number }[];
}

interface SquadRow {
  passage: string;
  questions: { question: string }[];
}

/**
 * The dev split of SQuAD v1.1 (Rajpurkar et al. 2016, https://arxiv.org/abs/1606.05250), a passage a document.
 *
 * @param folder - Holds `squad-v1.1/dev.jsonl.gz`: a passage a line, `{passage, questions: [{question}]}`.
 * @throws UserError if the file is not there
 */
export async function readSquadDev(folder: string): Promise<QuestionCollection> {
  const path = join(folder, "squad-v1.1", "dev.jsonl.gz");
  const bytes = await readFile(path).catch(() => {
    throw new UserError(`${path} is not there. Name the folder that holds squad-v1.1/.`);
  });
  const rows = gunzipSync(bytes)
    .toString()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as SquadRow);
  return {
    documents: rows.map(({ passage }) => passage),
    questions: rows.flatMap(({ questions }, relevant) =>
      questions.map(({ question }) => ({ text: question, relevant })),
    ),
  };
}

/** `count` of the values, spread evenly: the same ones each time. */
export function spread<T>(values: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, i) => values[Math.floor((i * values.length) / count)]!);
}
