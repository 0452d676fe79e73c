/** How a version of the Worker gets its share of the requests, and loses it again. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../user-error.ts";
import type { Wrangler } from "./wrangler.ts";

/** All requests go to what is here now. */
export async function deployAtOnce(wrangler: Wrangler): Promise<void> {
  await shown(wrangler, ["deploy"]);
}

export interface Upload {
  /** Id of the new version. */
  version: string;
  /** Id of the one that has most of the requests now, and then the rest of them. */
  before: string;
}

/**
 * A new version gets a share of the requests.
 *
 * @param percentage - From 0, for requests that name the version alone, to 100.
 * @param scratch - Folder for what wrangler reports.
 */
export async function deployGradually(
  wrangler: Wrangler,
  percentage: number,
  scratch: string,
): Promise<Upload> {
  const before = await currentVersion(wrangler);
  const report = join(scratch, "wrangler.ndjson");
  await shown(wrangler, ["versions", "upload"], { WRANGLER_OUTPUT_FILE_PATH: report });
  const version = uploadedVersion(await readFile(report, "utf8"));
  await share(wrangler, version, percentage, before);
  return { version, before };
}

/** A version that was uploaded before gets a share of the requests, that which has most of the others now keeps the rest. */
export async function promote(
  wrangler: Wrangler,
  version: string,
  percentage: number,
): Promise<void> {
  const before = percentage === 100 ? version : await currentVersion(wrangler, version);
  await share(wrangler, version, percentage, before);
}

async function share(
  wrangler: Wrangler,
  version: string,
  percentage: number,
  before: string,
): Promise<void> {
  const rest = percentage === 100 ? [] : [`${before}@${100 - percentage}`];
  await shown(wrangler, ["versions", "deploy", `${version}@${percentage}`, ...rest, "--yes"]);
}

/** All requests go to an earlier version. @param version - Default: the one before the current deployment. */
export async function rollBack(wrangler: Wrangler, version?: string): Promise<void> {
  const which = version === undefined ? [] : [version];
  await shown(wrangler, ["rollback", ...which, "--yes", "--message", "npm run deploy -- rollback"]);
}

/** The version with most of the requests. @param except - Another than that. */
async function currentVersion(wrangler: Wrangler, except?: string): Promise<string> {
  const { status, stdout } = await wrangler.run(["deployments", "status", "--json"]);
  const { versions } = (status === 0 ? JSON.parse(stdout) : { versions: [] }) as {
    versions: { version_id: string; percentage: number }[];
  };
  const [most] = versions
    .filter(({ version_id: id }) => id !== except)
    .toSorted((a, b) => b.percentage - a.percentage);
  if (most) return most.version_id;
  throw new UserError(
    "nothing else is deployed that could keep the rest of the requests. Leave out --gradual.",
  );
}

/** @param report - A JSON object a line, as wrangler writes them to WRANGLER_OUTPUT_FILE_PATH. */
function uploadedVersion(report: string): string {
  const entries = report
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { type: string; version_id?: string | null });
  const version = entries.find(({ type }) => type === "version-upload")?.version_id;
  if (!version) throw new UserError("wrangler does not say which version it has uploaded.");
  return version;
}

async function shown(
  wrangler: Wrangler,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const status = await wrangler.show(args, env);
  if (status !== 0) throw new UserError(`wrangler ${args.slice(0, 2).join(" ")} has failed.`);
}
