import type { CallContext, UpstreamResult } from "./backend.ts";
import { sleep } from "./sleep.ts";
import { workersAiStatus } from "./workers-ai.ts";

/** The one reranker that Workers AI lists. @see https://developers.cloudflare.com/workers-ai/models/bge-reranker-base/ */
export const WORKERS_AI_MODEL = "@cf/baai/bge-reranker-base";

/** The binding, whose own type of a reranker's input lacks the query: https://github.com/cloudflare/workerd/issues/4151 */
export interface Reranking {
  run(model: string, input: object): Promise<unknown>;
}

/** Runs a reranker through the binding, which takes no signal: a call that takes too long is no longer waited for. Never throws. */
export async function runWorkersAi(
  ai: Reranking,
  model: string | undefined,
  body: object,
  timeoutMs: number,
  { signal }: CallContext,
): Promise<UpstreamResult> {
  const ended = new AbortController();
  const answered = ai.run(model ?? WORKERS_AI_MODEL, body).then(
    (answer): UpstreamResult => ({ ok: true, value: { body: answer, headers: new Headers() } }),
    (error: unknown): UpstreamResult => ({
      ok: false,
      failure: { kind: "status", status: workersAiStatus(codeOf(error)), retryAfterMs: null },
    }),
  );
  const timedOut = sleep(timeoutMs, AbortSignal.any([signal, ended.signal])).then(
    (): UpstreamResult => ({
      ok: false,
      failure: signal.aborted ? { kind: "aborted" } : { kind: "timeout", timeoutMs },
    }),
  );
  const result = await Promise.race([answered, timedOut]);
  ended.abort();
  return result;
}

/** The number that an error of the binding begins with, as in "5006: required properties ...". */
function codeOf(error: unknown): number | undefined {
  const code = error instanceof Error ? /\b\d{4}\b/.exec(error.message)?.[0] : undefined;
  return code === undefined ? undefined : Number(code);
}
