import { join } from "node:path";
import type { Architecture } from "../../engine/manifest.ts";
import { ModelError } from "../../engine/model-error.ts";
import { PairTokenizer } from "../../engine/tokenizer.ts";
import { readJsonIfThere, readTextIfThere } from "../json-file.ts";
import { UserError } from "../user-error.ts";
import { buildBertTokenizer } from "./bert-tokenizer.ts";

/**
 * The tokenizer.json of a checkpoint folder, as compact JSON without truncation and padding (the engine does its own); made from
 * vocab.txt where there is none.
 * @throws UserError if there is neither, or it does not go with the model
 */
export async function readCheckpointTokenizer(
  folder: string,
  { vocabSize, maxSeqLength }: Architecture,
): Promise<string> {
  const path = join(folder, "tokenizer.json");
  const tokenizer = (await readJsonIfThere(path)) ?? (await fromVocabulary(folder));
  const text = JSON.stringify({ ...tokenizer, truncation: null, padding: null });
  try {
    new PairTokenizer(text, maxSeqLength);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new UserError(`${folder}: ${error.problem}. The engine cannot use this tokenizer.`);
  }
  const largest = largestTokenId(tokenizer);
  if (largest >= vocabSize) {
    throw new UserError(
      `The tokenizer in ${folder} has the token id ${largest}, but config.json's vocab_size is ${vocabSize}. They do not belong together: fetch the checkpoint again.`,
    );
  }
  return text;
}

async function fromVocabulary(folder: string): Promise<Record<string, unknown>> {
  const vocabulary = await readTextIfThere(join(folder, "vocab.txt"));
  if (vocabulary === undefined) {
    throw new UserError(`${folder} has neither tokenizer.json nor vocab.txt. Fetch one of them.`);
  }
  const settings = await readJsonIfThere(join(folder, "tokenizer_config.json"));
  return buildBertTokenizer(vocabulary, settings ?? {});
}

/** @param tokenizer one that {@link PairTokenizer} accepts */
function largestTokenId(tokenizer: Record<string, unknown>): number {
  const { model, added_tokens } = tokenizer as {
    model: { vocab: Record<string, number> };
    added_tokens: { id: number }[];
  };
  let largest = 0;
  for (const id of Object.values(model.vocab)) largest = Math.max(largest, id);
  for (const { id } of added_tokens) largest = Math.max(largest, id);
  return largest;
}
