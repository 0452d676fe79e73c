/** How a version of the Worker gets its share of the requests, and loses it again. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../user-error.ts";
import type { Wrangler } from "./wrangler.ts";

/** All requests go to what is here now. */
export async function deployAtOnce(wrangler: Wrangler): Promise<void> {
  await shown(wrangler, ["deploy"]);
}

/**
 * A new version gets a share of the requests, that which has most of them now keeps the rest.
 *
 * @param percentage - From 0, for requests that name the version alone, to 100.
 * @param scratch - Folder for what wrangler reports.
 * @returns id of the new version
 */
export async function deployGradually(
  wrangler: Wrangler,
  percentage: number,
  scratch: string,
): Promise<string> {
  const current = await currentVersion(wrangler);
  const report = join(scratch, "wrangler.ndjson");
  await shown(wrangler, ["versions", "upload"], { WRANGLER_OUTPUT_FILE_PATH: report });
  const version = uploadedVersion(await readFile(report, "utf8"));
  const shares = [`${version}@${percentage}`, `${current}@${100 - percentage}`];
  await shown(wrangler, ["versions", "deploy", ...shares, "--yes"]);
  return version;
}

/** All requests go to a version that was uploaded before. */
export async function promote(wrangler: Wrangler, version: string): Promise<void> {
  await shown(wrangler, ["versions", "deploy", `${version}@100`, "--yes"]);
}

/** All requests go to an earlier version. @param version - Default: the one before the current deployment. */
export async function rollBack(wrangler: Wrangler, version?: string): Promise<void> {
  const which = version === undefined ? [] : [version];
  await shown(wrangler, ["rollback", ...which, "--yes", "--message", "npm run deploy -- rollback"]);
}

async function currentVersion(wrangler: Wrangler): Promise<string> {
  const { status, stdout } = await wrangler.run(["deployments", "status", "--json"]);
  if (status !== 0) {
    throw new UserError(
      "nothing is deployed yet that could keep the rest of the requests. Deploy once without --gradual.",
    );
  }
  const { versions } = JSON.parse(stdout) as {
    versions: { version_id: string; percentage: number }[];
  };
  return versions.toSorted((a, b) => b.percentage - a.percentage)[0]!.version_id;
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
