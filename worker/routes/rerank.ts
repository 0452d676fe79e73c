/** Rankings: every protocol that has a query and documents. */
import { ok } from "../errors.ts";
import { publicError } from "../public-error.ts";
import { findModel } from "../models.ts";
import { cohereV1, cohereV2 } from "../protocols/cohere.ts";
import { infinity } from "../protocols/infinity.ts";
import { jina } from "../protocols/jina.ts";
import { nim } from "../protocols/nim.ts";
import { pinecone } from "../protocols/pinecone.ts";
import { mayFailOpen, unrankedAnswer } from "../protocols/fail-open.ts";
import {
  answerTask,
  type AnswerContext,
  type RerankProtocol,
} from "../protocols/rerank-protocol.ts";
import {
  protocolUnversioned,
  protocolV1,
  protocolV2,
  type ProtocolOf,
} from "../protocols/shared-rerank.ts";
import { teiRerank } from "../protocols/tei-rerank.ts";
import { vllm } from "../protocols/vllm.ts";
import { voyage } from "../protocols/voyage.ts";
import { failedInTime } from "../deadline.ts";
import type { Outcome } from "../pair-scores.ts";
import { rerank } from "../rerank.ts";
import { addRoute, answer, note, type App } from "./route.ts";

/** Paths at which the body says whose protocol it is. */
const SHARED: Readonly<Record<string, ProtocolOf>> = {
  "/v1/rerank": protocolV1,
  "/v2/rerank": protocolV2,
  "/rerank": protocolUnversioned,
};

/** Paths of one protocol: a client of its server changes only the base address. */
const OWN: Readonly<Record<string, RerankProtocol>> = {
  "/cohere/v1/rerank": cohereV1,
  "/cohere/v2/rerank": cohereV2,
  "/jina/v1/rerank": jina,
  "/infinity/rerank": infinity,
  "/vllm/rerank": vllm,
  "/vllm/v1/rerank": vllm,
  "/vllm/v2/rerank": vllm,
  "/tei/rerank": teiRerank,
  "/v1/ranking": nim,
  "/voyage/v1/rerank": voyage,
  "/pinecone/rerank": pinecone,
};

export function addRerankRoutes(app: App): void {
  for (const [path, protocolOf] of Object.entries(SHARED)) addRerankRoute(app, path, protocolOf);
  for (const [path, protocol] of Object.entries(OWN)) addRerankRoute(app, path, () => protocol);
}

/** What nobody has computed. */
const UNRANKED: Outcome = {
  tokens: 0,
  cuts: null,
  provenance: { servedBy: "none", reason: "failed_open", cache: null },
};

function addRerankRoute(app: App, path: string, protocolOf: ProtocolOf): void {
  // For a request that is refused before its body is read.
  const unread = protocolOf();
  app.use(path, (c, next) => {
    if (unread.errorStatus) c.set("errorStatus", unread.errorStatus);
    return next();
  });
  addRoute(app, "POST", path, unread.errorBody, (c) => {
    note(c, { protocol: unread.name });
    return answer(c, async (body, context) => {
      const { name: protocol, parse, errorBody, errorStatus } = protocolOf(body);
      note(c, { protocol });
      c.set("errorBody", errorBody);
      if (errorStatus) c.set("errorStatus", errorStatus);
      const parsed = parse(body);
      if (!parsed.ok) return parsed;
      const { options, request, headers } = parsed.value;
      note(c, { documents: request.queries.length * request.documents.length });
      const model = await findModel(options.model, c.env);
      if (!model.ok) return model;
      const { name } = model.value;
      note(c, { model: name });
      const created = Math.floor(Date.now() / 1_000);
      const answerContext: AnswerContext = { id: context.id, model: name, created };
      const ranked = failedInTime(await rerank(request, model.value, context), context.deadline);
      if (!ranked.ok) {
        if (!options.failOpen || !mayFailOpen(ranked.failure)) return ranked;
        if (context.quotas) context.waitUntil(context.quotas.settleFailure(ranked.failure));
        const { code } = publicError(ranked.failure);
        note(c, { code });
        return ok({
          ...UNRANKED,
          model: name,
          body: unrankedAnswer(parsed.value, answerContext, code),
          headers: { "x-rerank-reranked": "false", "x-rerank-route-reason": code },
        });
      }
      const { rankings, ...outcome } = ranked.value;
      return ok({
        ...outcome,
        model: name,
        body: answerTask(parsed.value, rankings, answerContext),
        ...(headers && { headers: headers(outcome.tokens, await context.turns.finish()) }),
      });
    });
  });
}
