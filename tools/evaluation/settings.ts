/** What a command line of `evaluate` asks for. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { CommandArguments } from "../command-line.ts";
import { UsageError } from "../user-error.ts";
import { bm25Terms } from "./bm25.ts";
import type { DatasetOptions } from "./datasets/open-dataset.ts";
import { englishTerms } from "./english-terms.ts";

/** Ways to make BM25's terms of a text, by the name that `--analyzer` takes. */
export const ANALYZERS = { english: englishTerms, plain: bm25Terms } as const;

/** Who scores. */
export type ScorerChoice =
  | { kind: "engine"; folder: string; threads: number; maxTokens: number | undefined }
  | {
      kind: "service";
      protocol: string;
      url: string;
      model: string | undefined;
      concurrency: number;
    };

export interface Settings {
  /** As given. */
  dataset: string;
  datasetOptions: DatasetOptions;
  /** undefined: the set's own default; "all": all of them. */
  numQueries: number | "all" | undefined;
  /** "bm25", "given" or the path of a run; undefined: BM25, or the order of lists that are ranked. */
  firstStage: string | undefined;
  depth: number;
  analyzer: keyof typeof ANALYZERS;
  scorer: ScorerChoice;
  /** Whether `--model`, `--url` or `--backend` was given. */
  scorerChosen: boolean;
  seed: number;
  /** Labels or tags that were predicted before. */
  predictions: string | undefined;
  /** Where files go; undefined: nowhere. */
  out: string | undefined;
}

const DEFAULT_MODEL = join(import.meta.dirname, "../../models/rerank-minilm-l6");
const MAX_DEPTH = 10_000;

/** @throws UsageError naming the option that cannot be */
export function readSettings({ positionals, options }: CommandArguments): Settings {
  const text = (name: string): string | undefined => options[name] as string | undefined;
  const number = (name: string, fallback: number, most: number): number =>
    wholeNumber(name, text(name), most) ?? fallback;
  const analyzer = text("analyzer") ?? "english";
  if (!isAnalyzer(analyzer)) {
    throw new UsageError(
      `--analyzer is "${analyzer}". It may be ${Object.keys(ANALYZERS).join(" or ")}.`,
    );
  }
  const queries = text("queries");
  return {
    dataset: positionals[0]!,
    datasetOptions: {
      data: text("data"),
      split: text("split") ?? "test",
      qrels: text("qrels"),
    },
    numQueries: queries === "all" ? "all" : wholeNumber("queries", queries, Infinity),
    firstStage: text("first-stage"),
    depth: number("depth", 100, MAX_DEPTH),
    analyzer,
    scorer: chooseScorer(text, number),
    scorerChosen: ["model", "url", "backend"].some((name) => text(name) !== undefined),
    seed: number("seed", 1, 2 ** 31),
    predictions: text("predictions"),
    out: text("out"),
  };
}

function chooseScorer(
  text: (name: string) => string | undefined,
  number: (name: string, fallback: number, most: number) => number,
): ScorerChoice {
  const url = text("url");
  const backend = text("backend");
  if (url !== undefined && backend !== undefined) {
    throw new UsageError("--url and --backend are two services. Choose one.");
  }
  if (url === undefined && backend === undefined) {
    return {
      kind: "engine",
      folder: text("model") ?? DEFAULT_MODEL,
      threads: number("threads", availableParallelism(), 256),
      maxTokens: wholeNumber("max-tokens", text("max-tokens"), Infinity),
    };
  }
  const [, protocol, address] = /^([a-z]+):(https?:.*)$/.exec(backend ?? `jina:${url}`) ?? [];
  if (protocol === undefined || address === undefined) {
    throw new UsageError(
      backend === undefined
        ? `--url is "${url}". It must be an address such as http://localhost:8787.`
        : `--backend is "${backend}". It must be a protocol and an address, such as tei:http://localhost:8080.`,
    );
  }
  return {
    kind: "service",
    protocol,
    url: address,
    model: text("model"),
    concurrency: number("concurrency", 4, 64),
  };
}

function wholeNumber(name: string, value: string | undefined, most: number): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= 1 && number <= most) return number;
  const upTo = most === Infinity ? "from 1" : `from 1 to ${most}`;
  throw new UsageError(`--${name} is "${value}". It must be a whole number ${upTo}.`);
}

function isAnalyzer(name: string): name is keyof typeof ANALYZERS {
  return Object.hasOwn(ANALYZERS, name);
}
