import * as z from "zod";
import { workersAiUpstream } from "../protocols/workers-ai.ts";
import type { BackendKind } from "./backend.ts";

const failedSchema = z.looseObject({
  success: z.literal(false),
  errors: z.array(z.looseObject({ code: z.int() })).catch([]),
});

/**
 * Workers AI, through its binding or through REST at the whole address `.../accounts/ID/ai/run/@cf/baai/bge-reranker-base`. Its
 * limits are not documented: 100 documents, and no more tokens than as many windows of the model have, 512 each.
 */
export const workersAi: BackendKind = {
  protocol: workersAiUpstream,
  maxDocuments: 100,
  maxTokens: 51_200,
  /** An envelope that says it failed is no answer, whatever its status. */
  unwrap(response) {
    const failed = failedSchema.safeParse(response.body);
    if (!failed.success || response.status !== 200) return response;
    return { ...response, status: workersAiStatus(failed.data.errors[0]?.code) };
  },
};

/**
 * The status that belongs to an error of Workers AI, by the code that the envelope or the binding's error has; 502 for a code
 * without one.
 */
export function workersAiStatus(code: number | undefined): number {
  return STATUSES.get(code) ?? 502;
}

/** @see https://developers.cloudflare.com/workers-ai/platform/errors/ */
const STATUSES: ReadonlyMap<number | undefined, number> = new Map([
  [3003, 400],
  [3006, 413],
  [3007, 408],
  [3008, 408],
  [3023, 403],
  [3036, 429],
  [3039, 400],
  [3040, 429],
  [3041, 403],
  [3042, 404],
  [5004, 400],
  [5005, 405],
  [5007, 400],
  [5016, 403],
  [5018, 403],
  [5019, 405],
]);
