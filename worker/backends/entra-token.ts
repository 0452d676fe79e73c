/**
 * Tokens with which a service principal calls an Azure ML endpoint: OAuth 2.0 client credentials at Microsoft Entra.
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow#get-a-token
 */
import * as z from "zod";
import { post, type Fetch } from "./post.ts";
import type { UpstreamFailure } from "./upstream-failure.ts";

export interface EntraClient {
  /** Address of the token service, such as https://login.microsoftonline.com. */
  authority: string;
  tenantId: string;
  clientId: string;
  clientSecret: string;
}

export interface TokenContext {
  signal: AbortSignal;
  /** Until the request's deadline. */
  remainingMs: number;
  fetch: Fetch;
}

export type TokenResult =
  | { ok: true; token: string }
  /** "no_token" or "aborted". */
  | { ok: false; failure: UpstreamFailure };

/** Milliseconds before its expiry at which a token is not used any more. */
export const EXPIRY_MARGIN_MS = 5 * 60_000;

const SCOPE = "https://ml.azure.com/.default";
const TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 64 * 1024;

const answer = z.object({
  access_token: z.string().min(1),
  /** Seconds; a token that does not say it is used once. */
  expires_in: z.coerce.number().catch(0),
});

/**
 * The tokens of one isolate. What is kept is data and never a promise, since a request of a Worker must not wait for another one's I/O: requests
 * that come together while there is no token each ask for one.
 */
export class EntraTokens {
  readonly #now: () => number;
  readonly #tokens = new Map<string, { token: string; goodUntilMs: number }>();

  /** @param now - Milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** A token that is good for at least {@link EXPIRY_MARGIN_MS}, unless the service gives only shorter ones. Never throws. */
  async get(client: EntraClient, context: TokenContext): Promise<TokenResult> {
    const askedAtMs = this.#now();
    const kept = this.#tokens.get(keyOf(client));
    if (kept && askedAtMs < kept.goodUntilMs) return { ok: true, token: kept.token };
    const received = await post(requestOf(client, context), context.signal);
    if (!received.ok) {
      const { failure } = received;
      return failure.kind === "aborted" ? { ok: false, failure } : noToken(null);
    }
    const { status, body } = received.response;
    const parsed = answer.safeParse(body);
    if (status !== 200 || !parsed.success) return noToken(status);
    const { access_token: token, expires_in: seconds } = parsed.data;
    const goodUntilMs = askedAtMs + seconds * 1_000 - EXPIRY_MARGIN_MS;
    this.#tokens.set(keyOf(client), { token, goodUntilMs });
    return { ok: true, token };
  }

  /** Forgets a token that the backend refused, unless another has taken its place already. */
  drop(client: EntraClient, token: string): void {
    const key = keyOf(client);
    if (this.#tokens.get(key)?.token === token) this.#tokens.delete(key);
  }
}

function requestOf(client: EntraClient, { remainingMs, fetch }: TokenContext) {
  const form = {
    grant_type: "client_credentials",
    client_id: client.clientId,
    client_secret: client.clientSecret,
    scope: SCOPE,
  };
  const tenant = encodeURIComponent(client.tenantId);
  return {
    url: `${client.authority.replace(/\/+$/, "")}/${tenant}/oauth2/v2.0/token`,
    body: new URLSearchParams(form).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    timeoutMs: Math.min(TIMEOUT_MS, remainingMs),
    maxAnswerBytes: MAX_ANSWER_BYTES,
    fetch,
  };
}

function keyOf({ authority, tenantId, clientId }: EntraClient): string {
  return JSON.stringify([authority, tenantId, clientId]);
}

function noToken(status: number | null): TokenResult {
  return { ok: false, failure: { kind: "no_token", status } };
}
