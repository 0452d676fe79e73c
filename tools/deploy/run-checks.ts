/** All checks before a deployment: first those that take no time. */
import { resolve } from "node:path";
import { readJsonIfThere } from "../json-file.ts";
import { UserError } from "../user-error.ts";
import type { ConfigTable } from "../worker-config.ts";
import type { Build } from "./build.ts";
import { checkAccount, checkAuth, checkKeys, checkSecrets, setSecrets } from "./check-access.ts";
import type { CheckResult } from "./check.ts";
import { checkModels } from "./check-models.ts";
import { checkPlaceholders, checkSettings, neededSecrets } from "./check-settings.ts";
import { checkSize } from "./check-size.ts";
import { checkStartup } from "./check-startup.ts";
import type { Wrangler } from "./wrangler.ts";

/** What is checked before anything is built. @param models - Names of the models that are built in, the default one first. */
export function configChecks(config: ConfigTable, models: readonly string[]): CheckResult[] {
  return [
    // Whether the secrets are there is a check of its own.
    checkSettings(config, models, neededSecrets(config, models)),
    checkPlaceholders(config),
    checkAuth(config),
  ];
}

/** What is checked of a build. @param assets - Folder of the static assets. */
export async function buildChecks(
  build: Build,
  wrangler: Wrangler,
  assets: string,
  scratch: string,
): Promise<CheckResult[]> {
  return [
    checkSize(build),
    await checkStartup(wrangler, build.bundle, scratch),
    await checkModels(assets),
  ];
}

/** What is asked of the account. @param createKey - The command that makes a key. */
export async function accountChecks(
  config: ConfigTable,
  models: readonly string[],
  wrangler: Wrangler,
  createKey: string,
): Promise<CheckResult[]> {
  const account = await checkAccount(wrangler);
  if (account.state !== "ok") return [account];
  const secrets = await setSecrets(wrangler);
  return [
    account,
    checkSecrets(neededSecrets(config, models), secrets),
    await checkKeys(config, wrangler, secrets, createKey),
  ];
}

/** The same where there may be no account. */
export function unaskedAccountChecks(
  config: ConfigTable,
  models: readonly string[],
): CheckResult[] {
  const secrets = neededSecrets(config, models);
  const needed = secrets.length > 0 ? `needed: ${secrets.join(", ")}` : "none is needed";
  return [
    { name: "account", state: "not checked", detail: "in a dry run" },
    { name: "secrets", state: "not checked", detail: needed },
    { name: "keys", state: "not checked", detail: "in a dry run" },
  ];
}

/** Names of packed models. @throws UserError if a folder has none */
export async function modelNames(project: string, folders: readonly string[]): Promise<string[]> {
  return Promise.all(
    folders.map(async (folder) => {
      const manifest = await readJsonIfThere(resolve(project, folder, "model.json"));
      if (typeof manifest?.["name"] === "string") return manifest["name"];
      throw new UserError(
        `${folder}, which BUILT_IN_MODELS or MODEL names, holds no packed model.`,
      );
    }),
  );
}
