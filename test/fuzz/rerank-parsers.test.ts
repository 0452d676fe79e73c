/** Every rerank protocol's parser, with the answers and errors that it writes, on bodies that are anything or almost right. */
import { expect, test } from "vitest";
import { publicError } from "../../worker/public-error.ts";
import { LIMITS } from "../../worker/limits.ts";
import { unrankedAnswer } from "../../worker/protocols/fail-open.ts";
import { cohereV1, cohereV2 } from "../../worker/protocols/cohere.ts";
import { infinity } from "../../worker/protocols/infinity.ts";
import { jina } from "../../worker/protocols/jina.ts";
import { nim } from "../../worker/protocols/nim.ts";
import { pinecone } from "../../worker/protocols/pinecone.ts";
import {
  answerTask,
  type RerankProtocol,
  type RerankTask,
} from "../../worker/protocols/rerank-protocol.ts";
import {
  protocolUnversioned,
  protocolV1,
  protocolV2,
} from "../../worker/protocols/shared-rerank.ts";
import { teiRerank } from "../../worker/protocols/tei-rerank.ts";
import { vllm } from "../../worker/protocols/vllm.ts";
import { voyage } from "../../worker/protocols/voyage.ts";
import { rankDocuments } from "../../worker/ranking.ts";
import { holdsForAll, TIMEOUT_MS } from "./cases.ts";
import { checkRefusal } from "./check-refusal.ts";
import { bodies } from "./hostile-json.ts";
import {
  COHERE_BODIES,
  NIM_BODIES,
  PINECONE_BODIES,
  TEI_BODIES,
  VLLM_BODIES,
  VOYAGE_BODIES,
} from "./right-bodies.ts";

const SHARED = [...COHERE_BODIES, ...VLLM_BODIES, ...TEI_BODIES];
const fixed = (protocol: RerankProtocol) => () => protocol;

const CONTEXT = { id: "an-id", model: "a-model", created: 1 };

/** What the parsed body becomes, within the limits; whoever ranks it, its answer can be written. */
function checkTask(task: RerankTask): void {
  const { queries, documents, topN, minScore, fit } = task.request;
  const pairs = queries.length * documents.length;
  const { maxQueryTokens, maxDocumentTokens, maxPairTokens, maxWindows } = fit;
  const isWithin =
    pairs >= 1 &&
    pairs <= LIMITS.maxDocuments &&
    queries.every((query) => isText(query, LIMITS.maxQueryChars) && query.trim() !== "") &&
    documents.every((document) => isText(document, LIMITS.maxDocumentChars)) &&
    Number.isSafeInteger(topN) &&
    topN >= 1 &&
    minScore >= 0 &&
    minScore <= 1 &&
    [maxQueryTokens, maxDocumentTokens, maxPairTokens, maxWindows].every((tokens) => tokens >= 1);
  if (!isWithin) throw new Error("a task that is over a limit");
  if (documents.length > 10) return;
  const scores = documents.map((_, index) => ({ logit: index, reading: null }));
  const rankings = queries.map(() => rankDocuments(task.request, scores, 1));
  JSON.stringify(answerTask(task, rankings, CONTEXT));
  JSON.stringify(unrankedAnswer(task, CONTEXT, "overloaded"));
}

function isText(value: unknown, maxChars: number): value is string {
  return typeof value === "string" && value.length <= maxChars;
}

/** Fields that a body names itself. */
function rankFieldsOf(body: unknown): readonly unknown[] {
  const names = (body as { rank_fields?: unknown } | null)?.rank_fields;
  return Array.isArray(names) ? names : [];
}

test.each<[string, (body: unknown) => RerankProtocol, readonly unknown[]]>([
  ["/v1/rerank", protocolV1, SHARED],
  ["/v2/rerank", protocolV2, SHARED],
  ["/rerank", protocolUnversioned, SHARED],
  ["Cohere v1", fixed(cohereV1), COHERE_BODIES],
  ["Cohere v2", fixed(cohereV2), COHERE_BODIES],
  ["Jina", fixed(jina), COHERE_BODIES],
  ["Infinity", fixed(infinity), COHERE_BODIES],
  ["vLLM", fixed(vllm), VLLM_BODIES],
  ["TEI", fixed(teiRerank), TEI_BODIES],
  ["NIM", fixed(nim), NIM_BODIES],
  ["Voyage", fixed(voyage), VOYAGE_BODIES],
  ["Pinecone", fixed(pinecone), PINECONE_BODIES],
])(
  "%s: a body becomes a task within the limits, or an error that quotes nothing of it",
  (name, protocolOf, right) => {
    let accepted = 0;
    holdsForAll(
      bodies(right),
      (body) => {
        const { parse, errorBody, errorStatus } = protocolOf(body);
        const parsed = parse(body);
        if (parsed.ok) {
          accepted++;
          checkTask(parsed.value);
        } else {
          const error = publicError(parsed.failure);
          const status = errorStatus?.(error, parsed.failure) ?? error.status;
          checkRefusal(status, errorBody(error, CONTEXT.id, parsed.failure), rankFieldsOf(body));
        }
      },
      seedOf(name),
    );
    // Else hardly any body would have come as far as its last field.
    expect(accepted).toBeGreaterThan(100);
  },
  TIMEOUT_MS,
);

/** Another one a name, the same each time. */
function seedOf(name: string): number {
  return Array.from(name).reduce((seed, letter) => Math.imul(seed, 31) + letter.charCodeAt(0), 7);
}
