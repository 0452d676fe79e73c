/** The text of docs/load.md, and what it is made of: the last figures of each scenario. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PEERS_FOLDER } from "../bench/paths.ts";
import { SCENARIOS, type ScenarioName } from "./options.ts";
import type { Finding, ScenarioReport } from "./scenario.ts";

const FOLDER = join(PEERS_FOLDER, "load-results");

/** A scenario's findings and where they were found. */
export interface PlacedReport extends ScenarioReport {
  /** Command, peak, machine and versions. */
  circumstances: string;
}

const METHOD = `# Under load

What the service bears, measured by \`npm run test:load\` and written by it; do not edit. \`npm run test:load -- --help\` names its options.

The service is the production bundle with the default model in a workerd of its own, on the machine that also sends. Requests are a mix of 60 % with three short documents, 35 % with ten and 5 % with ten passages, 170 tokens on average. The **peak** is what
it answers to eight callers who each send their next request as soon as the last one is answered.

Everything else is **open loop**: requests arrive at random moments (a Poisson process, seeded) whether or not earlier ones have been answered, and a request's time counts from the moment it was due, not from when it was sent. So a service that stalls cannot
hide what callers would have waited, as it can from callers who wait for their answers ("coordinated omission"). That is why the generator is the project's own, some 150 lines on \`node:http\` in a process of its own: autocannon is closed loop, and oha and k6 are no npm packages
and do not tell a refusal's percentiles from an answer's. Times are kept in HDR histograms (Node's own), exact to three digits at every percentile.

An isolate that dies is started again by the test as Cloudflare starts one. Memory is that of the process (VmRSS), MB of 10^6 bytes, workerd's own program of about 70 MB included.`;

export async function writeResult(name: ScenarioName, report: PlacedReport): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await writeFile(join(FOLDER, `${name}.json`), JSON.stringify(report, null, 2));
}

/** Writes the report of all scenarios that were ever run. */
export async function writeReport(path: string): Promise<void> {
  const texts = await Promise.all(
    SCENARIOS.map((name) => readFile(join(FOLDER, `${name}.json`), "utf8").catch(() => undefined)),
  );
  const reports = texts.flatMap((text) =>
    text === undefined ? [] : [JSON.parse(text) as PlacedReport],
  );
  await writeFile(path, `${[METHOD, ...reports.map(formatReport)].join("\n\n")}\n`);
}

function formatReport({ title, notes, findings, circumstances }: PlacedReport): string {
  return [`## ${title}`, ...notes, tableOf(findings), circumstances].join("\n\n");
}

/** "goodput: 97 % of the peak; to reach: at least 80 %: yes". */
export function formatFinding({ what, measured, target }: Finding): string {
  return `  ${what}: ${measured}${target ? `; to reach: ${target.text}: ${target.met ? "yes" : "NO"}` : ""}`;
}

function tableOf(findings: readonly Finding[]): string {
  const rows = findings.map(({ what, measured, target }) => [
    what,
    measured,
    target?.text ?? "",
    target ? (target.met ? "yes" : "**no**") : "",
  ]);
  return [["", "measured", "to reach", "reached"], ["---", "---", "---", "---"], ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}
