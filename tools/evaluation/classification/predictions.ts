import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../user-error.ts";
import { isStrings } from "../datasets/tagged-sentences.ts";
import { malformed, parseJson, readLines } from "../datasets/lines.ts";

/** Labels of texts, as many and in their order. A model gives one of these, and so does a file. */
export type Classify = (texts: readonly string[]) => Promise<readonly string[]>;

/** Tags of sentences: for each as many as it has tokens. */
export type Tagger = (
  sentences: readonly (readonly string[])[],
) => Promise<readonly (readonly string[])[]>;

/**
 * Labels that were predicted before: a JSON line for each text, a string or an object with the string in `label` or `prediction`.
 * @returns a {@link Classify} that throws UserError if the file is missing or malformed, or has more or fewer lines than texts
 */
export function labelsFromFile(path: string): Classify {
  return async (texts) => {
    const labels: string[] = [];
    for await (const { value, where } of predictions(path, ["label", "prediction"])) {
      if (typeof value !== "string" && typeof value !== "number") {
        throw malformed(where, "this is neither a label nor an object with one in label");
      }
      labels.push(String(value));
    }
    checkCount(path, labels.length, texts.length, "texts");
    return labels;
  };
}

/**
 * Tags that were predicted before: a JSON line for each sentence, a list of strings or an object with the list in `tags` or `prediction`.
 * @returns a {@link Tagger} that throws UserError as {@link labelsFromFile} does, and if a line has more or fewer tags than tokens
 */
export function tagsFromFile(path: string): Tagger {
  return async (sentences) => {
    const all: string[][] = [];
    for await (const { value: tags, where } of predictions(path, ["tags", "prediction"])) {
      if (!isStrings(tags) || tags.includes("")) {
        throw malformed(where, "this is neither a list of tags nor an object with one in tags");
      }
      const tokens = sentences[all.length]?.length ?? tags.length;
      if (tags.length !== tokens) {
        throw malformed(where, `there are ${tags.length} tags for ${tokens} tokens`);
      }
      all.push(tags);
    }
    checkCount(path, all.length, sentences.length, "sentences");
    return all;
  };
}

/** Writes predictions.jsonl into a folder that exists, in the order of the set: what {@link labelsFromFile} and {@link tagsFromFile} read. */
export async function writePredictions(
  folder: string,
  predictions: readonly unknown[],
): Promise<void> {
  const lines = predictions.map((prediction) => `${JSON.stringify(prediction)}\n`);
  await writeFile(join(folder, "predictions.jsonl"), lines.join(""));
}

/** The value of each line: itself, or that of the first of the keys that an object has. */
async function* predictions(
  path: string,
  keys: readonly string[],
): AsyncGenerator<{ value: unknown; where: string }> {
  for await (const { text, where } of readLines(path)) {
    if (text.trim() === "") continue;
    const value = parseJson(text, where);
    const object =
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? (value as Record<string, unknown>)
        : undefined;
    const key = object && keys.find((candidate) => object[candidate] !== undefined);
    yield { value: object ? key && object[key] : value, where };
  }
}

function checkCount(path: string, actual: number, expected: number, things: string): void {
  if (actual === expected) return;
  throw new UserError(
    `${path} has ${actual} predictions for ${expected} ${things}. Write one a line, in the order of the set.`,
  );
}
