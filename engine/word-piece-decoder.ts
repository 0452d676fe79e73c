/** The `decoder` of a BERT tokenizer.json. */
export interface WordPieceDecoderConfig {
  readonly type: string;
  /** What a piece inside a word begins with: `##`. */
  readonly prefix?: string;
  /** Whether spaces before punctuation and English contractions are removed. Default true. */
  readonly cleanup?: boolean;
}

/** What a cleanup replaces, in this order, in each token with its space. */
const CLEANUPS = [
  [" .", "."],
  [" ?", "?"],
  [" !", "!"],
  [" ,", ","],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [" do not", " don't"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
] as const;

/**
 * Tokens in a row as text: pieces are joined to words, words by spaces, the first token is kept as it is.
 *
 * @param config Null joins tokens by spaces.
 * @see tokenizers/src/decoders/wordpiece.rs of tokenizers 0.23
 */
export function decodeWordPieces(
  tokens: readonly string[],
  config: WordPieceDecoderConfig | null,
): string {
  if (config?.type !== "WordPiece") return tokens.join(" ");
  const { prefix = "##", cleanup = true } = config;
  let text = "";
  for (const [index, token] of tokens.entries()) {
    let part = token;
    if (index > 0) part = token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
    if (cleanup) for (const [from, to] of CLEANUPS) part = part.replaceAll(from, to);
    text += part;
  }
  return text;
}
