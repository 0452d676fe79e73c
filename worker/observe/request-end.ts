/** What is known of a request when it has ended: of this one record the log's line, the metrics and the data point are made. Pure. */
import type { Outcome } from "../pair-scores.ts";
import type { RouteReason } from "../routing.ts";
import type { StageTimes } from "../stage-times.ts";
import type { LogLevel } from "./log-lines.ts";
import type { TraceContext } from "./trace-context.ts";

/** Whether a request asked for one text or pair, or for a list of them; TEI's label `method`. */
export type RequestMethod = "single" | "batch";

/** What routes note of a request while they answer it. */
export interface RequestNotes {
  trace: TraceContext;
  /** Of a request that scores or tokenizes; until its body has been read, "batch". */
  scoring?: RequestMethod;
  /** As in docs/api.md: `cohere`, `azure-ml`, ... */
  protocol?: string;
  /** Name of the model. */
  model?: string;
  /** Documents, pairs, rows or texts of the request, all queries together. */
  documents?: number;
  /** The job that it has started. */
  job?: string;
  /** Public code of the failure that it was answered with, or in spite of. */
  code?: string;
  outcome?: Outcome;
  times?: StageTimes;
}

export interface RequestEnd {
  requestId: string;
  traceId: string;
  /** The route's pattern, never the path that was asked for; "other" if it has none. */
  route: string;
  method: string;
  status: number;
  /** From the Worker's first look at the request to its answer. */
  totalMs: number;
  /** Name of the caller's key. */
  key?: string;
  protocol?: string;
  model?: string;
  documents?: number;
  job?: string;
  code?: string;
  scoring?: RequestMethod;
  /** Tokens that were read, special ones included. */
  tokens?: number;
  /** Texts and pairs that were cut. */
  truncated?: number;
  servedBy?: Outcome["provenance"]["servedBy"];
  reason?: RouteReason;
  cacheHits?: number;
  cacheMisses?: number;
  queueMs?: number;
  tokenizationMs?: number;
  inferenceMs?: number;
}

/** @param frame - What the request itself shows. */
export function endOf(
  frame: Pick<RequestEnd, "requestId" | "route" | "method" | "status" | "totalMs" | "key">,
  { trace, outcome, times, ...noted }: RequestNotes,
): RequestEnd {
  const { requestId, route, method, status, totalMs, key } = frame;
  return {
    requestId,
    traceId: trace.traceId,
    route,
    method,
    status,
    ...(key !== undefined && { key }),
    ...noted,
    ...(outcome && outcomeOf(outcome)),
    ...(times && {
      queueMs: times.queueMs,
      tokenizationMs: times.tokenizationMs,
      inferenceMs: times.inferenceMs,
    }),
    totalMs,
  };
}

function outcomeOf({ tokens, cuts, provenance }: Outcome): Partial<RequestEnd> {
  const { servedBy, reason, cache } = provenance;
  return {
    tokens,
    ...(cuts !== null && { truncated: cuts }),
    servedBy,
    reason,
    ...(cache && { cacheHits: cache.hit, cacheMisses: cache.miss }),
  };
}

/** What the service is to blame for is an error; that callers are refused is its everyday work. */
export function levelOf(status: number): LogLevel {
  return status >= 500 ? "error" : "info";
}
