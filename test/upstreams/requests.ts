/** The requests of the check: real English of many lengths in lists of many lengths. Pure. */
import { seededRandom } from "../../tools/evaluation/random.ts";
import type { RankingTask } from "../bench/squad-slice.ts";

export interface RerankRequest {
  query: string;
  documents: string[];
  /** Answered with logits, not with their sigmoids. */
  raw_scores: boolean;
}

/** The most documents that a request may have. */
const MOST = 1_000;

/** The most of nine requests in ten: a thousand documents take as long as all of those together. */
const MOST_OFTEN = 200;

/** Words of all documents of a request, about: a list of hundreds has short ones, so that the check ends within minutes. */
const WORDS = 1_000;

const FEWEST_WORDS = 2;

/** About 650 tokens: more than the model reads, so that the rule of cutting is compared, too. */
const MOST_WORDS = 500;

/** Words of the query of a list of over a hundred: it is read with every document. */
const QUERY_WORDS = 2;

/**
 * Requests whose numbers of documents are drawn log-uniformly, every tenth from 1 to 1,000 and the others from 1 to 200; the first has one and
 * the second a thousand. A
 * document is a piece of the question's candidates put end to end, of a log-uniform number of words. Every other request asks
 * for logits.
 *
 * @param count - At least 2.
 * @param seed - A whole number; the same requests for the same one.
 */
export function drawRequests(
  tasks: readonly RankingTask[],
  count: number,
  seed: number,
): RerankRequest[] {
  const random = seededRandom(seed);
  const wholeBetween = (least: number, most: number): number =>
    Math.floor(least * ((most + 1) / least) ** random());
  const questions = tasks.map((task) => ({
    query: task.query.split(/\s+/),
    words: task.documents.join(" ").split(/\s+/),
  }));
  return Array.from({ length: count }, (_, place) => {
    const most = place % 10 === 0 ? MOST : MOST_OFTEN;
    const size = place === 0 ? 1 : place === 1 ? MOST : wholeBetween(1, most);
    const { query, words } = questions[Math.floor(random() * questions.length)]!;
    const longest = Math.min(MOST_WORDS, Math.max(3 * FEWEST_WORDS, Math.round(WORDS / size)));
    const documents = Array.from({ length: size }, () => {
      const length = wholeBetween(FEWEST_WORDS, longest);
      const start = Math.floor(random() * (words.length - length));
      return words.slice(start, start + length).join(" ");
    });
    return {
      query: query.slice(size > 100 ? -QUERY_WORDS : 0).join(" "),
      documents,
      raw_scores: place % 2 === 1,
    };
  });
}
