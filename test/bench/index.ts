/**
 * `npm run bench`: measures what docs/performance.md reports, and writes it.
 *
 * `options.ts` reads the command line, `peers/` readies whom we are compared with, a file a section measures, `results.ts` keeps
 * the last figures of each section, and `report.ts` makes the text of them.
 */
import { writeFile } from "node:fs/promises";
import { inspect } from "node:util";
import { buildEngine } from "../../tools/build-engine.ts";
import { measureAccuracy } from "./accuracy.ts";
import { UserError } from "../../tools/user-error.ts";
import { circumstances } from "./circumstances.ts";
import { measureColdStart } from "./cold-start.ts";
import { measureJobs } from "./jobs.ts";
import { measureMemory } from "./memory.ts";
import { commandOf, HELP, parseOptions, type Options, type SectionName } from "./options.ts";
import { measureOutage } from "./outage.ts";
import { preparePeers, type Peers } from "./peers/prepare.ts";
import { formatReport, missedTargets, type Section } from "./report.ts";
import { readResults, writeResult } from "./results.ts";
import { measureRanking } from "./ranking.ts";
import { measureRouting } from "./routing.ts";
import { measureService } from "./service.ts";
import { measureSpeed } from "./speed.ts";
import { measureStages } from "./stages.ts";

type Measurer = (peers: Peers, options: Options) => Promise<Section>;

const MEASURERS: Record<SectionName, Measurer> = {
  speed: (peers, { rounds }) => measureSpeed(peers, rounds, print),
  stages: (peers, { rounds }) => measureStages(peers, rounds, print),
  "cold-start": (peers, { rounds }) => measureColdStart(peers, rounds, print),
  service: (peers, { rounds }) => measureService(peers, rounds, print),
  memory: (peers, { rounds }) => measureMemory(peers, rounds, print),
  routing: (peers, { rounds, backendMs }) => measureRouting(peers, rounds, backendMs, print),
  outage: (peers, { rounds, backendMs }) => measureOutage(peers, rounds, backendMs, print),
  jobs: (peers, { rounds }) => measureJobs(peers, rounds, print),
  accuracy: (peers, { data }) => measureAccuracy(peers, data, print),
  ranking: (peers, { data }) => measureRanking(peers, data, print),
};

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) print(HELP);
  else await bench(options);
} catch (error) {
  process.stderr.write(`${error instanceof UserError ? error.message : inspect(error)}\n`);
  // What is still running goes with us.
  process.exit(1);
}

async function bench(options: Options): Promise<void> {
  const { sections, out, strict } = options;
  const missed: string[] = [];
  await buildEngine();
  const peers = await preparePeers(options.model, options.python, print);
  for (const name of sections) {
    print(`\n${name}`);
    const where = await circumstances(peers);
    const section = await MEASURERS[name](peers, options);
    missed.push(...missedTargets(section));
    await writeResult(name, { ...section, ...where, command: commandOf(name, options) });
  }
  await writeFile(out, formatReport(await readResults()));
  print(`\nWrote ${out}`);
  if (strict && missed.length > 0) throw new UserError(`missed: ${missed.join("; ")}`);
}

function print(line: string): void {
  console.log(line);
}
