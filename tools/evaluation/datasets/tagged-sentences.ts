import { malformed, readJsonLines, readLines } from "./lines.ts";

/** A sentence's tokens and their tags, as many. */
export interface TaggedSentence {
  tokens: readonly string[];
  /** IOB2: `B-type`, `I-type`, `O`. */
  tags: readonly string[];
}

/**
 * Reads a set for token classification: JSON lines `{tokens, tags}`, or, if the name ends in `.conll`, `.bio`, `.iob` or `.txt` (and
 * `.gz`), CoNLL's columns: a token a line, first column the token, last the tag, a blank line after each sentence.
 *
 * @throws UserError naming the file, the line and what is wrong with it
 */
export async function readTaggedSentences(path: string): Promise<TaggedSentence[]> {
  return isConll(path) ? readConll(path) : readTaggedLines(path);
}

/** Whether a file's name says that it has CoNLL's columns. */
export function isConll(path: string): boolean {
  return /\.(conll|bio|iob|txt)(\.gz)?$/.test(path);
}

async function readTaggedLines(path: string): Promise<TaggedSentence[]> {
  const sentences: TaggedSentence[] = [];
  for await (const { value, where } of readJsonLines(path)) {
    const { tokens, tags } = value;
    if (!isStrings(tokens) || !isStrings(tags)) {
      throw malformed(where, "tokens or tags is not a list of strings");
    }
    if (tokens.length !== tags.length) {
      throw malformed(where, `there are ${tokens.length} tokens and ${tags.length} tags`);
    }
    if (tags.includes("")) throw malformed(where, "a tag is empty");
    sentences.push({ tokens, tags });
  }
  return sentences;
}

async function readConll(path: string): Promise<TaggedSentence[]> {
  const sentences: TaggedSentence[] = [];
  let tokens: string[] = [];
  let tags: string[] = [];
  const endSentence = (): void => {
    if (tokens.length > 0) sentences.push({ tokens, tags });
    tokens = [];
    tags = [];
  };
  for await (const { text, where } of readLines(path)) {
    const columns = text.trim().split(/\s+/);
    if (columns[0] === "" || columns[0] === "-DOCSTART-") {
      endSentence();
      continue;
    }
    if (columns.length < 2) throw malformed(where, `there is a token, "${columns[0]}", and no tag`);
    tokens.push(columns[0]!);
    tags.push(columns.at(-1)!);
  }
  endSentence();
  return sentences;
}

/** Whether a value is an array of strings alone. */
export function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
