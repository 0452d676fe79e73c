/** How many documents fit into a request. Pure. */

/** What the service takes of a request: its limits `maxDocuments`, `maxTotalChars` (UTF-16 units) and `maxBodyBytes`, which `GET /info` shows. */
export const SERVICE_LIMITS = {
  maxDocuments: 1_000,
  maxTotalChars: 2_000_000,
  maxBodyBytes: 6 * 1024 * 1024,
} as const;

export interface SplitOptions {
  /** Documents of a part, at least 1. */
  maxDocuments: number;
  /** Estimated tokens of a part; Infinity is none. */
  maxTokens: number;
  /** Of them, what of one document counts at most. */
  maxTokensPerDocument: number;
}

/** A part of a list: [start, end). */
export interface Span {
  start: number;
  end: number;
}

/**
 * Parts of a list of texts, in its order, none of them over a limit, unless a single text is.
 *
 * Parts are of equal size where only the number of documents bounds them: a last part of a few documents might be ranked elsewhere than the
 * others.
 *
 * @param rest - What a body has beside its documents, the query included.
 */
export function* splitDocuments(
  texts: readonly string[],
  rest: { readonly query: string },
  { maxDocuments, maxTokens, maxTokensPerDocument }: SplitOptions,
): Generator<Span, void, undefined> {
  const size = Math.ceil(texts.length / Math.ceil(texts.length / maxDocuments));
  const restBytes = jsonBytes({ ...rest, documents: [] });
  const pairTokens = tokensOf(jsonBytes(rest.query)) + SPECIAL_TOKENS;
  let start = 0;
  let [chars, bytes, tokens] = [rest.query.length, restBytes, 0];
  for (const [index, text] of texts.entries()) {
    // With the comma before the next.
    const textBytes = jsonBytes(text) + 1;
    const textTokens = pairTokens + Math.min(tokensOf(textBytes), maxTokensPerDocument);
    const isFull =
      index - start === size ||
      chars + text.length > SERVICE_LIMITS.maxTotalChars ||
      bytes + textBytes > SERVICE_LIMITS.maxBodyBytes ||
      tokens + textTokens > maxTokens;
    if (isFull && index > start) {
      yield { start, end: index };
      start = index;
      [chars, bytes, tokens] = [rest.query.length, restBytes, 0];
    }
    chars += text.length;
    bytes += textBytes;
    tokens += textTokens;
  }
  if (start < texts.length) yield { start, end: texts.length };
}

/** Of a pair: [CLS] and twice [SEP]. */
const SPECIAL_TOKENS = 3;

/** An estimate, rather too high: English has 4 to 5 characters a token, numbers 2 to 3, Chinese one character, of three bytes. */
function tokensOf(bytes: number): number {
  return Math.ceil(bytes / 3);
}

const encoder = new TextEncoder();

function jsonBytes(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).length;
}
