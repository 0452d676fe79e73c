/**
 * Porter's stemmer with the two departures of its author's own program ("bli" for "abli", and "logi"), as Lucene has it.
 *
 * @see Porter 1980, https://tartarus.org/martin/PorterStemmer/
 */

/** C where the letter is a consonant, V where it is a vowel; y is a vowel after a consonant. */
function pattern(stem: string): string {
  let result = "";
  for (const letter of stem) {
    const vowel = "aeiou".includes(letter) || (letter === "y" && result.endsWith("C"));
    result += vowel ? "V" : "C";
  }
  return result;
}

/** Porter's m: how often a vowel is followed by a consonant. */
function measure(stem: string): number {
  return pattern(stem).match(/VC/g)?.length ?? 0;
}

function hasVowel(stem: string): boolean {
  return pattern(stem).includes("V");
}

function endsInDouble(stem: string): boolean {
  return stem.length > 1 && stem.at(-1) === stem.at(-2) && pattern(stem).at(-1) === "C";
}

/** Porter's *o: consonant, vowel, consonant, the last of them none of w, x, y. */
function endsInShort(stem: string): boolean {
  return pattern(stem).endsWith("CVC") && !/[wxy]$/.test(stem);
}

type Rule = readonly [suffix: string, replacement: string];

const STEP_2: readonly Rule[] = [
  ["ational", "ate"],
  ["tional", "tion"],
  ["enci", "ence"],
  ["anci", "ance"],
  ["izer", "ize"],
  ["bli", "ble"],
  ["alli", "al"],
  ["entli", "ent"],
  ["eli", "e"],
  ["ousli", "ous"],
  ["ization", "ize"],
  ["ation", "ate"],
  ["ator", "ate"],
  ["alism", "al"],
  ["iveness", "ive"],
  ["fulness", "ful"],
  ["ousness", "ous"],
  ["aliti", "al"],
  ["iviti", "ive"],
  ["biliti", "ble"],
  ["logi", "log"],
];

const STEP_3: readonly Rule[] = [
  ["icate", "ic"],
  ["ative", ""],
  ["alize", "al"],
  ["iciti", "ic"],
  ["ical", "ic"],
  ["ful", ""],
  ["ness", ""],
];

const STEP_4: readonly string[] = [
  ..."al ance ence er ic able ible ant ement ment ent".split(" "),
  ..."ion ou ism ate iti ous ive ize".split(" "),
];

/** The stem of a word in lower case. Words of fewer than three letters, and those with other letters than a to z, stay as they are. */
export function porterStem(word: string): string {
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return word;
  let stem = plural(word);
  stem = pastOrGerund(stem);
  if (stem.endsWith("y") && hasVowel(stem.slice(0, -1))) stem = `${stem.slice(0, -1)}i`;
  stem = replace(stem, STEP_2);
  stem = replace(stem, STEP_3);
  stem = dropSuffix(stem);
  return tidy(stem);
}

/** Step 1a. */
function plural(word: string): string {
  if (word.endsWith("sses") || word.endsWith("ies")) return word.slice(0, -2);
  return word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}

/** Step 1b. */
function pastOrGerund(word: string): string {
  if (word.endsWith("eed")) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const suffix = ["ed", "ing"].find((ending) => word.endsWith(ending));
  if (suffix === undefined) return word;
  const stem = word.slice(0, -suffix.length);
  if (!hasVowel(stem)) return word;
  if (/(?:at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (endsInDouble(stem) && !/[lsz]$/.test(stem)) return stem.slice(0, -1);
  return measure(stem) === 1 && endsInShort(stem) ? `${stem}e` : stem;
}

/** Steps 2 and 3: the longest suffix of the rules decides, whether or not enough is left before it. */
function replace(word: string, rules: readonly Rule[]): string {
  const rule = longest(rules, ([suffix]) => suffix, word);
  if (!rule) return word;
  const stem = word.slice(0, -rule[0].length);
  return measure(stem) > 0 ? stem + rule[1] : word;
}

/** Step 4. */
function dropSuffix(word: string): string {
  const suffix = longest(STEP_4, (ending) => ending, word);
  if (suffix === undefined) return word;
  const stem = word.slice(0, -suffix.length);
  return measure(stem) > 1 && (suffix !== "ion" || /[st]$/.test(stem)) ? stem : word;
}

/** Step 5. */
function tidy(word: string): string {
  let stem = word;
  if (stem.endsWith("e")) {
    const shorter = stem.slice(0, -1);
    const m = measure(shorter);
    if (m > 1 || (m === 1 && !endsInShort(shorter))) stem = shorter;
  }
  return stem.endsWith("ll") && measure(stem) > 1 ? stem.slice(0, -1) : stem;
}

function longest<T>(
  candidates: readonly T[],
  suffixOf: (candidate: T) => string,
  word: string,
): T | undefined {
  let best: T | undefined;
  for (const candidate of candidates) {
    const suffix = suffixOf(candidate);
    if (word.endsWith(suffix) && suffix.length > (best ? suffixOf(best).length : 0)) {
      best = candidate;
    }
  }
  return best;
}
