/** All checks before a deployment, in the order in which they are shown. */
import type { ConfigTable } from "../worker-config.ts";
import type { Build } from "./build.ts";
import { checkAccount, checkAuth, checkKeys, checkSecrets } from "./check-access.ts";
import type { CheckResult } from "./check.ts";
import { checkModels, readBuiltModels } from "./check-models.ts";
import { checkPlaceholders, checkSettings, neededSecrets } from "./check-settings.ts";
import { checkSize } from "./check-size.ts";
import { checkStartup } from "./check-startup.ts";
import type { Wrangler } from "./wrangler.ts";

export interface Subject {
  config: ConfigTable;
  build: Build;
  /** Folder of the static assets. */
  assets: string;
  scratch: string;
  wrangler: Wrangler;
  /** Whether nothing may be asked of an account, since there may be none. */
  isDryRun: boolean;
  /** The command that makes a key. */
  createKey: string;
}

export async function runChecks(subject: Subject): Promise<CheckResult[]> {
  const { config, build, assets, scratch, wrangler } = subject;
  const models = await readBuiltModels(assets);
  const names = models.map(({ manifest }) => manifest.name);
  const secrets = neededSecrets(config, names);
  return [
    checkSize(build),
    await checkStartup(wrangler, build.bundle, scratch),
    await checkModels(assets, models),
    // Whether the secrets are there is a check of its own.
    checkSettings(config, names, secrets),
    checkPlaceholders(config),
    checkAuth(config),
    ...(subject.isDryRun ? notAsked(secrets) : await accountChecks(subject, secrets)),
  ];
}

function notAsked(secrets: readonly string[]): CheckResult[] {
  const needed = secrets.length > 0 ? `needed: ${secrets.join(", ")}` : "none is needed";
  return [
    { name: "account", state: "not checked", detail: "in a dry run" },
    { name: "secrets", state: "not checked", detail: needed },
    { name: "keys", state: "not checked", detail: "in a dry run" },
  ];
}

async function accountChecks(
  { config, wrangler, createKey }: Subject,
  secrets: readonly string[],
): Promise<CheckResult[]> {
  const account = await checkAccount(wrangler);
  if (account.state !== "ok") return [account];
  return [
    account,
    await checkSecrets(secrets, wrangler),
    await checkKeys(config, wrangler, createKey),
  ];
}
