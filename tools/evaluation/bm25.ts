/** Lower-case runs of letters and digits: no stop words, no stemming. */
export function bm25Terms(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

export interface Bm25Options {
  /** How fast repeated terms saturate, from 0. Default 0.9. */
  k1?: number;
  /** How much long documents are held back, 0 to 1. Default 0.4. */
  b?: number;
  /** How texts and queries become terms. Default {@link bm25Terms}. */
  terms?: (text: string) => string[];
}

export interface Candidate {
  /** Place in the indexed texts, from 0. */
  index: number;
  /** BM25, over 0. */
  score: number;
}

interface Posting {
  index: number;
  /** tf / (tf + k1 · (1 − b + b · length / average length)), without the term's idf. */
  weight: number;
}

/**
 * First-stage search over texts in memory, scored as Lucene does: idf = ln(1 + (N − df + 0.5) / (df + 0.5)).
 *
 * @see Robertson and Zaragoza 2009, https://doi.org/10.1561/1500000019
 */
export class Bm25 {
  readonly #postings = new Map<string, Posting[]>();
  readonly #numTexts: number;
  readonly #terms: (text: string) => string[];

  constructor(
    texts: readonly string[],
    { k1 = 0.9, b = 0.4, terms = bm25Terms }: Bm25Options = {},
  ) {
    this.#numTexts = texts.length;
    this.#terms = terms;
    const termsOfTexts = texts.map((text) => terms(text));
    const averageLength = termsOfTexts.reduce((sum, { length }) => sum + length, 0) / texts.length;
    for (const [index, own] of termsOfTexts.entries()) {
      const norm = k1 * (1 - b + (b * own.length) / averageLength);
      for (const [term, frequency] of counts(own)) {
        let postings = this.#postings.get(term);
        if (!postings) this.#postings.set(term, (postings = []));
        postings.push({ index, weight: frequency / (frequency + norm) });
      }
    }
  }

  /** The best texts for a query, at most `depth`; of equal scores the lower index first. Texts that share no term are left out. */
  search(query: string, depth: number): Candidate[] {
    const scores = new Map<number, number>();
    for (const [term, repeats] of counts(this.#terms(query))) {
      const postings = this.#postings.get(term) ?? [];
      const idf = Math.log(1 + (this.#numTexts - postings.length + 0.5) / (postings.length + 0.5));
      for (const { index, weight } of postings) {
        scores.set(index, (scores.get(index) ?? 0) + repeats * idf * weight);
      }
    }
    return Array.from(scores, ([index, score]) => ({ index, score }))
      .sort((a, c) => c.score - a.score || a.index - c.index)
      .slice(0, depth);
  }
}

function counts(terms: readonly string[]): Map<string, number> {
  const result = new Map<string, number>();
  for (const term of terms) result.set(term, (result.get(term) ?? 0) + 1);
  return result;
}
