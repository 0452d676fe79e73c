/** `npm run deploy`: checks what would be sent, and sends it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command, CommandArguments, Terminal } from "../command-line.ts";
import { UsageError, UserError } from "../user-error.ts";
import { modelFolders, type ConfigTable } from "../worker-config.ts";
import { buildWorker } from "./build.ts";
import { checkLine, type CheckResult } from "./check.ts";
import { describeUpload } from "./describe-upload.ts";
import { environmentFile } from "./environment-file.ts";
import { PRODUCTION } from "./environment.ts";
import { deployAtOnce, deployGradually, promote, rollBack, type Upload } from "./rollout.ts";
import {
  accountChecks,
  buildChecks,
  configChecks,
  modelNames,
  unaskedAccountChecks,
} from "./run-checks.ts";
import { projectWrangler, type Wrangler } from "./wrangler.ts";

const PROJECT = join(import.meta.dirname, "../..");

export const deployCommand: Command = {
  summary: "check the Worker and send it to Cloudflare: npm run deploy",
  help: `Builds the Worker, checks its size, the time it takes to start, the hashes of its models, its settings, and that it is not open to all; then deploys it.
Nothing is sent if a check fails.

  npm run deploy                        to production, that is as wrangler.toml stands
  npm run deploy -- --dry-run           send nothing, print what would be sent; needs no account
  npm run deploy -- --env staging       to an environment of its own: docs/deployment.md
  npm run deploy -- --gradual 10        the new version gets 10 % of the requests; 0: only those that name it
  npm run deploy -- promote VERSION     a version that was uploaded gets all requests, or with --gradual a share of them
  npm run deploy -- rollback            all requests go to the version before; or name the VERSION`,
  positionals: ["[ACTION]", "[VERSION]"],
  options: {
    env: { type: "string" },
    "dry-run": { type: "boolean" },
    gradual: { type: "string" },
  },
  async run(args, terminal) {
    const action = readAction(args);
    const environment = (args.options["env"] as string | undefined) ?? PRODUCTION;
    const { config, file } = environmentFile(PROJECT, environment);
    const folders = modelFolders(config, terminal.env["MODEL"]);
    const wrangler = projectWrangler(PROJECT, file, { MODEL: folders.join(",") });
    if (action.kind === "promote") return promote(wrangler, action.version, action.percentage);
    if (action.kind === "rollback") return rollBack(wrangler, action.version);
    const models = await modelNames(PROJECT, folders);
    const scratch = await mkdtemp(join(tmpdir(), "x-rerank-deploy-"));
    try {
      await deploy({ environment, config, models, wrangler }, action, scratch, terminal);
    } finally {
      await rm(scratch, { recursive: true });
    }
  },
};

/** What is deployed, and where to. */
interface Target {
  environment: string;
  config: ConfigTable;
  /** Names of the models that are built in, the default one first. */
  models: readonly string[];
  wrangler: Wrangler;
}

type Action =
  | { kind: "deploy"; isDryRun: boolean; percentage: number | undefined }
  | { kind: "promote"; version: string; percentage: number }
  | { kind: "rollback"; version?: string };

function readAction({ positionals: [name, version], options }: CommandArguments): Action {
  const percentage = readPercentage(options["gradual"] as string | undefined);
  switch (name) {
    case undefined:
      return {
        kind: "deploy",
        isDryRun: options["dry-run"] === true,
        percentage,
      };
    case "promote":
      if (version === undefined) throw new UsageError("Name the version to promote.");
      return { kind: "promote", version, percentage: percentage ?? 100 };
    case "rollback":
      return { kind: "rollback", ...(version !== undefined && { version }) };
    default:
      throw new UsageError(`"${name}" is no action: it may be promote or rollback.`);
  }
}

function readPercentage(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,3}$/.test(text) && Number(text) <= 100) return Number(text);
  throw new UsageError(`--gradual is "${text}". It must be a whole number from 0 to 100.`);
}

async function deploy(
  { environment, config, models, wrangler }: Target,
  { isDryRun, percentage }: Extract<Action, { kind: "deploy" }>,
  scratch: string,
  { print, stderr }: Terminal,
): Promise<void> {
  const option = environment === PRODUCTION ? "" : ` --env ${environment}`;
  pass(configChecks(config, models), print);
  stderr.write("Building …\n");
  const assets = join(PROJECT, "worker/build");
  const build = await buildWorker(wrangler, assets, scratch);
  pass(await buildChecks(build, wrangler, assets, scratch), print);
  const createKey = `npm run tools -- keys create NAME --scopes score,rerank,jobs${option}`;
  pass(
    isDryRun
      ? unaskedAccountChecks(config, models)
      : await accountChecks(config, models, wrangler, createKey),
    print,
  );
  if (isDryRun) {
    for (const line of ["", "Would be sent:", "", ...describeUpload(config, build)]) print(line);
    return;
  }
  if (percentage === undefined) return deployAtOnce(wrangler);
  const upload = await deployGradually(wrangler, percentage, scratch);
  for (const line of afterGradual(String(config["name"]), upload, option)) print(line);
}

/** @throws UserError if one of them has failed */
function pass(results: readonly CheckResult[], print: Terminal["print"]): void {
  for (const result of results) print(checkLine(result));
  const failed = results.filter(({ state }) => state === "failed").map(({ name }) => name);
  if (failed.length > 0) throw new UserError(`nothing was sent: ${failed.join(", ")} failed.`);
}

function afterGradual(worker: string, { version, before }: Upload, option: string): string[] {
  return [
    `version ${version}`,
    `before ${before}`,
    `to try it:        npm run tools -- smoke URL --worker ${worker} --version ${version}`,
    `to go on:         npm run deploy -- promote ${version}${option}`,
    `to take it back:  npm run deploy -- promote ${before}${option}`,
  ];
}
