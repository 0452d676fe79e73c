/** What is tried on a service that was just deployed, in this order. */
import type { ServiceInfo } from "../../sdk/index.ts";
import { isRanker } from "../../worker/ranker.ts";
import type { SmokeAnswer, SmokeService } from "./service.ts";

export interface SmokeStep {
  /** What is tried. */
  name: string;
  /** What was found, or the failure: a sentence. */
  run: (service: SmokeService) => Promise<SmokeResult>;
}

export type SmokeResult = { ok: boolean; detail: string };

/** Any reranker puts the third before the others. */
const QUESTION = {
  query: "Why does iron rust?",
  documents: [
    "Iron ore is mined in Australia and Brazil.",
    "The Iron Bridge was opened in 1781.",
    "Rust forms when iron reacts with oxygen and water.",
    "Stainless steel contains chromium, which protects it from corrosion.",
  ],
};
const ANSWER_INDEX = 2;

const PAIR = [{ text: QUESTION.query, text_pair: QUESTION.documents[ANSWER_INDEX]! }];
const TEXT = [QUESTION.documents[ANSWER_INDEX]!];

export const SMOKE_STEPS: readonly SmokeStep[] = [
  {
    name: "GET /health",
    run: async (service) => {
      const answer = await service.ask("/health");
      return statusIs(answer, 200) ?? good("alive");
    },
  },
  {
    name: "GET /ready",
    run: async (service) => {
      const answer = await service.ask("/ready");
      const { model, deployment } = answer.body as { model?: string; deployment?: string | null };
      if (answer.status === 200 && service.version !== undefined && deployment !== service.version)
        return bad(`the version ${String(deployment)} answers, and not ${service.version}`);
      return statusIs(answer, 200) ?? good(`${String(model)}, version ${String(deployment)}`);
    },
  },
  {
    name: "GET /info",
    run: async (service) => {
      const answer = await service.ask("/info");
      const { version, model } = answer.body as Partial<ServiceInfo>;
      return statusIs(answer, 200) ?? good(`${String(version)}, ${String(model)}`);
    },
  },
  { name: "POST /v1/rerank", run: rerank },
  { name: "POST /score", run: score },
  { name: "no key, no answer", run: refusal },
  {
    name: "headers",
    run: async (service) => {
      const { headers } = await service.ask("/health");
      const page = await service.ask("/playground");
      if (!headers.get("x-request-id")) return bad("an answer has no x-request-id");
      const policy = page.headers.get("content-security-policy");
      return policy ? good("a request id, a policy of the page") : bad("/playground has no policy");
    },
  },
];

async function rerank(service: SmokeService): Promise<SmokeResult> {
  const answer = await service.ask("/v1/rerank", QUESTION);
  if (await isClassifier(service))
    return statusIs(answer, 424) ?? good("refused, as by a classifier it should be");
  const wrong = statusIs(answer, 200);
  if (wrong) return wrong;
  const { results } = answer.body as { results: { index: number; relevance_score: number }[] };
  const scores = results.map(({ relevance_score: score }) => score);
  const inOrder = scores.every((value, place) => place === 0 || value <= scores[place - 1]!);
  if (results.length !== QUESTION.documents.length || !inOrder) return bad("that is no ranking");
  return results[0]!.index === ANSWER_INDEX
    ? good(`the right document first, ${headerOf(answer, "x-rerank-served-by")}`)
    : bad(`document ${results[0]!.index} stands before the right one`);
}

/** In the form of Azure ML, where pairs can be scored, and texts where not. */
async function score(service: SmokeService): Promise<SmokeResult> {
  const { head } = await infoOf(service);
  const input = head === "token-classification" ? TEXT : PAIR;
  const answer = await service.ask("/score", { input_data: input });
  const wrong = statusIs(answer, 200);
  if (wrong) return wrong;
  return Array.isArray(answer.body) && answer.body.length === 1
    ? good("one answer to one row")
    : bad("that is no answer to one row");
}

async function refusal(service: SmokeService): Promise<SmokeResult> {
  const { status } = await service.ask("/v1/rerank", QUESTION, { withKey: false });
  if (status === 401) return good("401");
  return service.hasKey
    ? bad(`a request without a key is answered with ${status}, and not with 401`)
    : good(`it takes requests without a key: ${status}`);
}

async function isClassifier(service: SmokeService): Promise<boolean> {
  const { head, labels } = await infoOf(service);
  return !isRanker({ kind: head, labels: [...labels] });
}

async function infoOf(service: SmokeService): Promise<ServiceInfo> {
  return (await service.ask("/info")).body as ServiceInfo;
}

function headerOf({ headers }: SmokeAnswer, name: string): string {
  return `${name}: ${headers.get(name) ?? "absent"}`;
}

/** The failure, if the status is another. */
function statusIs({ status, body }: SmokeAnswer, wanted: number): SmokeResult | undefined {
  if (status === wanted) return undefined;
  if (status === 401) return bad("401: give a key with --key or RERANK_API_KEY");
  const { message } = (typeof body === "object" && body !== null ? body : {}) as {
    message?: unknown;
  };
  return bad(`${status} and not ${wanted}${typeof message === "string" ? `: ${message}` : ""}`);
}

function good(detail: string): SmokeResult {
  return { ok: true, detail };
}

function bad(detail: string): SmokeResult {
  return { ok: false, detail };
}
