/** The answer that Cohere, Jina, Infinity, vLLM and this service share, read as their client. Pure. */
import * as z from "zod";
import {
  logitsByIndex,
  nonsense,
  type ScoreScale,
  type UpstreamAnswer,
  type UpstreamReading,
} from "./upstream-protocol.ts";

const tokenCount = z.int().min(0);

/** Tokens as OpenAI counts them; undefined if they are missing or no number: nothing depends on them. */
export const usageSchema = z.looseObject({ total_tokens: tokenCount }).optional().catch(undefined);

/** Tokens as Cohere counts them. */
const metaSchema = z
  .looseObject({ tokens: z.looseObject({ input_tokens: tokenCount }) })
  .optional()
  .catch(undefined);

const answerSchema = z.looseObject({
  results: z.array(
    z.looseObject({ index: z.unknown().optional(), relevance_score: z.unknown().optional() }),
  ),
  usage: usageSchema,
  meta: metaSchema,
});

/** @param pairs - How many the call had. */
export function readResults(
  { body }: UpstreamAnswer,
  pairs: number,
  scale: ScoreScale,
): UpstreamReading {
  const answer = answerSchema.safeParse(body);
  if (!answer.success) return nonsense("no list of results");
  const { results, usage, meta } = answer.data;
  return logitsByIndex(
    results.map(({ index, relevance_score }) => ({ index, score: relevance_score })),
    pairs,
    scale,
    usage?.total_tokens ?? meta?.tokens.input_tokens ?? null,
  );
}
