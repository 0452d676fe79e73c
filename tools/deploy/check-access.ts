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

/** Whether somebody has a key. @param create - The command that makes one. */
export async function checkKeys(
  config: ConfigTable,
  wrangler: Wrangler,
  create: string,
): Promise<CheckResult> {
  const namespaces = Array.isArray(config["kv_namespaces"]) ? config["kv_namespaces"] : [];
  if (!namespaces.filter(isTable).some(({ binding }) => binding === "KEYS")) {
    const detail = "no KV namespace is bound as KEYS, so that no request can have a key";
    return { name: "keys", state: "failed", detail };
  }
  const { status, stdout } = await wrangler.run([
    "kv",
    "key",
    "list",
    "--binding=KEYS",
    "--remote",
  ]);
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

/** Whether the secrets are set that the settings need. */
export async function checkSecrets(
  needed: readonly string[],
  wrangler: Wrangler,
): Promise<CheckResult> {
  if (needed.length === 0) return { name: "secrets", state: "ok", detail: "none is needed" };
  const { status, stdout } = await wrangler.run(["secret", "list", "--format=json"]);
  const set =
    status === 0 ? (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name) : [];
  const missing = needed.filter((name) => !set.includes(name));
  return missing.length === 0
    ? { name: "secrets", state: "ok", detail: `${needed.join(", ")}: set` }
    : {
        name: "secrets",
        state: "failed",
        detail: `set ${missing.join(", ")}: npx wrangler secret put ${missing[0]}`,
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
