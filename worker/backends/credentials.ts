/** What a backend asks of its callers, and the headers that carry it. */
import type { EntraClient, EntraTokens, TokenContext } from "./entra-token.ts";
import type { UpstreamFailure } from "./upstream-failure.ts";

export type Credentials =
  | { kind: "none" }
  /** `header` in lower case: "authorization" carries the key as a Bearer token, any other the bare key. */
  | { kind: "key"; key: string; header: string }
  | ({ kind: "entra" } & EntraClient);

export interface AuthorizationContext extends TokenContext {
  tokens: EntraTokens;
}

export type AuthorizationResult =
  | { ok: true; headers: Record<string, string> }
  /** "no_token" or "aborted". */
  | { ok: false; failure: UpstreamFailure };

/** Headers that authorize a call. Asks the token service if an Entra token is needed and none is kept. Never throws. */
export async function authorizationHeaders(
  credentials: Credentials,
  context: AuthorizationContext,
): Promise<AuthorizationResult> {
  switch (credentials.kind) {
    case "none":
      return { ok: true, headers: {} };
    case "key": {
      const { key, header } = credentials;
      return { ok: true, headers: header === "authorization" ? bearer(key) : { [header]: key } };
    }
    case "entra": {
      const result = await context.tokens.get(credentials, context);
      return result.ok ? { ok: true, headers: bearer(result.token) } : result;
    }
  }
}

/** Says that the backend answered 401 to such headers: an Entra token in them is forgotten, so that the next call asks for a new one. */
export function refuseHeaders(
  credentials: Credentials,
  headers: Readonly<Record<string, string>>,
  tokens: EntraTokens,
): void {
  if (credentials.kind !== "entra") return;
  tokens.drop(credentials, headers["authorization"]?.slice(BEARER.length) ?? "");
}

const BEARER = "Bearer ";

function bearer(token: string): Record<string, string> {
  return { authorization: BEARER + token };
}
