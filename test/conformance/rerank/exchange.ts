import { publicError } from "../../../worker/public-error.ts";
import {
  answerTask,
  type RerankProtocol,
  type RerankTask,
} from "../../../worker/protocols/rerank-protocol.ts";
import type { ProtocolOf } from "../../../worker/protocols/shared-rerank.ts";
import type { Cut } from "../../../worker/encode-pairs.ts";
import type { Failure } from "../../../worker/errors.ts";
import { rankDocuments } from "../../../worker/ranking.ts";

export const CONTEXT = { id: "the-id", model: "the-model", created: 1_700_000_000 };

/** Of every document that a table has no other for. */
export const TOKENS = 10;

/** What the model would make of a request; documents are ranked by it as they always are. */
export interface Model {
  /** Of each document, in the request's order. Default: 1, 2, 3, …, so that the last one is the best. */
  logits?: number[];
  cuts?: Cut[];
}

export interface Exchange {
  status: number;
  body: unknown;
}

/** What a protocol answers to a body, with the logits of a table instead of a model's. */
export function exchange(protocol: RerankProtocol, body: unknown, model: Model = {}): Exchange {
  const parsed = protocol.parse(body);
  if (!parsed.ok) return refusal(protocol, parsed.failure);
  const { request } = parsed.value;
  const scores = request.documents.map((_, index) => {
    const cut = model.cuts?.find((each) => each.index === index);
    return {
      logit: model.logits?.[index] ?? index + 1,
      reading: {
        tokens: TOKENS,
        queryTokensCut: cut?.queryTokens ?? 0,
        documentTokensCut: cut?.documentTokens ?? 0,
        start: 0,
        end: 0,
      },
    };
  });
  const tokens = TOKENS * scores.length;
  const rankings = request.queries.map(() => rankDocuments(request, scores, tokens));
  // As a client gets it: keys with undefined are none.
  const text = JSON.stringify(answerTask(parsed.value, rankings, CONTEXT));
  return { status: 200, body: JSON.parse(text) };
}

/** The same at a path that several protocols share. */
export function sharedExchange(protocolOf: ProtocolOf, body: unknown): Exchange {
  return exchange(protocolOf(body), body);
}

/** What a protocol answers to a failure. */
export function refusal(protocol: RerankProtocol, failure: Failure): Exchange {
  const error = publicError(failure);
  return {
    status: protocol.errorStatus?.(error, failure) ?? error.status,
    body: protocol.errorBody(error, CONTEXT.id, failure),
  };
}

/** What a protocol makes of a body that it must accept. */
export function taskOf(protocol: RerankProtocol, body: unknown): RerankTask {
  const parsed = protocol.parse(body);
  if (!parsed.ok) throw new Error(`${protocol.name} refuses it: ${JSON.stringify(parsed.failure)}`);
  return parsed.value;
}

/** 1 / (1 + e^-logit). */
export function score(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
