import type { BertNormalizer } from "./bert-normalizer.ts";
import type { AddedToken } from "./tokenizer-json.ts";
import type { BoundedWordPiece } from "./word-piece.ts";

const WHITESPACE = /\s/;

/**
 * Tokens of a text, without special ones around them, with their places in it.
 *
 * A place is `[start, end)` in UTF-16 units of the text as it was given, however normalization changed it: from the first to after
 * the last character that left something in the token. Neither starts nor ends ever go down.
 */
export interface AlignedTokens {
  /** `[tokens]` */
  ids: number[];
  /** `[tokens]` */
  starts: number[];
  /** `[tokens]` */
  ends: number[];
}

/**
 * Python's `tokenizers` with its offsets, for a BERT tokenizer.
 *
 * Every character has an image by itself (see {@link BertNormalizer}), so each unit of a normalized word knows its character, and a
 * piece of the word spans those of its first and last unit. The ids are those that the faster path gives.
 */
export class TokenAligner {
  readonly #model: BoundedWordPiece;
  readonly #normalizer: BertNormalizer;
  readonly #unknownId: number;
  readonly #addedByContent: ReadonlyMap<string, AddedToken>;
  /** Null if there are no added tokens. */
  readonly #addedTokens: RegExp | null;

  constructor(
    model: BoundedWordPiece,
    normalizer: BertNormalizer,
    addedTokens: readonly AddedToken[],
    unknownId: number,
  ) {
    this.#model = model;
    this.#normalizer = normalizer;
    this.#unknownId = unknownId;
    this.#addedByContent = new Map(addedTokens.map((token) => [token.content, token]));
    // The first alternative that matches wins, so the longest comes first.
    const patterns = addedTokens
      .map(({ content }) => content)
      .toSorted((a, b) => b.length - a.length)
      .map(escapeForPattern);
    this.#addedTokens = patterns.length > 0 ? new RegExp(patterns.join("|"), "g") : null;
  }

  /** The text's first `maxTokens` tokens; time is linear in the part of the text that they span. */
  align(text: string, maxTokens: number): AlignedTokens {
    const tokens: AlignedTokens = { ids: [], starts: [], ends: [] };
    let start = 0;
    for (const match of this.#addedTokens === null ? [] : text.matchAll(this.#addedTokens)) {
      const { id, lstrip, rstrip } = this.#addedByContent.get(match[0])!;
      let begin = match.index;
      let end = begin + match[0].length;
      while (lstrip && begin > start && WHITESPACE.test(text[begin - 1]!)) begin--;
      while (rstrip && end < text.length && WHITESPACE.test(text[end]!)) end++;
      this.#alignPlain(text, start, begin, tokens, maxTokens);
      if (tokens.ids.length >= maxTokens) return tokens;
      push(tokens, id, begin, end);
      start = end;
    }
    this.#alignPlain(text, start, text.length, tokens, maxTokens);
    return tokens;
  }

  /** Adds the tokens of `text[begin, end)`, which spells no added token. */
  #alignPlain(
    text: string,
    begin: number,
    end: number,
    tokens: AlignedTokens,
    maxTokens: number,
  ): void {
    let word = "";
    /** Of each unit of the word: where its character starts and ends in the text. */
    let starts: number[] = [];
    let ends: number[] = [];
    const endWord = (): void => {
      if (word === "") return;
      this.#alignWord(word, starts, ends, tokens, maxTokens);
      word = "";
      starts = [];
      ends = [];
    };
    for (let start = begin; start < end && tokens.ids.length < maxTokens;) {
      const character = String.fromCodePoint(text.codePointAt(start)!);
      const next = start + character.length;
      const image = this.#normalizer.imageOf(character);
      for (let i = 0; i < image.length; i++) {
        if (image[i] === " ") {
          endWord();
          continue;
        }
        word += image[i];
        starts.push(start);
        ends.push(next);
      }
      start = next;
    }
    endWord();
  }

  /** Adds the pieces of one normalized word. */
  #alignWord(
    word: string,
    starts: readonly number[],
    ends: readonly number[],
    tokens: AlignedTokens,
    maxTokens: number,
  ): void {
    const pieces = this.#model.encode([word]);
    let unit = 0;
    for (const [index, piece] of pieces.entries()) {
      if (tokens.ids.length >= maxTokens) return;
      // A piece alone spans the word, whether it spells it or stands for what cannot be spelled.
      const length =
        pieces.length === 1
          ? word.length
          : piece.length - (index > 0 ? this.#model.prefixLength : 0);
      const id = this.#model.idOf(piece) ?? this.#unknownId;
      push(tokens, id, starts[unit]!, ends[unit + length - 1]!);
      unit += length;
    }
  }
}

function push(tokens: AlignedTokens, id: number, start: number, end: number): void {
  tokens.ids.push(id);
  tokens.starts.push(start);
  tokens.ends.push(end);
}

function escapeForPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}
