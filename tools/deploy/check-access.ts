/** Whether strangers are kept out, and whether anybody can get in. */
import { isTable, variablesOf, type ConfigTable } from "../worker-config.ts";
import type { CheckResult } from "./check.ts";
import type { Wrangler } from "./wrangler.ts";

/** The service must not be open to all; only `npm start` and tests switch keys off. */
export function checkAuth(config: ConfigTable): CheckResult {
  const setting = variablesOf(config)["RERANK_AUTH"] || "required";
  return setting === "off"
    ? {
        name: "access",
        state: "failed",
        detail: "RERANK_AUTH is off, so that anyone could use the service: leave it empty",
      }
    : { name: "access", state: "ok", detail: `RERANK_AUTH is ${String(setting)}` };
}

/** Keys may be kept in this secret in place of KV. */
const KEYS_SECRET = "RERANK_API_KEYS";

/**
 * Whether somebody has a key.
 * @param set - Names of the secrets that are set.
 * @param create - The command that makes a key.
 */
export async function checkKeys(
  config: ConfigTable,
  wrangler: Wrangler,
  set: readonly string[],
  create: string,
): Promise<CheckResult> {
  if (set.includes(KEYS_SECRET))
    return { name: "keys", state: "ok", detail: `in the secret ${KEYS_SECRET}` };
  if (variablesOf(config)["RERANK_JWT_ISSUER"])
    return { name: "keys", state: "ok", detail: "tokens of RERANK_JWT_ISSUER are taken, too" };
  const namespaces = Array.isArray(config["kv_namespaces"]) ? config["kv_namespaces"] : [];
  if (!namespaces.filter(isTable).some(({ binding }) => binding === "KEYS")) {
    const detail = `no KV namespace is bound as KEYS, and ${KEYS_SECRET} is not set, so that no request can have a key`;
    return { name: "keys", state: "failed", detail };
  }
  const list = ["kv", "key", "list", "--binding=KEYS", "--remote"];
  const { status, stdout } = await wrangler.run(list);
  // Before the first deployment there is no namespace.
  const keys = status === 0 ? (JSON.parse(stdout) as unknown[]).length : 0;
  return keys > 0
    ? { name: "keys", state: "ok", detail: `${keys} in the namespace KEYS` }
    : {
        name: "keys",
        state: "warning",
        detail: `none yet: every request is refused until you have run ${create}`,
      };
}

/** Names of the secrets that the Worker has; none before it is there. */
export async function setSecrets(wrangler: Wrangler): Promise<string[]> {
  const { status, stdout } = await wrangler.run(["secret", "list", "--format=json"]);
  return status === 0 ? (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name) : [];
}

/** Whether the secrets are set that the settings need. @param set - Names of those that are set. */
export function checkSecrets(needed: readonly string[], set: readonly string[]): CheckResult {
  if (needed.length === 0) return { name: "secrets", state: "ok", detail: "none is needed" };
  const missing = needed.filter((name) => !set.includes(name));
  return missing.length === 0
    ? { name: "secrets", state: "ok", detail: `${needed.join(", ")}: set` }
    : {
        name: "secrets",
        state: "failed",
        detail: `set ${missing.join(", ")} with npx wrangler secret put NAME`,
      };
}

/** Whether wrangler knows whose account it is. */
export async function checkAccount(wrangler: Wrangler): Promise<CheckResult> {
  const { status, stdout } = await wrangler.run(["whoami", "--json"]);
  if (status !== 0) {
    const detail =
      "wrangler is not signed in: npx wrangler login, or set CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID";
    return { name: "account", state: "failed", detail };
  }
  const { email } = JSON.parse(stdout) as { email?: string };
  return { name: "account", state: "ok", detail: email ?? "by an API token" };
}
