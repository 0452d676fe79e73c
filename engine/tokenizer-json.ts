/** Reads `tokenizer.json`: the library's tokenizer, made cheap to construct and equal to Python's. */
import { Tokenizer } from "@huggingface/tokenizers";
import { BertNormalizer, type BertNormalizerConfig } from "./bert-normalizer.ts";
import { ModelError } from "./model-error.ts";
import { TokenAligner, type AlignedTokens } from "./token-aligner.ts";
import { decodeWordPieces, type WordPieceDecoderConfig } from "./word-piece-decoder.ts";
import { BoundedWordPiece, type WordPieceConfig } from "./word-piece.ts";

/** A tokenizer.json, read. */
export interface BertTokenizer {
  /** Token ids of a text, without special tokens around it. */
  readonly encode: (text: string) => readonly number[];
  /** The same tokens, up to a number of them, with their places in the text. */
  readonly align: (text: string, maxTokens: number) => AlignedTokens;
  /** The token of an id, `##` and all. */
  readonly tokenOf: (id: number) => string;
  /** Tokens in a row as text. */
  readonly decode: (tokens: readonly string[]) => string;
  /** Id of the token before the first text. */
  readonly clsId: number;
  /** Id of the token after each text. */
  readonly sepId: number;
  /** Id of every word that the vocabulary cannot spell. */
  readonly unknownId: number;
}

/** The fields read here; the others are the library's affair. */
interface TokenizerJson {
  readonly added_tokens: readonly AddedToken[];
  readonly normalizer: BertNormalizerConfig;
  readonly pre_tokenizer: { readonly type: string };
  readonly post_processor: object;
  readonly model: WordPieceConfig;
  /** Null, or absent in old files, where tokens are joined by spaces. */
  readonly decoder?: WordPieceDecoderConfig | null;
}

/** A token that is found in a text as it is, before the text is normalized. */
export interface AddedToken {
  readonly content: string;
  readonly id: number;
  readonly normalized: boolean;
  readonly single_word: boolean;
  /** It takes the whitespace before it. */
  readonly lstrip?: boolean;
  /** It takes the whitespace after it. */
  readonly rstrip?: boolean;
}

/**
 * The library's tokenizer of a BERT tokenizer.json, with our {@link BertNormalizer} and {@link BoundedWordPiece} in it.
 *
 * Costs little more than `JSON.parse`.
 *
 * @throws ModelError `tokenizer_corrupt` if the text is no tokenizer.json, `unsupported_model` if it is not BERT's kind.
 */
export function readTokenizerJson(text: string): BertTokenizer {
  const json = parse(text);
  refuseForeignKind(json);
  const tokenizer = build(json);
  const model = new BoundedWordPiece(json.model);
  const normalizer = new BertNormalizer(json.normalizer);
  tokenizer.model = model;
  tokenizer.normalizer = normalizer;

  const pair = joinedPair(tokenizer);
  const [clsToken = "", , sepToken = ""] = pair?.tokens ?? [];
  const expected = [clsToken, "A", sepToken, "B", sepToken];
  if (pair?.tokens.join(" ") !== expected.join(" ") || pair.token_type_ids?.join("") !== "00011") {
    throw unsupported("has a post_processor that does not join a pair as [CLS] A [SEP] B [SEP]");
  }
  tokenizer.post_processor = null;
  const idOf = (token: string): number => {
    const id = json.added_tokens.find(({ content }) => content === token)?.id ?? model.idOf(token);
    if (id === undefined) throw corrupt(`gives no id to its special token ${token}`);
    return id;
  };
  const unknownId = idOf(json.model.unk_token);
  const addedTokens = json.added_tokens.map(({ content }) => content);
  // Only token classifiers ask for these two.
  let aligner: TokenAligner | undefined;
  let tokens: ReadonlyMap<number, string> | undefined;
  return {
    encode(text) {
      // The library looks for added tokens at every character; few texts spell one.
      if (addedTokens.some((token) => text.includes(token))) {
        return tokenizer.encode(text, { add_special_tokens: false }).ids;
      }
      const tokens = model.encode(normalizer.normalize(text).split(" "));
      return tokens.map((token) => model.idOf(token) ?? unknownId);
    },
    align(text, maxTokens) {
      aligner ??= new TokenAligner(model, normalizer, json.added_tokens, unknownId);
      return aligner.align(text, maxTokens);
    },
    tokenOf: (id) => (tokens ??= tokensById(json)).get(id) ?? json.model.unk_token,
    decode: (sequence) => decodeWordPieces(sequence, json.decoder ?? null),
    clsId: idOf(clsToken),
    sepId: idOf(sepToken),
    unknownId,
  };
}

function tokensById({ model, added_tokens }: TokenizerJson): ReadonlyMap<number, string> {
  const tokens = new Map(Object.entries(model.vocab).map(([token, id]) => [id, token]));
  for (const { content, id } of added_tokens) tokens.set(id, content);
  return tokens;
}

function parse(text: string): TokenizerJson {
  let json: Record<string, unknown> | null;
  try {
    json = JSON.parse(text) as typeof json;
  } catch (cause) {
    throw corrupt(`is no JSON (${(cause as Error).message})`);
  }
  for (const field of ["model", "normalizer", "pre_tokenizer", "post_processor", "added_tokens"]) {
    if (json?.[field] === undefined) throw corrupt(`has no ${field}`);
  }
  return json as unknown as TokenizerJson;
}

/** Only what the fused normalizer and the look-up by words hold for. */
function refuseForeignKind({
  model,
  normalizer,
  pre_tokenizer,
  added_tokens,
}: TokenizerJson): void {
  for (const [field, type, expected] of [
    ["model", model?.type, "WordPiece"],
    ["normalizer", normalizer?.type, "BertNormalizer"],
    ["pre_tokenizer", pre_tokenizer?.type, "BertPreTokenizer"],
  ]) {
    if (type !== expected) throw unsupported(`has ${field} ${type}, this engine reads ${expected}`);
  }
  if (typeof model.vocab !== "object" || model.vocab === null || !Array.isArray(added_tokens)) {
    throw corrupt("has no vocabulary");
  }
  for (const field of ["unk_token", "continuing_subword_prefix"] as const) {
    if (typeof model[field] !== "string") throw corrupt(`has no model.${field}`);
  }
  for (const { content, normalized, single_word } of added_tokens as readonly AddedToken[]) {
    if (normalized || single_word || /\s/.test(content)) {
      throw unsupported(
        `has the added token ${JSON.stringify(content)} with whitespace, normalized or single_word`,
      );
    }
  }
}

/** The library's tokenizer without a vocabulary, splitting at the spaces that {@link BertNormalizer} puts. */
function build(json: TokenizerJson): Tokenizer {
  const spaces = { type: "Split", pattern: { String: " " }, behavior: "Removed" };
  const model = { ...json.model, vocab: {} };
  try {
    return new Tokenizer(
      { ...json, model, normalizer: null, pre_tokenizer: spaces, decoder: null },
      {},
    );
  } catch (cause) {
    throw corrupt(`is not understood (${(cause as Error).message})`);
  }
}

/** What two texts of one token become. */
function joinedPair(tokenizer: Tokenizer) {
  try {
    return tokenizer.post_processor?.(["A"], ["B"]);
  } catch (cause) {
    throw corrupt(`has a post_processor that is not understood (${(cause as Error).message})`);
  }
}

function corrupt(problem: string): ModelError {
  return new ModelError("tokenizer_corrupt", `tokenizer.json ${problem}`);
}

function unsupported(problem: string): ModelError {
  return new ModelError("unsupported_model", `tokenizer.json ${problem}`);
}
