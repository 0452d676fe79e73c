/** One request to the service, and all that the page shows of it. */
import { explainFailure, explainNoAnswer, type Explanation } from "./explain-failure.ts";
import type { Protocol, Question } from "./protocols.ts";
import { rankingOf, type Ranked } from "./ranking.ts";

export interface Call {
  protocol: Protocol;
  /** Until the answer was read whole. */
  milliseconds: number;
  /** 0 if none came. */
  status: number;
  /** As it was sent, but for white space; undefined if none came. */
  answer: string | undefined;
  outcome: Outcome;
}

export type Outcome =
  | { ok: true; ranking: Ranked[]; facts: Facts }
  | { ok: false; explanation: Explanation };

/** What the answer says beside the ranking. */
export interface Facts {
  /** Undefined where the service does not say, as further down. */
  model: string | undefined;
  servedBy: string | undefined;
  tokens: number | undefined;
  truncatedCount: number;
  /** Which of the documents, if the protocol has a word for it. */
  truncated: ReadonlySet<number>;
}

/**
 * Sends a question; failures are outcomes.
 * @param apiKey - May be empty.
 * @throws DOMException if it was aborted
 */
export async function call(
  protocol: Protocol,
  question: Question,
  apiKey: string,
  signal: AbortSignal,
): Promise<Call> {
  const started = performance.now();
  const done = (status: number, answer: string | undefined, outcome: Outcome): Call => ({
    protocol,
    milliseconds: performance.now() - started,
    status,
    answer,
    outcome,
  });
  let response: Response;
  let text: string;
  try {
    response = await fetch(protocol.path, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(apiKey !== "" && { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify(protocol.request(question)),
      signal,
    });
    text = await response.text();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof TypeError)) throw error;
    return done(0, undefined, { ok: false, explanation: explainNoAnswer() });
  }
  const { status, headers } = response;
  const body = parsed(text);
  const answer = body === undefined ? text : JSON.stringify(body, null, 2);
  const failed = (): Call =>
    done(status, answer, { ok: false, explanation: explainFailure(status, headers, body) });
  if (!response.ok || body === undefined) return failed();
  const areLogits = question.rawScores || protocol.logits === true;
  try {
    const ranking = rankingOf(protocol.scores(body as never), areLogits);
    return done(status, answer, { ok: true, ranking, facts: factsOf(headers, body) });
  } catch (error) {
    // The answer is of another form than this protocol's: something else than this service sent it.
    if (!(error instanceof TypeError)) throw error;
    return failed();
  }
}

function factsOf(headers: Headers, body: unknown): Facts {
  const { meta } = body as { meta?: { truncated?: { index: number }[] } };
  const tokens = headers.get("x-rerank-tokens");
  return {
    model: headers.get("x-rerank-model") ?? undefined,
    servedBy: headers.get("x-rerank-served-by") ?? undefined,
    tokens: tokens === null ? undefined : Number(tokens),
    truncatedCount: Number(headers.get("x-rerank-truncated") ?? 0),
    truncated: new Set(meta?.truncated?.map(({ index }) => index)),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
