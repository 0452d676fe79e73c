/** Sentences of tokens for a model that reads texts, and its word pieces' tags for sentences of tokens. Pure. */

/** A word piece as a token classifier labelled it. */
export interface TaggedPiece {
  /** Where it begins in {@link sentenceText}. */
  start: number;
  tag: string;
}

/** The text of a sentence: its tokens with one space between them. */
export function sentenceText(tokens: readonly string[]): string {
  return tokens.join(" ").toWellFormed();
}

/**
 * The tag of each token of a sentence: that of its first word piece, as in training. A token that leaves no piece or stands behind
 * the model's window has the tag `O`.
 *
 * @param pieces - Of the sentence's text, in its order.
 * @param lengthOf - Length of a token in the unit of the pieces' places: UTF-16 units or code points.
 */
export function tokenTags(
  tokens: readonly string[],
  pieces: readonly TaggedPiece[],
  lengthOf: (token: string) => number,
): string[] {
  let piece = 0;
  let start = 0;
  return tokens.map((token) => {
    const end = start + lengthOf(token);
    while (piece < pieces.length && pieces[piece]!.start < start) piece++;
    const first = pieces[piece];
    const tag = first !== undefined && first.start < end ? first.tag : "O";
    start = end + 1;
    return tag;
  });
}
