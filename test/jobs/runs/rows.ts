/** Rows of made-up pairs for jobs, the same for the same seed, written as they are made: a file of any length takes no memory. */
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { seededRandom } from "../../../tools/evaluation/random.ts";

export type Random = () => number;

/** Words that rows are made of. */
export type Vocabulary = readonly string[];

/** Each is a token of the small synthetic model. */
export const SYNTHETIC_WORDS: Vocabulary = Array.from({ length: 300 }, (_, index) => `w${index}`);

/** Each is a token of the default model. */
export const ENGLISH_WORDS: Vocabulary = (
  "river city bread water music house garden winter summer school engine paper market ocean mountain road bridge train doctor " +
  "teacher science history language number letter story picture window table kitchen dinner coffee sugar salt fish bird horse " +
  "forest island storm wind light night morning evening money price value company office worker factory farm field corn wheat " +
  "metal stone glass wood cotton silk king queen war peace law court church temple village capital border region valley lake the " +
  "of and in to for with on by from at as is was are were has had how what which when where who why"
).split(" ");

export interface PairFile {
  rows: number;
  seed: number;
  words: Vocabulary;
  /** Rows in a row that have the same query; default 1. */
  rowsAQuery?: number;
  /** Whether one row in a thousand cannot be scored: fields too many or too few, or a missing text. */
  hasBadRows?: boolean;
  isGzip?: boolean;
}

/** Writes a CSV of queries and documents, some with quotes, commas, line breaks and letters beyond ASCII in them. */
export async function writePairs(
  path: string,
  { rows, seed, words, rowsAQuery = 1, hasBadRows = false, isGzip = false }: PairFile,
): Promise<void> {
  const random = seededRandom(seed);
  const lines = function* (): Generator<string> {
    yield "query,document\n";
    let query = "";
    for (let row = 0; row < rows; row++) {
      if (row % rowsAQuery === 0) query = field(text(random, words, 2, 4));
      yield hasBadRows && random() < 0.001
        ? badRow(random, words)
        : `${query},${field(text(random, words, 3, 9))}\n`;
    }
  };
  await write(path, lines, isGzip);
}

/** Writes JSON lines of a query and three to twelve documents each, with ids. */
export async function writeRankings(path: string, { rows, seed, words }: PairFile): Promise<void> {
  const random = seededRandom(seed);
  const lines = function* (): Generator<string> {
    for (let row = 0; row < rows; row++) {
      const documents = Array.from({ length: between(random, 3, 12) }, (_, index) => ({
        id: `d${row}-${index}`,
        text: text(random, words, 3, 9),
      }));
      yield `${JSON.stringify({ query_id: `q${row}`, query: text(random, words, 2, 4), documents })}\n`;
    }
  };
  await write(path, lines, false);
}

const LINES_A_CHUNK = 1_000;

async function write(path: string, lines: () => Generator<string>, isGzip: boolean): Promise<void> {
  const chunks = function* (): Generator<string> {
    let chunk: string[] = [];
    for (const line of lines()) {
      chunk.push(line);
      if (chunk.length < LINES_A_CHUNK) continue;
      yield chunk.join("");
      chunk = [];
    }
    yield chunk.join("");
  };
  const source = Readable.from(chunks());
  const target = createWriteStream(path);
  await (isGzip ? pipeline(source, createGzip(), target) : pipeline(source, target));
}

/** What a CSV may hold between words, most often a space. */
const ODDITIES = [' "quoted" ', ", ", "\n", "\r\n", " é ü ß ", " 漢字 ", " 🎈 ", ' "" '];

function text(random: Random, words: Vocabulary, least: number, most: number): string {
  let joined = pick(random, words);
  for (let count = between(random, least, most); count > 1; count--)
    joined += (random() < 0.01 ? pick(random, ODDITIES) : " ") + pick(random, words);
  return joined;
}

function field(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

function badRow(random: Random, words: Vocabulary): string {
  const word = pick(random, words);
  return pick(random, [`${word}\n`, `${word},${word},${word}\n`, `,${word}\n`, `${word},\n`]);
}

export function pick<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)]!;
}

/** Both ends included. */
export function between(random: Random, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1));
}
