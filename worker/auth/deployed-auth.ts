/** The callers of this deployment. What an isolate has learnt of them it keeps for a moment. */
import { env } from "cloudflare:workers";
import { SETTINGS } from "../deployed-settings.ts";
import { fail, ok, type Result } from "../errors.ts";
import { authenticate, type Credentials } from "./authenticate.ts";
import { writeLog } from "../observe/log.ts";
import { ANYBODY, type Caller } from "./caller.ts";
import { tokenCheck } from "./jwt-check.ts";
import { KeyStore, type KeyNamespace } from "./key-store.ts";
import type { Scope } from "./scope.ts";

const keys = new KeyStore(
  {
    records: SETTINGS.ok ? SETTINGS.value.auth.records : [],
    namespace: (env as { KEYS?: KeyNamespace }).KEYS,
  },
  (one, other) => crypto.subtle.timingSafeEqual(one, other),
  Date.now,
);

const jwt = SETTINGS.ok ? SETTINGS.value.auth.jwt : null;

const credentials: Credentials = {
  keys,
  checkToken: jwt && tokenCheck(jwt, (url, init) => fetch(url, init), Date.now),
};

if (SETTINGS.ok && !SETTINGS.value.auth.isRequired) {
  const problem = "RERANK_AUTH is off: whoever reaches this service may use it";
  writeLog({ level: "warn", event: "keys", problem });
}

/** Who a request comes from; a failure if it may not have what needs this scope. */
export async function identify({ headers }: Request, scope: Scope): Promise<Result<Caller>> {
  if (!SETTINGS.ok) return fail({ kind: "misconfigured", problems: SETTINGS.problems });
  if (!SETTINGS.value.auth.isRequired) return ok(ANYBODY);
  return authenticate(headers, scope, credentials, Date.now());
}
