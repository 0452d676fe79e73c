/**
 * READ FIRST. A validated request becomes rankings: its documents are scored against each of its queries and sorted.
 *
 * Around it: `protocols/*.ts` make the request from JSON and JSON from a ranking, `admission.ts` decides whether it is taken in,
 * `score-pairs.ts` has its pairs scored, at the edge (`compute-logits.ts` tokenizes and runs the engine slice by slice, `turns.ts` says when) or
 * by a backend (`backends/*.ts`) as `routing.ts` decides, `ranking.ts` sorts, and `routes/*.ts` join them to paths. What `rerank` is for
 * rankers, `classify.ts` is for classifiers.
 */
import { fail, ok, type Failure, type Result } from "./errors.ts";
import type { FitOptions } from "../engine/fit-pair.ts";
import { loadModel } from "./model.ts";
import type { ServedModel } from "./models.ts";
import { tokensOf, type Outcome, type PairReading } from "./pair-scores.ts";
import { isRanker } from "./ranker.ts";
import { rankDocuments, type Ranking, type TextRange } from "./ranking.ts";
import type { RequestContext } from "./request-context.ts";
import { scorePairs } from "./score-pairs.ts";

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
  /** As {@link callerScope} has it. */
  cacheScope: string | undefined;
}

export interface Rankings extends Outcome {
  /** One a query, in the request's order. */
  rankings: Ranking[];
}

/** Ranks a request's documents for each query by a model. */
export async function rerank(
  request: RerankRequest,
  model: ServedModel,
  context: RequestContext,
): Promise<Result<Rankings>> {
  const notRanker = refuseClassifier(model);
  if (notRanker) return notRanker;
  const { queries, documents, field, fit, cacheScope } = request;
  const pairs = queries.flatMap((query) => documents.map((document) => ({ query, document })));
  const scored = await scorePairs({ pairs, fit, model, cacheScope }, context);
  if (!scored.ok) {
    return scored.failure.kind === "over_window"
      ? fail({ ...scored.failure, param: `${field}[${scored.failure.index % documents.length}]` })
      : scored;
  }
  const { scores, tokens, provenance } = scored.value;
  const rankings: Ranking[] = [];
  for (const query of queries.keys()) {
    const own = scores.slice(query * documents.length, (query + 1) * documents.length);
    const ranking = rankDocuments(
      request,
      own,
      tokensOf(own) ?? Math.round(tokens / queries.length),
    );
    if (fit.longDocuments === "max_window") {
      for (const result of ranking.results) {
        const window = await rangeOf(
          documents[result.index]!,
          own[result.index]!.reading,
          model,
          context,
        );
        if (!window.ok) return window;
        result.window = window.value;
      }
    }
    rankings.push(ranking);
  }
  const cuts = rankings.map((ranking) => ranking.cuts);
  return ok({
    rankings,
    tokens,
    cuts: cuts.includes(null) ? null : cuts.reduce((sum, own) => sum + own!.length, 0),
    provenance,
  });
}

/** A classifier gives no order; of a backend's model the operator says that it ranks. */
export function refuseClassifier(model: ServedModel): { ok: false; failure: Failure } | undefined {
  if (model.kind === "backend" || isRanker(model.manifest.head)) return undefined;
  const { kind, labels } = model.manifest.head;
  return fail({ kind: "not_a_ranker", head: kind, labels: labels.length });
}

/** Where a window's tokens stand in their text; of a text without tokens, its start. Only the edge reads windows. */
async function rangeOf(
  text: string,
  reading: PairReading | null,
  model: ServedModel,
  { turns }: RequestContext,
): Promise<Result<TextRange>> {
  if (model.kind !== "edge" || reading === null) throw new Error("a backend read windows");
  if (!(await turns.next("tokenization"))) return fail({ kind: "client_gone" });
  const encoder = await loadModel(model, turns);
  if (!encoder.ok) return encoder;
  const { starts, ends } = encoder.value.tokenizer.align(text.toWellFormed(), reading.end);
  return ok({ start: starts[reading.start] ?? 0, end: ends[reading.end - 1] ?? 0 });
}
