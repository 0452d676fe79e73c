import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CheckResult } from "./check.ts";
import type { Wrangler } from "./wrangler.ts";

/** Milliseconds that Cloudflare gives a Worker to start: to parse it, and to run what stands outside of its functions. */
const MAX_STARTUP_MS = 1_000;

/** The part of Chrome's format that is read: which node was running at each sample, and microseconds since the one before. */
interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string } }[];
  samples: number[];
  timeDeltas: number[];
}

/**
 * Whether the Worker starts fast enough here; Cloudflare's machines are others, and have the last word.
 * @param bundle - As `wrangler deploy --outfile` writes it.
 */
export async function checkStartup(
  wrangler: Wrangler,
  bundle: string,
  scratch: string,
): Promise<CheckResult> {
  const outfile = join(scratch, "startup.cpuprofile");
  const args = ["check", "startup", "--worker", bundle, "--outfile", outfile];
  const { status, stdout, stderr } = await wrangler.run(args);
  if (status !== 0) {
    const said = `${stderr}${stdout}`.trim().split("\n").at(-1) ?? "";
    return { name: "startup", state: "failed", detail: `the Worker does not start: ${said}` };
  }
  const ms = activeMs(JSON.parse(await readFile(outfile, "utf8")) as CpuProfile);
  const found = `${ms.toFixed(0)} ms of ${MAX_STARTUP_MS.toLocaleString("en")} on this machine`;
  return ms <= MAX_STARTUP_MS
    ? { name: "startup", state: "ok", detail: found }
    : {
        name: "startup",
        state: "failed",
        detail: `${found}: try again on an idle one, or do less outside of functions`,
      };
}

/** Milliseconds in which the thread did something. */
export function activeMs({ nodes, samples, timeDeltas }: CpuProfile): number {
  const idle = new Set(
    nodes.filter(({ callFrame }) => callFrame.functionName === "(idle)").map(({ id }) => id),
  );
  const micros = samples.reduce(
    (sum, node, index) => sum + (idle.has(node) ? 0 : (timeDeltas[index] ?? 0)),
    0,
  );
  return micros / 1_000;
}
