/** Callers with texts of their own, and the scores of these as the engine gives them in Node, apart from the service. */
import type { CrossEncoder } from "../../engine/index.ts";
import { seededRandom } from "../../tools/evaluation/random.ts";
import { SYNTHETIC_WORDS } from "../jobs/runs/rows.ts";

export interface LoadCaller {
  /** Stands in each of its texts, ids and names, and in nobody else's. */
  mark: string;
  /** Headers in which its key goes, in one of the ways that the protocols have. */
  headers: Readonly<Record<string, string>>;
  queries: readonly string[];
  documents: readonly string[];
  /** [queries][documents] */
  logits: readonly (readonly number[])[];
}

const HEADERS: readonly ((key: string) => Record<string, string>)[] = [
  (key) => ({ authorization: `Bearer ${key}` }),
  (key) => ({ "api-key": key }),
  (key) => ({ "x-api-key": key }),
];

const QUERIES = 4;
const DOCUMENTS = 30;
const MOST_WORDS = 12;

/** @param keys - One a caller. */
export function makeCallers(keys: readonly string[], model: CrossEncoder): LoadCaller[] {
  const random = seededRandom(keys.length);
  const word = (): string => SYNTHETIC_WORDS[Math.floor(random() * SYNTHETIC_WORDS.length)]!;
  return keys.map((key, number) => {
    const mark = `c${number}x`;
    const texts = (count: number): string[] =>
      Array.from({ length: count }, () =>
        [mark, ...Array.from({ length: 1 + Math.floor(random() * MOST_WORDS) }, word)].join(" "),
      );
    const [queries, documents] = [texts(QUERIES), texts(DOCUMENTS)];
    const logits = queries.map((query) =>
      Array.from(model.score(documents.map((document) => [query, document]))),
    );
    return { mark, headers: HEADERS[number % HEADERS.length]!(key), queries, documents, logits };
  });
}

/** A text of another caller's that an answer has; undefined if there is none. */
export function foreignMark(answer: string, { mark }: LoadCaller): string | undefined {
  return answer.match(/\bc\d+x\b/g)?.find((found) => found !== mark);
}
