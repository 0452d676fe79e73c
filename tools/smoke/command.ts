/** `smoke`: tries a service that was just deployed. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Command, CommandArguments } from "../command-line.ts";
import { UsageError, UserError } from "../user-error.ts";
import { SmokeService, type SmokeTarget } from "./service.ts";
import { SMOKE_STEPS, type SmokeResult, type SmokeStep } from "./steps.ts";

/** Between two tries of a step that may yet succeed. */
const RETRY_MS = 2_000;

export const smokeCommand: Command = {
  summary: "try a service that was just deployed",
  help: `Asks a running service for its health, whether it is ready, a ranking whose order is known, a score, and whether it refuses who has no key.
Exits with 1 if something is not as it should be.

  --key KEY        may rerank and score; default: the environment's RERANK_API_KEY, which other users of the machine cannot see
  --version ID     try this version of the Worker, even if it has no share of the requests: what npm run deploy -- --gradual 0 has printed
  --worker NAME    its name, with --version
  --wait SECONDS   for how long what fails is tried again, since a deployment takes some seconds to be everywhere; default: 20`,
  positionals: ["URL"],
  options: {
    key: { type: "string" },
    version: { type: "string" },
    worker: { type: "string" },
    wait: { type: "string" },
  },
  async run(args, { env, print }) {
    const service = new SmokeService(readTarget(args, env["RERANK_API_KEY"]));
    const endsAtMs = Date.now() + readWait(args) * 1_000;
    const width = Math.max(...SMOKE_STEPS.map(({ name }) => name.length));
    const failed: string[] = [];
    for (const step of SMOKE_STEPS) {
      const { ok, detail } = await tryUntil(step, service, endsAtMs);
      print(`${ok ? "ok    " : "FAILED"}  ${step.name.padEnd(width)}  ${detail}`);
      if (!ok) failed.push(step.name);
    }
    if (failed.length > 0) throw new UserError(`not as it should be: ${failed.join(", ")}.`);
  },
};

function readTarget(
  { positionals, options }: CommandArguments,
  key: string | undefined,
): SmokeTarget {
  const text = (name: string): string | undefined => options[name] as string | undefined;
  const { version: id, worker } = { version: text("version"), worker: text("worker") };
  if ((id === undefined) !== (worker === undefined))
    throw new UsageError("--version and --worker belong together.");
  const [url] = positionals as [string];
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new UsageError(`${url} is no address: it begins with https:// or http://.`);
  return {
    url,
    key: text("key") ?? (key || undefined),
    version: id !== undefined && worker !== undefined ? { worker, id } : undefined,
  };
}

function readWait({ options }: CommandArguments): number {
  const wait = (options["wait"] as string | undefined) ?? "20";
  if (!/^\d{1,4}$/.test(wait)) throw new UsageError("--wait takes whole seconds.");
  return Number(wait);
}

/** A step's result, the last one if it never succeeds. */
async function tryUntil(
  step: SmokeStep,
  service: SmokeService,
  endsAtMs: number,
): Promise<SmokeResult> {
  for (;;) {
    const result = await step.run(service).catch((error: unknown): SmokeResult => {
      if (error instanceof UserError) return { ok: false, detail: error.message };
      throw error;
    });
    if (result.ok || Date.now() + RETRY_MS > endsAtMs) return result;
    await sleep(RETRY_MS);
  }
}
