import { Normalizer } from "@huggingface/tokenizers";
import { CJK, CONTROL, DECOMPOSED, MARK, PUNCTUATION, WHITESPACE } from "./bert-characters.ts";

/** The `normalizer` of a BERT tokenizer.json; the meaning of each field is that of Python's `BertNormalizer`. */
export interface BertNormalizerConfig {
  readonly type: "BertNormalizer";
  /** Drop control characters. */
  readonly clean_text: boolean;
  /** Every Chinese character is a word. */
  readonly handle_chinese_chars: boolean;
  /** Drop accents; null does so when `lowercase` is on. */
  readonly strip_accents: boolean | null;
  readonly lowercase: boolean;
}

/** Images kept, so that a flood of rare characters cannot fill memory. */
const MAX_CACHED_IMAGES = 8192;

/**
 * Python's `BertNormalizer` followed by its `BertPreTokenizer`: words and punctuation come out separated by single or double spaces.
 *
 * Stands in for the library's own pair, which classifies characters by the host's Unicode version where Python's is frozen near
 * version 8, splits no Chinese character above U+FFFF, lower-cases a final sigma by its context, and takes quadratic time on runs
 * of combining accents. Here every character has one image, whatever its neighbours, so the time is linear and the result the
 * same on every host.
 */
export class BertNormalizer extends Normalizer {
  readonly #config: BertNormalizerConfig;
  readonly #stripsAccents: boolean;
  readonly #images = new Map<string, string>();

  constructor(config: BertNormalizerConfig) {
    // The library's type knows `strip_accents` only as a boolean.
    super({ type: "BertNormalizer" });
    this.#config = config;
    this.#stripsAccents = config.strip_accents ?? config.lowercase;
  }

  override normalize(text: string): string {
    if (/^[a-z0-9]*$/.test(text)) return text;
    let normalized = "";
    for (const character of text) normalized += this.imageOf(character);
    return normalized;
  }

  /** What one character becomes, spaces around it included. A lone surrogate is dropped, as the replacement character it would be in UTF-8. */
  imageOf(character: string): string {
    const known = this.#images.get(character);
    if (known !== undefined) return known;
    const image = this.#makeImage(character);
    if (this.#images.size < MAX_CACHED_IMAGES) this.#images.set(character, image);
    return image;
  }

  #makeImage(character: string): string {
    const codePoint = character.codePointAt(0)!;
    if (codePoint >= 0xd800 && codePoint <= 0xdfff) return "";
    if (this.#config.clean_text && controls.has(codePoint)) return "";
    if (whitespace.has(codePoint)) return " ";
    let image = this.#stripsAccents ? stripAccents(character) : character;
    if (this.#config.lowercase) {
      image = Array.from(image, (part) => part.toLowerCase()).join("");
    }
    image = Array.from(image, (part) =>
      punctuation.has(part.codePointAt(0)!) ? ` ${part} ` : part,
    ).join("");
    return this.#config.handle_chinese_chars && chinese.has(codePoint) ? ` ${image} ` : image;
  }
}

/** Canonical decomposition without its accents. */
function stripAccents(character: string): string {
  const parts = decomposed.has(character.codePointAt(0)!) ? character.normalize("NFD") : character;
  return Array.from(parts, (part) => (marks.has(part.codePointAt(0)!) ? "" : part)).join("");
}

/** A set of code points, from the distances at which membership changes (see bert-characters.ts). */
class CharacterClass {
  readonly #boundaries: Int32Array;

  constructor(lines: readonly string[]) {
    let codePoint = 0;
    this.#boundaries = Int32Array.from(
      lines.join(" ").split(" "),
      (distance) => (codePoint += parseInt(distance, 36)),
    );
  }

  /** Members lie after an odd number of boundaries. */
  has(codePoint: number): boolean {
    let low = 0;
    let high = this.#boundaries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#boundaries[middle]! <= codePoint) low = middle + 1;
      else high = middle;
    }
    return low % 2 === 1;
  }
}

const controls = new CharacterClass(CONTROL);
const whitespace = new CharacterClass(WHITESPACE);
const punctuation = new CharacterClass(PUNCTUATION);
const chinese = new CharacterClass(CJK);
const marks = new CharacterClass(MARK);
const decomposed = new CharacterClass(DECOMPOSED);
