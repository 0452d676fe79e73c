import { UserError } from "../../user-error.ts";
import { PROTOCOLS, type Protocol, type WireRequest } from "./protocols.ts";
import { fetchWithRetry } from "./retry.ts";
import type { Scorer } from "./scorer.ts";
import { jsonHeaders, serviceAddress } from "./service-address.ts";

export interface ServiceOptions {
  /** A key of {@link PROTOCOLS}. */
  protocol: string;
  /** With the rerank path or without. */
  url: string;
  /** Sent as the request's `model`; undefined: the service's default. */
  model: string | undefined;
  /** Sent as a bearer token; undefined: none. */
  apiKey: string | undefined;
  /** Requests at once. */
  concurrency: number;
}

/**
 * A running service. A list that is longer than it takes is split, and the parts are sent one after the other.
 *
 * @throws UserError if the address is no URL or the protocol unknown
 */
export async function httpScorer(options: ServiceOptions): Promise<Scorer> {
  const { url, model, apiKey, concurrency } = options;
  const protocol = protocolOf(options.protocol);
  const base = serviceAddress(url);
  const address = base.endsWith("/rerank") ? base : base + protocol.path;
  const headers = jsonHeaders(apiKey);
  const maxDocuments = await documentLimit(base, protocol, headers);

  const ask = async (request: WireRequest): Promise<number[]> => {
    const body = JSON.stringify(protocol.body(request));
    const response = await fetchWithRetry(address, { method: "POST", headers, body });
    const answer: unknown = await response.json().catch(() => undefined);
    return scoresIn(answer, request.documents.length, protocol, address);
  };
  return {
    name: model ?? new URL(address).host,
    identity: {
      service: address,
      protocol: options.protocol,
      ...(model !== undefined && { model }),
    },
    concurrency,
    async score(query, documents) {
      const started = performance.now();
      const scores: number[] = [];
      for (let start = 0; start < documents.length; start += maxDocuments) {
        const part = documents.slice(start, start + maxDocuments);
        scores.push(...(await ask({ query, documents: part, model })));
      }
      return { scores, latencyMs: performance.now() - started };
    },
    close: async () => {},
  };
}

function protocolOf(name: string): Protocol {
  const protocol = Object.hasOwn(PROTOCOLS, name) ? PROTOCOLS[name] : undefined;
  if (protocol) return protocol;
  const known = Object.keys(PROTOCOLS).join(", ");
  throw new UserError(`"${name}" is no protocol of a backend. Protocols: ${known}.`);
}

async function documentLimit(
  base: string,
  { limit, maxDocuments }: Protocol,
  headers: Record<string, string>,
): Promise<number> {
  if (!limit) return maxDocuments;
  const origin = base.replace(/\/rerank$/, "");
  const response = await fetch(origin + limit.path, { headers }).catch(() => undefined);
  const info: unknown = response?.ok ? await response.json().catch(() => undefined) : undefined;
  const value = (info as Record<string, unknown> | undefined)?.[limit.key];
  return Number.isInteger(value) && Number(value) > 0 ? Number(value) : maxDocuments;
}

/** Scores by the documents' places. @throws UserError unless every document has exactly one, a number */
function scoresIn(
  answer: unknown,
  count: number,
  { rows, scoreKey }: Protocol,
  address: string,
): number[] {
  const scores = Array.from({ length: count }, () => NaN);
  for (const row of rows(answer) ?? []) {
    const { index, [scoreKey]: score } = row as Record<string, unknown>;
    if (typeof score === "number" && Number.isInteger(index)) scores[Number(index)] = score;
  }
  if (scores.length === count && !scores.some(Number.isNaN)) return scores;
  throw new UserError(
    `${address} did not answer with an index and a ${scoreKey} for each of ${count} documents. Does it speak another protocol?`,
  );
}
