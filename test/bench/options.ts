import { parseArgs } from "node:util";
import { join } from "node:path";
import { UserError } from "../../tools/user-error.ts";
import { ROOT } from "./paths.ts";

/** The parts of the benchmark that can be run by name, in the order of the report. */
export const SECTIONS = [
  "speed",
  "stages",
  "cold-start",
  "service",
  "memory",
  "routing",
  "outage",
  "jobs",
  "accuracy",
  "ranking",
] as const;

export type SectionName = (typeof SECTIONS)[number];

export interface Options {
  sections: readonly SectionName[];
  /** Folder of the packed model. */
  model: string;
  /** Folder that holds `squad-v1.1/dev.jsonl.gz`; without it accuracy has the committed slice, and there is no ranking. */
  data: string | undefined;
  /** How often each pair of processes is run. */
  rounds: number;
  /** Milliseconds in which the backend that stands in for a GPU answers a call. */
  backendMs: number;
  /** A Python that has `peers/requirements.txt`; without it one is made in `bench-peers/`. */
  python: string | undefined;
  /** Where the report is written. */
  out: string;
  /** Whether a target that is missed ends the run with 1. */
  strict: boolean;
  help: boolean;
}

export const HELP = `Usage: npm run bench -- [SECTION ...] [--model DIR] [--data DIR] [--rounds N] [--backend-ms N] [--python PATH] [--out FILE] [--strict]

Measures the engine and the Worker beside onnxruntime-web, transformers.js and native onnxruntime, and writes docs/performance.md.
Sections not named keep the figures of their last run.

SECTION        ${SECTIONS.join(", ")}; all by default
--model DIR    packed model, default models/rerank-minilm-l6
--data DIR     folder that holds squad-v1.1/dev.jsonl.gz: 1,000 pairs instead of the committed slice for accuracy; ranking needs it
--rounds N     how often each pair of processes is run, default 5
--backend-ms N in how many milliseconds the backend of routing and outage answers a call, default 30
--python PATH  a Python that has test/bench/peers/requirements.txt; by default one is made in bench-peers/
--out FILE     the report, default docs/performance.md
--strict       end with 1 if a target is missed`;

/** `parseArgs` whose refusals are for the user. */
const parseWith: typeof parseArgs = (config) => {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UserError((error as Error).message);
  }
};

/** The command that measured a section, for the report: folders are not named, they differ from machine to machine. */
export function commandOf(section: SectionName, { data, rounds, backendMs }: Options): string {
  const readsData = section === "accuracy" || section === "ranking";
  const folder = readsData && data !== undefined ? " --data DIR" : "";
  const hasBackend = section === "routing" || section === "outage";
  const backend = hasBackend ? ` --backend-ms ${backendMs}` : "";
  return `npm run bench -- ${section} --rounds ${rounds}${backend}${folder}`;
}

/** @throws UserError if the command line is not understood */
export function parseOptions(argv: string[]): Options {
  const { values, positionals } = parseWith({
    args: argv,
    allowPositionals: true,
    options: {
      model: { type: "string", default: join(ROOT, "models/rerank-minilm-l6") },
      data: { type: "string" },
      rounds: { type: "string", default: "5" },
      "backend-ms": { type: "string", default: "30" },
      python: { type: "string" },
      out: { type: "string", default: join(ROOT, "docs/performance.md") },
      strict: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new UserError(`--rounds is ${values.rounds}, it must be a whole number of at least 1`);
  }
  const backendMs = Number(values["backend-ms"]);
  if (!Number.isInteger(backendMs) || backendMs < 0) {
    throw new UserError(
      `--backend-ms is ${values["backend-ms"]}, it must be a whole number of at least 0`,
    );
  }
  const named = SECTIONS.filter((name) => positionals.includes(name));
  const unknown = positionals.find((name) => !SECTIONS.some((section) => section === name));
  if (unknown !== undefined) {
    throw new UserError(`there is no section "${unknown}"; there are ${SECTIONS.join(", ")}`);
  }
  return {
    sections:
      named.length > 0
        ? named
        : SECTIONS.filter((name) => name !== "ranking" || values.data !== undefined),
    model: values.model,
    data: values.data,
    rounds,
    backendMs,
    python: values.python,
    out: values.out,
    strict: values.strict,
    help: values.help,
  };
}
