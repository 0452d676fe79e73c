/** The parsers of bodies that ask for scores, labels, tokens and jobs, on bodies that are anything or almost right. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Result } from "../../worker/errors.ts";
import { publicError } from "../../worker/public-error.ts";
import { parsePartList } from "../../worker/files/part-list.ts";
import { checkJsonShape } from "../../worker/json-shape.ts";
import {
  MAX_CONCURRENCY,
  MAX_INSTANCES,
  parseJobRequest,
  type JobRequest,
} from "../../worker/jobs/job-request.ts";
import { resolveAddress } from "../../worker/jobs/input-address.ts";
import { filePrefix } from "../../worker/jobs/job-keys.ts";
import { LIMITS } from "../../worker/limits.ts";
import { azureMlErrorBody } from "../../worker/protocols/azure-ml-errors.ts";
import { queryInput } from "../../worker/protocols/azure-ml-query.ts";
import { parseAzureMl } from "../../worker/protocols/azure-ml.ts";
import { ownErrorBody } from "../../worker/protocols/own-errors.ts";
import { teiErrorBody, teiErrorStatus } from "../../worker/protocols/tei-errors.ts";
import { parseTeiPredict } from "../../worker/protocols/tei-predict.ts";
import { parseTeiTokenize } from "../../worker/protocols/tei-tokenize.ts";
import { parseVllmScore, vllmErrorBody } from "../../worker/protocols/vllm-score.ts";
import type { ErrorBodyFormat, ErrorStatusFormat } from "../../worker/routes/route.ts";
import { holdsForAll, TIMEOUT_MS } from "./cases.ts";
import { checkRefusal } from "./check-refusal.ts";
import { anyJson, bodies } from "./hostile-json.ts";
import {
  AZURE_ML_BODIES,
  JOB_BODIES,
  PART_LISTS,
  TEI_PREDICT_BODIES,
  TEI_TOKENIZE_BODIES,
  VLLM_SCORE_BODIES,
} from "./right-bodies.ts";

interface Pair {
  query: string;
  document: string | null;
}

interface Parser {
  /** The texts that a body asks about. */
  parse(body: unknown): Result<readonly Pair[]>;
  errorBody: ErrorBodyFormat;
  errorStatus?: ErrorStatusFormat;
}

const pairsOf =
  (parse: (body: unknown) => Result<{ pairs: readonly Pair[] }>) =>
  (body: unknown): Result<readonly Pair[]> => {
    const parsed = parse(body);
    return parsed.ok ? { ok: true, value: parsed.value.pairs } : parsed;
  };

const azureMl: Parser = { parse: pairsOf(parseAzureMl), errorBody: azureMlErrorBody };

const vllmScore: Parser = { parse: pairsOf(parseVllmScore), errorBody: vllmErrorBody };

const teiPredict: Parser = {
  parse: pairsOf(parseTeiPredict),
  errorBody: teiErrorBody,
  errorStatus: teiErrorStatus,
};

const teiTokenize: Parser = {
  ...teiPredict,
  parse(body) {
    const parsed = parseTeiTokenize(body);
    if (!parsed.ok) return parsed;
    return { ok: true, value: parsed.value.texts.map((query) => ({ query, document: null })) };
  },
};

test.each<[string, Parser, readonly unknown[], number]>([
  ["Azure ML", azureMl, AZURE_ML_BODIES, 1],
  ["vLLM's score", vllmScore, VLLM_SCORE_BODIES, 2],
  ["TEI's predict", teiPredict, TEI_PREDICT_BODIES, 3],
  ["TEI's tokenize", teiTokenize, TEI_TOKENIZE_BODIES, 4],
])(
  "%s: a body becomes texts within the limits, or an error that quotes none of them",
  (_, parser, right, seed) => {
    let accepted = 0;
    holdsForAll(
      bodies(right),
      (body) => {
        if (checkParser(parser, body)) accepted++;
      },
      seed,
    );
    expect(accepted).toBeGreaterThan(100);
  },
  TIMEOUT_MS,
);

test(
  "Azure ML: so does a query string",
  () => {
    const text = fc.oneof(
      anyJson.map((value) => JSON.stringify(value)),
      fc.string(),
    );
    const name = fc.constantFrom("inputs", "input_data", "params", "__proto__", "", "a");
    const query = fc.array(fc.tuple(name, text), { maxLength: 4 });
    holdsForAll(
      query,
      (entries) => void checkParser(azureMl, queryInput(new URLSearchParams(entries))),
      5,
    );
  },
  TIMEOUT_MS,
);

test(
  "jobs: a body becomes a job within the limits, or an error that quotes nothing of it",
  () => {
    let accepted = 0;
    holdsForAll(
      bodies(JOB_BODIES),
      (body) => {
        const parsed = parseJobRequest(body);
        if (parsed.ok) {
          accepted++;
          checkJob(parsed.value);
        } else {
          const error = publicError(parsed.failure);
          checkRefusal(error.status, ownErrorBody(error, "an-id"));
        }
      },
      6,
    );
    expect(accepted).toBeGreaterThan(100);
  },
  TIMEOUT_MS,
);

test(
  "files: a list of parts is in order and without gaps, or an error that quotes nothing of it",
  () => {
    let accepted = 0;
    holdsForAll(
      bodies(PART_LISTS),
      (body) => {
        const parsed = parsePartList(body);
        if (parsed.ok) {
          accepted++;
          const isInOrder = parsed.value.every(({ partNumber }, index) => partNumber === index + 1);
          if (!isInOrder || parsed.value.length === 0) throw new Error("a list with gaps");
        } else {
          const error = publicError(parsed.failure);
          checkRefusal(error.status, ownErrorBody(error, "an-id"));
        }
      },
      8,
    );
    expect(accepted).toBeGreaterThan(100);
  },
  TIMEOUT_MS,
);

test(
  "a text that is no JSON, or a bomb, is told by its shape without being parsed",
  () => {
    const piece = fc.constantFrom(...'[ { ] } , : " \\ \\" 1e999 null [] {} \ud800'.split(" "));
    const text = fc
      .array(fc.tuple(piece, fc.constantFrom(1, 1, 2, LIMITS.maxJsonDepth + 1)), { maxLength: 12 })
      .map((runs) => runs.map(([each, times]) => each.repeat(times)).join(""));
    holdsForAll(
      text,
      (json) => {
        const misshapen = checkJsonShape(json);
        const value = parsedOrUndefined(json);
        if (value !== undefined && !misshapen && depthOf(value) > LIMITS.maxJsonDepth)
          throw new Error("a value that is too deep");
        if (misshapen) checkRefusal(publicError(misshapen).status, publicError(misshapen));
      },
      7,
    );
  },
  TIMEOUT_MS,
);

/** @returns Whether the parser takes the body */
function checkParser({ parse, errorBody, errorStatus }: Parser, body: unknown): boolean {
  const parsed = parse(body);
  if (!parsed.ok) {
    const error = publicError(parsed.failure);
    const status = errorStatus?.(error, parsed.failure) ?? error.status;
    checkRefusal(status, errorBody(error, "an-id", parsed.failure));
    return false;
  }
  const isText = (text: unknown): boolean =>
    typeof text === "string" && text.length <= LIMITS.maxDocumentChars;
  const { value: pairs } = parsed;
  const isWithin =
    pairs.length >= 1 &&
    pairs.length <= LIMITS.maxDocuments &&
    pairs.every(({ query, document }) => isText(query) && (document === null || isText(document)));
  if (!isWithin) throw new Error("texts that are over a limit");
  return true;
}

const SCOPE = "0".repeat(32);

/** Its bounds, and that none of its addresses leads out of the caller's files. */
function checkJob(job: JobRequest): void {
  const { input, output, outputFileName, tags } = job;
  const isWithin =
    job.instanceCount >= 1 &&
    job.instanceCount <= MAX_INSTANCES &&
    (job.maxConcurrency === null || job.maxConcurrency <= MAX_CONCURRENCY) &&
    job.errorThreshold >= -1 &&
    job.maxRetries >= 0 &&
    job.maxRetries <= 100 &&
    job.timeoutSeconds >= 1 &&
    job.timeoutSeconds <= 86_400 &&
    !/[/\\]|\p{Cc}|^\.{0,2}$|^[=+@-]/u.test(outputFileName) &&
    Object.values(tags).every((tag) => typeof tag === "string");
  if (!isWithin) throw new Error("a job that is over a limit");
  const inputs =
    input.kind === "rows" ? [input.data] : [input.run, input.queries, input.collection];
  for (const { uri, type } of output === null ? inputs : [...inputs, output]) {
    const resolved = resolveAddress(uri, type, SCOPE, "rerank-jobs");
    if (resolved.ok && !resolved.value.key.startsWith(filePrefix(SCOPE)))
      throw new Error("an address of another's");
    if (!resolved.ok) {
      const error = publicError(resolved.failure);
      checkRefusal(error.status, error);
    }
  }
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function depthOf(value: unknown): number {
  return typeof value === "object" && value !== null
    ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
    : 0;
}
