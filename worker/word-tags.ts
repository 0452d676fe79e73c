import type { AlignedTokens } from "../engine/index.ts";

/**
 * The tag of each word of a text, or what else is asked of it: that of its first token.
 *
 * As Azure ML has it, words are what stands between spaces and nothing else, `jean-baptiste` and `(1999).` among them. A word that
 * leaves no token, or stands behind the model's window, has no tag.
 *
 * @param tagOf - Tag of a token, or its score.
 */
export function wordTags<Tag>(
  text: string,
  { starts }: AlignedTokens,
  tagOf: (token: number) => Tag,
): Tag[] {
  const tags: Tag[] = [];
  let token = 0;
  let start = 0;
  for (const word of text.split(" ")) {
    const end = start + word.length;
    while (token < starts.length && starts[token]! < start) token++;
    if (token < starts.length && starts[token]! < end) tags.push(tagOf(token));
    start = end + 1;
  }
  return tags;
}
