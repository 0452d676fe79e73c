/**
 * READ FIRST. `npm run test:load`: loads the service in a local workerd, says what it bears, and writes docs/load.md.
 *
 * `service.ts` runs the service, `generate.ts` the process that sends (`generator.ts`, by a `plan.ts`), a file of `scenarios/` is a scenario,
 * `report.ts` keeps and writes what came of them.
 */
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { buildEngine } from "../../tools/build-engine.ts";
import { UserError } from "../../tools/user-error.ts";
import { testKey } from "../auth/keys.ts";
import { ROOT } from "../bench/paths.ts";
import { SMALLEST_SHAPE, writeModel } from "../jobs/runs/bundle.ts";
import { HELP, parseOptions, type Options, type ScenarioName } from "./options.ts";
import { measurePeak } from "./peak.ts";
import { formatFinding, writeReport, writeResult } from "./report.ts";
import type { Peak, Scenario, ScenarioReport } from "./scenario.ts";
import { startService, type LoadService } from "./service.ts";
import { death } from "./scenarios/death.ts";
import { hangUps } from "./scenarios/hang-ups.ts";
import { leak } from "./scenarios/leak.ts";
import { overload } from "./scenarios/overload.ts";
import { slowClients } from "./scenarios/slow-clients.ts";
import { soak } from "./scenarios/soak.ts";
import { spike } from "./scenarios/spike.ts";
import { steady } from "./scenarios/steady.ts";

const LOADING: Readonly<Record<Exclude<ScenarioName, "leak">, Scenario>> = {
  steady,
  spike,
  soak,
  overload,
  "slow-clients": slowClients,
  "hang-ups": hangUps,
  death,
};

const DEFAULT_MODEL = join(ROOT, "models/rerank-minilm-l6");

/** Of `leak`, each with a key of its own. */
const CALLERS = 50;

const PEAK_SECONDS = 20;
const SMOKE_PEAK_SECONDS = 5;

try {
  const options = parseOptions(process.argv.slice(2), join(ROOT, "docs/load.md"));
  if (options.help) console.log(HELP);
  else process.exit((await loadAll(options)) ? 0 : 1);
} catch (error) {
  process.stderr.write(`${error instanceof UserError ? error.message : inspect(error)}\n`);
  // What is still running goes with us.
  process.exit(1);
}

/** @returns Whether everything that was to be reached was */
async function loadAll(options: Options): Promise<boolean> {
  let reached = true;
  const tell = async (
    name: ScenarioName,
    report: ScenarioReport,
    circumstances: string,
  ): Promise<void> => {
    console.log(`${report.title}\n${report.findings.map(formatFinding).join("\n")}`);
    if (report.findings.some(({ target }) => target?.met === false)) reached = false;
    if (options.out === undefined) return;
    await writeResult(name, { ...report, circumstances });
    await writeReport(options.out);
  };
  await buildEngine();
  await withDefaultModel(options, tell);
  if (options.scenarios.includes("leak")) await withTinyModel(options, tell);
  return reached;
}

type Tell = (name: ScenarioName, report: ScenarioReport, circumstances: string) => Promise<void>;

async function withDefaultModel(options: Options, tell: Tell): Promise<void> {
  const names = options.scenarios.filter((name) => name !== "leak");
  if (names.length === 0) return;
  const service = await startService("load", DEFAULT_MODEL);
  try {
    const peak = await measurePeak(
      service.url,
      options.isSmoke ? SMOKE_PEAK_SECONDS : PEAK_SECONDS,
    );
    console.log(formatPeak(peak));
    for (const name of names) {
      const where = await circumstances(name, options, formatPeak(peak));
      await tell(name, await LOADING[name](optionsOf(service, peak, options)), where);
    }
  } finally {
    await service.stop();
  }
}

function optionsOf(service: LoadService, peak: Peak, { seconds, isSmoke }: Options) {
  return { service, peak, seconds, isSmoke, print: console.log };
}

/** So small that what is measured is the service around it. */
async function withTinyModel(options: Options, tell: Tell): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "x-rerank-load-"));
  const model = writeModel(join(folder, "model"), SMALLEST_SHAPE);
  const keys = Array.from({ length: CALLERS }, (_, number) =>
    testKey(`caller-${number}`, { scopes: ["rerank", "score"] }),
  );
  const service = await startService(
    "load-tiny",
    model,
    keys.map(({ record }) => record),
  );
  try {
    const where = await circumstances("leak", options, "a tiny model");
    const { requests, isSmoke } = options;
    const { assets } = service;
    const print = console.log;
    const run = { service, model, assets, requests, isSmoke, print };
    await tell("leak", await leak({ ...run, keys: keys.map(({ key }) => key) }), where);
  } finally {
    await service.stop();
    await rm(folder, { recursive: true });
  }
}

function formatPeak({ requestsPerSecond, tokensPerSecond }: Peak): string {
  return `peak ${requestsPerSecond.toFixed(1)} requests/s, ${Math.round(tokensPerSecond).toLocaleString("en")} tokens/s`;
}

async function circumstances(
  name: ScenarioName,
  { seconds, requests }: Options,
  peak: string,
): Promise<string> {
  const size = name === "leak" ? ` --requests ${requests}` : seconds ? ` --seconds ${seconds}` : "";
  const manifest = await readFile(join(ROOT, "node_modules/workerd/package.json"), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  const [cpu] = cpus();
  const memoryGib = Math.round(totalmem() / 2 ** 30);
  return (
    `\`npm run test:load -- ${name}${size}\`; ${peak}; ${cpu?.model.trim()} with ${cpus().length} cores, ${memoryGib} GiB, ` +
    `load average at the start ${loadavg()[0]!.toFixed(1)}; Node ${process.versions.node}, workerd ${version}.`
  );
}
