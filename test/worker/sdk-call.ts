/** A call of the SDK, and what it came to, both as JSON: they cross to a Worker and back, and what crossed can be compared. */
import {
  isRerankError,
  type AzureMlRequest,
  type FailOpen,
  type RerankClient,
  type RerankError,
  type RerankOptions,
  type RerankParams,
  type WithResponse,
} from "../../sdk/index.ts";

export type SdkCall = {
  /** A name of a served model. Default: the first. */
  model?: string;
  /** As the options of the same name. */
  options?: { totalTimeout?: number; maxDocuments?: number; deployment?: string };
  /** When the caller's signal ends the call; 0 is before it begins. */
  abortAfterMs?: number;
} & (
  | { method: "rerank" | "rerankMany"; params: RankingParams }
  | { method: "score"; request: AzureMlRequest }
  | { method: "info" | "models" | "swagger" | "job" }
);

export interface RankingParams extends RerankOptions, FailOpen {
  /** Either this or `queries`. */
  query?: string;
  queries?: readonly string[];
  documents: readonly unknown[];
  /** Properties of the documents whose texts the selector `text` gives. Default: no selector. */
  fields?: readonly string[];
}

/** What a call came to. */
export interface Outcome {
  /** Without what tells who computed it. */
  data?: unknown;
  /** Status of the raw answer. */
  status?: number;
  /** Whether the result has the id of its answer; of an error, whether it has one. */
  hasId?: boolean;
  /** Whether each document that came back is the object that was given. */
  givesOwnDocuments?: boolean;
  servedBy?: string;
  routeReason?: string;
  /** Documents that were ranked after each part. */
  progress?: number[];
  error?: Record<string, unknown>;
}

/** What has no place among the data: it differs from call to call, or by who computed it. */
const APART = ["requestId", "requestIds", "servedBy", "routeReason"];

/** Makes the call. What is no error of the SDK is a bug and thrown. */
export async function outcomeOf(client: RerankClient, call: SdkCall): Promise<Outcome> {
  const outcome = await made(client, call).catch((error: unknown): Outcome => {
    if (!isRerankError(error)) throw error;
    return { error: factsOf(error), hasId: error.requestId !== undefined };
  });
  return JSON.parse(JSON.stringify(outcome)) as Outcome;
}

async function made(client: RerankClient, call: SdkCall): Promise<Outcome> {
  const options = { ...call.options, ...signalOf(call) };
  switch (call.method) {
    case "rerank": {
      const params = paramsOf(call);
      const sent = await client.rerank(params, options).withResponse();
      return { ...answered(sent), givesOwnDocuments: givesOwn(sent.data, params.documents) };
    }
    case "rerankMany": {
      const progress: number[] = [];
      const params = paramsOf(call);
      const onProgress = ({ done }: { done: number }): void => void progress.push(done);
      const data = await client.rerankMany(params, { ...options, onProgress });
      const servedBy = "servedBy" in data ? data.servedBy : undefined;
      return {
        data: withoutApart(data),
        progress,
        givesOwnDocuments: givesOwn(data, params.documents),
        ...(servedBy !== undefined && { servedBy }),
      };
    }
    case "score": {
      const deployment = call.model;
      const rest = deployment === undefined ? options : { deployment, ...options };
      return answered(await client.score(call.request, rest).withResponse());
    }
    case "info":
      return answered(await client.info(options).withResponse());
    case "models":
      return answered(await client.models(options).withResponse());
    case "swagger":
      return answered(await client.azure.swagger("2", options).withResponse());
    case "job":
      return answered(await client.jobs.get("job-1", options).withResponse());
  }
}

function paramsOf({ model, params }: SdkCall & { params: RankingParams }): RerankParams<unknown> {
  const { fields, ...rest } = params;
  const text = (document: unknown): string[] =>
    fields!.map((field) => (document as Record<string, string>)[field]!);
  // Either query or queries is there, which the type of one of them cannot say.
  return {
    ...rest,
    ...(model !== undefined && { model }),
    ...(fields && { text }),
  } as unknown as RerankParams<unknown>;
}

function signalOf({ abortAfterMs }: SdkCall): { signal?: AbortSignal } {
  if (abortAfterMs === undefined) return {};
  return {
    signal: abortAfterMs === 0 ? AbortSignal.abort() : AbortSignal.timeout(abortAfterMs),
  };
}

function answered({ data, response, requestId }: WithResponse<unknown>): Outcome {
  const ids = [response.headers.get("x-request-id"), (data as { requestId?: string }).requestId];
  const { servedBy, routeReason } = data as { servedBy?: string; routeReason?: string };
  return {
    data: withoutApart(data),
    status: response.status,
    hasId: requestId !== undefined && ids.every((id) => id === requestId),
    ...(servedBy !== undefined && { servedBy }),
    ...(routeReason !== undefined && { routeReason }),
  };
}

function givesOwn(data: object, documents: readonly unknown[]): boolean {
  type Results = { results: { document: unknown; index: number }[] };
  const rankings = (data as { rankings?: Results[] }).rankings ?? [data as Results];
  return rankings.every(({ results }) =>
    results.every(({ document, index }) => Object.is(document, documents[index])),
  );
}

function withoutApart(data: unknown): unknown {
  const text = JSON.stringify(data, (key, value: unknown) => {
    if (APART.includes(key)) return undefined;
    return isRerankError(value) ? factsOf(value) : value;
  });
  return JSON.parse(text) as unknown;
}

/** What a program may go by; sentences are for people. */
function factsOf({ name, kind, status, code, param, retryable, cause }: RerankError) {
  const reason = kind === "aborted" ? (cause as Error).name : undefined;
  return { name, kind, status, code, param, retryable, reason };
}
