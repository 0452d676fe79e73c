/** Who a request comes from, and whether it may. */
import { callerKeys } from "../caller.ts";
import { fail, ok, type Result } from "../errors.ts";
import { kindOfKey } from "./api-key.ts";
import type { Caller } from "./caller.ts";
import { callerOf, hasExpired } from "./key-record.ts";
import { isToken, type TokenCheck } from "./jwt-check.ts";
import type { KeyStore } from "./key-store.ts";
import type { Scope } from "./scope.ts";

/** Header in which Cloudflare Access passes on who it has let in. */
const ACCESS_HEADER = "cf-access-jwt-assertion";

/** What callers are known by. */
export interface Credentials {
  keys: KeyStore;
  /** null: only keys are taken. */
  checkToken: TokenCheck | null;
}

/**
 * The caller whose key or token stands in a request's headers.
 *
 * What Access says counts only where there is no key: it may stand in front of callers who have one.
 *
 * @param scope - What the caller must be allowed.
 * @param nowMs - Milliseconds since 1970.
 */
export async function authenticate(
  headers: Headers,
  scope: Scope,
  { keys, checkToken }: Credentials,
  nowMs: number,
): Promise<Result<Caller>> {
  const [key, ...others] = callerKeys(headers);
  if (others.length > 0) return fail({ kind: "several_api_keys" });
  const token = key ?? headers.get(ACCESS_HEADER);
  const caller =
    checkToken !== null && token && isToken(token)
      ? await checkToken(token)
      : await callerWithKey(key, keys, nowMs);
  return caller.ok ? permit(caller.value, scope, headers.get("origin")) : caller;
}

async function callerWithKey(
  key: string | undefined,
  store: KeyStore,
  nowMs: number,
): Promise<Result<Caller>> {
  if (key === undefined) return fail({ kind: "missing_api_key" });
  if (kindOfKey(key) === undefined) return fail({ kind: "unknown_api_key", isMistyped: true });
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  const found = await store.find(new Uint8Array(hash));
  switch (found.kind) {
    case "unavailable":
      return fail({ kind: "api_keys_unavailable" });
    case "unknown":
      return fail({ kind: "unknown_api_key", isMistyped: false });
    case "found":
      return hasExpired(found.record, nowMs)
        ? fail({ kind: "expired_api_key" })
        : ok(callerOf(found.record));
  }
}

/** @param origin - Of the page that asks; null: it says none, as servers do not. */
function permit(caller: Caller, scope: Scope, origin: string | null): Result<Caller> {
  if (caller.origins !== undefined && !caller.origins.some((allowed) => allowed === origin)) {
    return fail({ kind: "origin_not_allowed" });
  }
  return caller.scopes.includes(scope) ? ok(caller) : fail({ kind: "missing_scope", scope });
}
