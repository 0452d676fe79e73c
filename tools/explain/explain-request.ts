/** What the service would do with a request and why, found by its own decisions. */
import { splitPairs } from "../../worker/backends/split-pairs.ts";
import { makeBackend } from "../../worker/backends/make-backend.ts";
import type { Backend } from "../../worker/backends/backend.ts";
import type { Failure, Result } from "../../worker/errors.ts";
import { LIMITS } from "../../worker/limits.ts";
import { nameOf, parseAliases } from "../../worker/model-names.ts";
import { parseModelSettings } from "../../worker/model-settings.ts";
import { isRanker } from "../../worker/ranker.ts";
import { afterBackendFailure, BACKEND_WINDOW, firstFacts } from "../../worker/routing-facts.ts";
import { estimateTokens, type Route } from "../../worker/routing.ts";
import { readSettings, type Settings } from "../../worker/settings.ts";
import { checkTotalChars } from "../../worker/total-chars.ts";
import type { PackedModelFiles } from "../packed-model.ts";
import { UserError } from "../user-error.ts";
import { countTokens } from "./count-tokens.ts";
import { follow, refusedOutcome, type Outcome } from "./follow-decisions.ts";
import { readRequest, refuseModel, type Path, type ScoringRequest } from "./read-request.ts";

export interface Question {
  /** The body, as it would be sent. */
  text: string;
  path: Path;
  route: Route;
  /** The variables and bindings of the Worker. */
  env: Readonly<Record<string, unknown>>;
  /** The default model. */
  model: PackedModelFiles;
}

export interface Explanation {
  path: Path;
  /** Null: the body was refused before it was known. */
  protocol: string | null;
  model: string | null;
  pairs: number;
  /** Of all texts, a query once for each of its documents. */
  characters: number;
  /** Tokens by characters; null if the body was refused before. */
  estimate: number | null;
  /** Tokens by the tokenizer; null where the service does not count, or the model is not at the edge. */
  count: number | null;
  limits: Readonly<
    Record<"edge_max_tokens" | "edge_fallback_max_tokens" | "max_edge_tokens", number>
  > | null;
  outcome: Outcome;
  /** The same if the backend fails; null if it is not asked. */
  outcome_if_backend_fails: Outcome | null;
  /** Null: it is not asked. */
  backend: {
    protocol: string;
    max_documents: number;
    max_tokens: number;
    max_concurrency: number;
    /** Into which the request is split. */
    calls: number;
  } | null;
}

/** @throws UserError if the request means a model that only the deployed service can read */
export async function explainRequest(question: Question): Promise<Explanation> {
  const { text, path, env, model } = question;
  const explanation: Omit<Explanation, "outcome"> = {
    path,
    protocol: null,
    model: null,
    pairs: 0,
    characters: 0,
    estimate: null,
    count: null,
    limits: null,
    outcome_if_backend_fails: null,
    backend: null,
  };
  const refused = (failure: Failure): Explanation => ({
    ...explanation,
    outcome: refusedOutcome(failure),
  });
  const settings = readSettings(env, [model.manifest.name]);
  if (!settings.ok) return refused({ kind: "misconfigured", problems: settings.problems });
  const { edgeMaxTokens, edgeFallbackMaxTokens } = settings.value.routing;
  explanation.limits = {
    edge_max_tokens: edgeMaxTokens,
    edge_fallback_max_tokens: edgeFallbackMaxTokens,
    max_edge_tokens: LIMITS.maxEdgeTokens,
  };
  const read = await readRequest(text, path);
  if (!read.ok) return refused(read.failure);
  const request = read.value;
  const { pairs } = request;
  explanation.protocol = request.protocol;
  explanation.pairs = pairs.length;
  explanation.characters = pairs.reduce(
    (sum, { query, document }) => sum + query.length + (document?.length ?? 0),
    0,
  );
  const found = findModel(request, question);
  if (!found.ok) return refused(found.failure);
  explanation.model = found.value.name;
  const wrongModel = found.value.isEdge ? refuseModel(request, model.manifest) : undefined;
  if (wrongModel) return refused(wrongModel);
  const withinLimit = checkTotalChars(pairs);
  if (!withinLimit.ok) return refused(withinLimit.failure);
  return { ...explanation, ...(await decide(request, found.value, question, settings.value)) };
}

interface FoundModel {
  name: string;
  isEdge: boolean;
}

/** As the service finds it; here, the default model is all that was built in. */
function findModel({ model: requested }: ScoringRequest, question: Question): Result<FoundModel> {
  const { env, model } = question;
  const further = parseModelSettings(env["MODELS"], [model.manifest.name]);
  const settings = further.ok ? further.value : [];
  const served = [model.manifest.name, ...settings.map(({ name }) => name)];
  const aliases = parseAliases(String(env["MODEL_ALIASES"] ?? ""));
  const name = nameOf(requested, served, aliases);
  if (name === undefined)
    return { ok: false, failure: { kind: "unknown_model", requested: requested!, served } };
  if (settings.find((each) => each.name === name)?.source === "r2")
    throw new UserError(`The model ${name} is in R2. Give its packed folder with --model.`);
  return { ok: true, value: { name, isEdge: name === model.manifest.name } };
}

/** Who computes it, and who would if the backend failed. */
async function decide(
  request: ScoringRequest,
  { name, isEdge }: FoundModel,
  { route: requested, env, model }: Question,
  { routing, backends }: Settings,
): Promise<Partial<Explanation> & Pick<Explanation, "outcome">> {
  const { pairs } = request;
  const { architecture, head } = model.manifest;
  const estimates = estimateTokens(pairs, isEdge ? architecture.maxSeqLength : BACKEND_WINDOW);
  const estimate = estimates.reduce((sum, tokens) => sum + tokens, 0);
  if (isEdge && !isRanker(head))
    return { estimate, outcome: { served_by: "edge", reason: "classifier" } };
  const settings = backends.get(name);
  const backend = settings ? makeBackend(settings, env) : null;
  const facts = firstFacts(request, estimates, {
    ...routing,
    requested,
    backend: backend && { protocol: backend.protocol, circuit: "closed" },
    edge: isEdge ? "ready" : "absent",
  });
  let counted: Promise<Result<number>> | undefined;
  const count = (): Promise<Result<number>> => (counted ??= countTokens(request, model));
  const first = await follow(facts, request, count);
  const tokens = await counted;
  const explained = {
    estimate,
    count: tokens?.ok ? tokens.value : null,
    outcome: first.outcome,
  };
  if (first.outcome.served_by !== "backend") return explained;
  const failed = await follow(afterBackendFailure(first.facts), request, count, {
    kind: "backend_unavailable",
    problem: "it has failed with this request",
    retryAfterMs: 0,
    tooLargeForEdge: false,
  });
  return {
    ...explained,
    outcome_if_backend_fails: failed.outcome,
    backend: callsOf(backend!, request, estimates),
  };
}

function callsOf(
  { protocol, limits }: Backend,
  { pairs }: ScoringRequest,
  estimates: readonly number[],
): Explanation["backend"] {
  return {
    protocol: protocol.name,
    max_documents: limits.maxDocuments,
    max_tokens: limits.maxTokens,
    max_concurrency: limits.maxConcurrency,
    calls: splitPairs(pairs, estimates, limits, protocol.carries).length,
  };
}
