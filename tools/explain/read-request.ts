/** A body as the service reads it at one of its paths. */
import type { ModelManifest } from "../../engine/index.ts";
import { readJson } from "../../worker/body.ts";
import type { TextPair } from "../../worker/encode-pairs.ts";
import { ok, type Failure, type Result } from "../../worker/errors.ts";
import { DEFAULT_FIT, type FitOptions } from "../../engine/fit-pair.ts";
import { parseAzureMl } from "../../worker/protocols/azure-ml.ts";
import {
  protocolUnversioned,
  protocolV1,
  protocolV2,
  type ProtocolOf,
} from "../../worker/protocols/shared-rerank.ts";
import { isVllmScore, parseVllmScore } from "../../worker/protocols/vllm-score.ts";
import { isRanker } from "../../worker/ranker.ts";

/** Paths that the command knows; at the last one, the body is Azure ML's or vLLM's. */
export const PATHS = ["/v1/rerank", "/v2/rerank", "/rerank", "/score"] as const;

export type Path = (typeof PATHS)[number];

export interface ScoringRequest {
  /** As in `docs/api.md`. */
  protocol: string;
  /** The model asked for; undefined if none was. */
  model: string | undefined;
  pairs: readonly TextPair[];
  fit: FitOptions;
  /** Whether it had rather have its documents unranked than an error. */
  failOpen: boolean;
  /** Whether only a model that ranks can answer it. */
  needsRanker: boolean;
  /** Where the pair stands in the body. */
  placeOf(index: number): string;
}

const RERANK: Readonly<Record<Exclude<Path, "/score">, ProtocolOf>> = {
  "/v1/rerank": protocolV1,
  "/v2/rerank": protocolV2,
  "/rerank": protocolUnversioned,
};

/** What a body asks for, or why it is refused before anything is computed. */
export async function readRequest(text: string, path: Path): Promise<Result<ScoringRequest>> {
  const request = new Request("http://localhost", { method: "POST", body: text });
  const body = await readJson(request, () => undefined);
  if (!body.ok) return body;
  if (path !== "/score") return readRerank(body.value, RERANK[path](body.value));
  return isVllmScore(body.value) ? readVllmScore(body.value) : readAzureMl(body.value);
}

/** Why a model cannot answer a request; undefined if it can. */
export function refuseModel(
  { needsRanker }: ScoringRequest,
  { head }: ModelManifest,
): Failure | undefined {
  if (!needsRanker || isRanker(head)) return undefined;
  return { kind: "not_a_ranker", head: head.kind, labels: head.labels.length };
}

function readRerank(
  body: unknown,
  { name, parse }: ReturnType<ProtocolOf>,
): Result<ScoringRequest> {
  const parsed = parse(body);
  if (!parsed.ok) return parsed;
  const { options, request } = parsed.value;
  const { queries, documents, field, fit } = request;
  return ok({
    protocol: name,
    model: options.model,
    pairs: queries.flatMap((query) => documents.map((document) => ({ query, document }))),
    fit,
    failOpen: options.failOpen,
    needsRanker: true,
    placeOf: (index) => `${field}[${index % documents.length}]`,
  });
}

function readVllmScore(body: unknown): Result<ScoringRequest> {
  const parsed = parseVllmScore(body);
  if (!parsed.ok) return parsed;
  const { model, pairs, fit, field } = parsed.value;
  return ok({
    protocol: "vllm",
    model,
    pairs,
    fit,
    failOpen: false,
    needsRanker: true,
    placeOf: (index) => `${field}[${index}]`,
  });
}

function readAzureMl(body: unknown): Result<ScoringRequest> {
  const parsed = parseAzureMl(body);
  if (!parsed.ok) return parsed;
  const { pairs, field } = parsed.value;
  return ok({
    protocol: "azure-ml",
    model: undefined,
    pairs,
    fit: DEFAULT_FIT,
    failOpen: false,
    needsRanker: false,
    placeOf: (index) => `${field}[${index}]`,
  });
}
