import { parseArgs } from "node:util";
import { UserError } from "../../tools/user-error.ts";

/** In the order of the report. */
export const SCENARIOS = [
  "steady",
  "spike",
  "soak",
  "overload",
  "slow-clients",
  "hang-ups",
  "death",
  "leak",
] as const;

export type ScenarioName = (typeof SCENARIOS)[number];

/** What a machine that does other things has the time for. */
const SMOKE: readonly ScenarioName[] = ["overload", "slow-clients", "hang-ups", "death", "leak"];
const SMOKE_SECONDS = 4;
const SMOKE_REQUESTS = 5_000;

export interface Options {
  scenarios: readonly ScenarioName[];
  /** Of each phase, in place of a scenario's own. */
  seconds: number | undefined;
  /** Of `leak`. */
  requests: number;
  isSmoke: boolean;
  /** Where the report is written; undefined: nowhere. */
  out: string | undefined;
  help: boolean;
}

export const HELP = `Usage: npm run test:load -- [SCENARIO ...] [--seconds N] [--requests N] [--smoke] [--out FILE]

Loads the service in a local workerd and says what it bears; the exit status is 0 if everything that was to be reached was. Scenarios that are not named keep
the figures of their last run in the report.

SCENARIO      ${SCENARIOS.join(", ")}; all by default, about 35 minutes
--seconds N   of each phase, in place of a scenario's own: 60 of steady, 1,200 of soak
--requests N  of leak, default 100,000
--smoke       ${SMOKE.join(", ")}, ${SMOKE_SECONDS} s each and ${SMOKE_REQUESTS.toLocaleString("en")} requests, with bounds for a machine that does other things; no report
--out FILE    the report, default docs/load.md`;

/** @throws UserError if the command line is not understood */
export function parseOptions(argv: string[], report: string): Options {
  const { values, positionals } = parse(argv);
  const isSmoke = values.smoke === true;
  const named = SCENARIOS.filter((name) => positionals.includes(name));
  const unknown = positionals.find((name) => !SCENARIOS.some((each) => each === name));
  if (unknown !== undefined)
    throw new UserError(`there is no scenario "${unknown}"; there are ${SCENARIOS.join(", ")}`);
  const seconds = positive("seconds", values.seconds);
  return {
    scenarios: named.length > 0 ? named : isSmoke ? SMOKE : SCENARIOS,
    seconds: seconds ?? (isSmoke ? SMOKE_SECONDS : undefined),
    requests: positive("requests", values.requests) ?? (isSmoke ? SMOKE_REQUESTS : 100_000),
    isSmoke,
    out: values.out ?? (isSmoke ? undefined : report),
    help: values.help === true,
  };
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        seconds: { type: "string" },
        requests: { type: "string" },
        smoke: { type: "boolean" },
        out: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

function positive(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number > 0) return number;
  throw new UserError(`--${name} is ${value}, it must be a whole number of at least 1`);
}
