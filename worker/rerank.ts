/**
 * READ FIRST. A validated request becomes rankings: its documents are scored against each of its queries and sorted.
 *
 * Around it: `protocols/*.ts` make the request from JSON and JSON from a ranking, `admission.ts` decides whether and when it may
 * compute, `compute-logits.ts` tokenizes and runs the engine slice by slice, `ranking.ts` sorts, and `routes/*.ts` join them to
 * paths. What `rerank` is for rankers, `classify.ts` is for classifiers.
 */
import type { CrossEncoder } from "../engine/index.ts";
import { computeLogits, type Work } from "./compute-logits.ts";
import { fail, ok, type Result } from "./errors.ts";
import type { FitOptions } from "./fit-pair.ts";
import { MODEL } from "./model.ts";
import { isRanker } from "./ranker.ts";
import { rankDocuments, type Ranking, type ScoredDocument, type TextRange } from "./ranking.ts";
import type { Turns } from "./turns.ts";

export interface RerankRequest {
  /** At least one. */
  queries: readonly string[];
  /** At least one. */
  documents: readonly string[];
  /** Where the documents stand in the body, such as `documents`. */
  field: string;
  /** Length of a ranking: at least 1; more than there are documents means all. */
  topN: number;
  /** Documents of a lower sigmoid are left out; 0 leaves out none. */
  minScore: number;
  fit: FitOptions;
}

export interface Rankings extends Work {
  /** One a query, in the request's order. */
  rankings: Ranking[];
}

/** With the document tokens of the window that gave the logit, [start, end). */
interface ScoredWindow extends ScoredDocument {
  start: number;
  end: number;
}

/** Ranks a request's documents for each query; it computes when it is its turn. */
export async function rerank(request: RerankRequest, turns: Turns): Promise<Result<Rankings>> {
  const { kind, labels } = MODEL.head;
  if (!isRanker(MODEL.head))
    return fail({ kind: "not_a_ranker", head: kind, labels: labels.length });
  const { queries, documents, field, fit } = request;
  const pairs = queries.flatMap((query) => documents.map((document) => ({ query, document })));
  const scored = pairs.map((): ScoredWindow => ({ logit: -Infinity, tokens: 0, start: 0, end: 0 }));
  let model: CrossEncoder | undefined;
  const work = await computeLogits(
    pairs,
    turns,
    (index, logits, loaded, { input, start, end }) => {
      model = loaded;
      const own = scored[index]!;
      own.tokens += input.inputIds.length;
      if (logits[0]! > own.logit) Object.assign(own, { logit: logits[0]!, start, end });
    },
    fit,
  );
  if (!work.ok) {
    return work.failure.kind === "over_window"
      ? fail({ ...work.failure, param: `${field}[${work.failure.index % documents.length}]` })
      : work;
  }
  const rankings: Ranking[] = [];
  for (const query of queries.keys()) {
    const first = query * documents.length;
    const own = scored.slice(first, first + documents.length);
    const cuts = work.value.cuts
      .map((cut) => ({ ...cut, index: cut.index - first }))
      .filter(({ index }) => index >= 0 && index < documents.length);
    const ranking = rankDocuments(request, own, cuts);
    if (fit.longDocuments === "max_window") {
      for (const result of ranking.results) {
        if (!(await turns.next("tokenization"))) return fail({ kind: "client_gone" });
        result.window = rangeOf(documents[result.index]!, own[result.index]!, model!);
      }
    }
    rankings.push(ranking);
  }
  return ok({ ...work.value, rankings });
}

/** Where a window's tokens stand in their text; of a text without tokens, its start. */
function rangeOf(
  text: string,
  { start, end }: ScoredWindow,
  { tokenizer }: CrossEncoder,
): TextRange {
  const { starts, ends } = tokenizer.align(text.toWellFormed(), end);
  return { start: starts[start] ?? 0, end: ends[end - 1] ?? 0 };
}
