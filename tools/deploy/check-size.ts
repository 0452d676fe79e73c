import { mebibytes } from "./mebibytes.ts";
import { sumOf, type Build } from "./build.ts";
import type { CheckResult } from "./check.ts";

const MIB = 1024 * 1024;

/** @see https://developers.cloudflare.com/workers/platform/limits/ as of 2026-11 */
const GRANTED = { workerBytes: 64 * MIB, assetBytes: 25 * MIB, assets: 20_000 };

/** Whether the Worker and its assets are within what Cloudflare grants; of the number of assets, what the Free plan has. */
export function checkSize({ modules, assets }: Pick<Build, "modules" | "assets">): CheckResult {
  const bytes = sumOf(modules);
  const [largest] = assets.toSorted((a, b) => b.bytes - a.bytes);
  const problems = [
    bytes > GRANTED.workerBytes &&
      `the Worker has ${mebibytes(bytes)}, Cloudflare takes ${mebibytes(GRANTED.workerBytes)}`,
    largest !== undefined &&
      largest.bytes > GRANTED.assetBytes &&
      `the asset ${largest.path} has ${mebibytes(largest.bytes)}, Cloudflare takes ${mebibytes(GRANTED.assetBytes)}`,
    assets.length > GRANTED.assets &&
      `there are ${assets.length} assets, Cloudflare takes ${GRANTED.assets}`,
  ].filter((problem) => problem !== false);
  if (problems.length > 0) return { name: "size", state: "failed", detail: problems.join("; ") };
  const rest = largest
    ? `, the largest ${mebibytes(largest.bytes)} of ${mebibytes(GRANTED.assetBytes)}`
    : "";
  return {
    name: "size",
    state: "ok",
    detail: `${mebibytes(bytes)} of ${mebibytes(GRANTED.workerBytes)}; ${assets.length} assets${rest}`,
  };
}
