import { porterStem } from "./porter-stemmer.ts";

/** Lucene's 33 English stop words. */
const STOP_WORDS = new Set(
  (
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to " +
    "was will with"
  ).split(" "),
);

/**
 * Runs of letters and digits as Unicode's word boundaries have them: an apostrophe, full stop or colon joins two letters, a full stop,
 * comma or apostrophe two digits.
 */
const WORD =
  /[\p{L}\p{N}\p{M}_]+(?:(?:(?<=\p{L})[.'’:·](?=\p{L})|(?<=\p{N})[.,'’;](?=\p{N}))[\p{L}\p{N}\p{M}_]+)*/gu;

/** More than English has; stemming is most of the time that indexing takes. */
const MAX_CACHED_STEMS = 100_000;
const stems = new Map<string, string>();

/**
 * Terms as Lucene's English analyzer makes them: words in lower case, without the possessive 's, without 33 stop words, stemmed by
 * {@link porterStem}.
 *
 * @see https://lucene.apache.org/core/9_9_0/analysis/common/org/apache/lucene/analysis/en/EnglishAnalyzer.html
 */
export function englishTerms(text: string): string[] {
  const terms: string[] = [];
  for (const word of text.toLowerCase().match(WORD) ?? []) {
    const bare = word.replace(/['’]s$/, "");
    if (bare !== "" && !STOP_WORDS.has(bare)) terms.push(stemOf(bare));
  }
  return terms;
}

function stemOf(word: string): string {
  let stem = stems.get(word);
  if (stem === undefined) {
    if (stems.size >= MAX_CACHED_STEMS) stems.clear();
    stems.set(word, (stem = porterStem(word)));
  }
  return stem;
}
