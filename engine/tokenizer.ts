import { ModelError } from "./model-error.ts";
import type { AlignedTokens } from "./token-aligner.ts";
import { type BertTokenizer, readTokenizerJson } from "./tokenizer-json.ts";

/** One encoder input: `[CLS] query [SEP] document [SEP]`, or `[CLS] query [SEP]` for a single text. */
export interface EncodedPair {
  /** Token ids, `[seq]`, special tokens included; owned by the pair. */
  inputIds: Int32Array;
  /** `[seq]`: 0 up to and with the first `[SEP]`, 1 after it. */
  tokenTypeIds: Uint8Array;
  /** Tokens dropped from the query's end; 0 when it is whole. */
  queryTokensCut: number;
  /** Tokens dropped from the document's end; 0 when it is whole. */
  documentTokensCut: number;
}

/** Words whose ids are kept: about 2 MB. */
const MAX_CACHED_WORDS = 16_384;
/** In UTF-16 units. V8 keeps a longer word as a slice of its text, so that a kept word would hold on to the whole document. */
const MAX_CACHED_WORD_LENGTH = 12;

/**
 * Text to encoder inputs with a BERT model's own tokenizer.json.
 *
 * Token ids equal those of Python's `tokenizers`, text that spells a special token such as `[SEP]` included.
 * The same text gives the same ids on every host.
 */
export class PairTokenizer {
  /** Most tokens of an {@link EncodedPair}, special tokens included. */
  readonly maxSeqLength: number;
  readonly #tokenizer: BertTokenizer;
  readonly #wordIds = new Map<string, readonly number[]>();

  /**
   * @param tokenizerJson - The text of tokenizer.json.
   * @param maxSeqLength - The model's window, in tokens; at least 3.
   * @throws ModelError `tokenizer_corrupt` if the text is no tokenizer.json, `unsupported_model` if it is not BERT's kind or the
   *   window cannot hold a pair's special tokens.
   */
  constructor(tokenizerJson: string, maxSeqLength: number) {
    if (maxSeqLength < 3)
      throw new ModelError("unsupported_model", `a window of ${maxSeqLength} tokens holds no pair`);
    this.maxSeqLength = maxSeqLength;
    this.#tokenizer = readTokenizerJson(tokenizerJson);
  }

  /** Token ids of a text, `[tokens]`, without special tokens and not truncated. Time is linear in the text's length. */
  encode(text: string): Int32Array {
    const ids: number[] = [];
    // BERT's words never reach over whitespace, so each stretch without any is looked up alone.
    for (const word of text.split(/[ \t\r\n]+/)) {
      for (const id of this.#encodeWord(word)) ids.push(id);
    }
    return new Int32Array(ids);
  }

  /**
   * The encoder input of a query and a document, cut to the window.
   *
   * The window has room for `maxSeqLength - 3` tokens of both. When they do not fit, a query of more than
   * `floor((maxSeqLength - 3) / 2)` tokens is cut to that many, and then the document to the room that is left.
   * A single text is cut to `maxSeqLength - 2` tokens. Tokens are always dropped from the end.
   *
   * @param query - Token ids from {@link encode}.
   * @param document - Token ids from {@link encode}; null for a single text. An empty array is an empty document.
   * @param maxTokens - A smaller window, special tokens included: at least 3. More than the model's means the model's.
   */
  pair(
    query: Int32Array,
    document: Int32Array | null,
    maxTokens: number = this.maxSeqLength,
  ): EncodedPair {
    const room = Math.min(maxTokens, this.maxSeqLength) - (document === null ? 2 : 3);
    const documentLength = document?.length ?? 0;
    const fits = query.length + documentLength <= room;
    const queryMost = document === null ? room : Math.floor(room / 2);
    const queryKept = fits ? query.length : Math.min(query.length, queryMost);
    const documentKept = Math.min(documentLength, room - queryKept);

    const { clsId, sepId } = this.#tokenizer;
    const inputIds = new Int32Array(queryKept + 2 + (document === null ? 0 : documentKept + 1));
    const tokenTypeIds = new Uint8Array(inputIds.length);
    inputIds[0] = clsId;
    inputIds.set(query.subarray(0, queryKept), 1);
    inputIds[queryKept + 1] = sepId;
    if (document !== null) {
      inputIds.set(document.subarray(0, documentKept), queryKept + 2);
      inputIds[inputIds.length - 1] = sepId;
      tokenTypeIds.fill(1, queryKept + 2);
    }
    return {
      inputIds,
      tokenTypeIds,
      queryTokensCut: query.length - queryKept,
      documentTokensCut: documentLength - documentKept,
    };
  }

  /**
   * The first tokens of {@link encode} with their places in the text. Slower than {@link encode}, but it stops at the last token wanted.
   *
   * @param maxTokens - Default: those of a single text that fit the window, as a token classifier reads them.
   */
  align(text: string, maxTokens: number = this.maxSeqLength - 2): AlignedTokens {
    return this.#tokenizer.align(text, maxTokens);
  }

  /** The token of an id, `##` and all. */
  tokenOf(id: number): string {
    return this.#tokenizer.tokenOf(id);
  }

  /** Tokens in a row as text: pieces joined to words, words by spaces, as Python's `convert_tokens_to_string` does. */
  decode(tokens: readonly string[]): string {
    return this.#tokenizer.decode(tokens);
  }

  /** Id of every word that the vocabulary cannot spell. */
  get unknownId(): number {
    return this.#tokenizer.unknownId;
  }

  #encodeWord(word: string): readonly number[] {
    const known = this.#wordIds.get(word);
    if (known !== undefined) return known;
    const ids = this.#tokenizer.encode(word);
    if (word.length <= MAX_CACHED_WORD_LENGTH) {
      if (this.#wordIds.size >= MAX_CACHED_WORDS) this.#wordIds.clear();
      this.#wordIds.set(word, ids);
    }
    return ids;
  }
}
