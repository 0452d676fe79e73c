/**
 * Asks a server that runs `azure-ml/score.py` with the unpacked default model, `node backend/check.ts URL`, and compares each answer
 * with the edge's own: the Worker's reading of the body, the engine's logits, the Worker's rows. The exit status is 1 if any differs.
 */
import { isDeepStrictEqual } from "node:util";
import { planBatches } from "../engine/index.ts";
import type { AzureMlRow } from "../sdk/index.ts";
import { loadPackedModel } from "../test/bench/engine-in-node.ts";
import type { Result } from "../worker/errors.ts";
import { publicError } from "../worker/public-error.ts";
import { azureMlErrorBody } from "../worker/protocols/azure-ml-errors.ts";
import { labelRow, scoredLabelRow, scoreRow } from "../worker/protocols/azure-ml-rows.ts";
import { parseAzureMl, type AzureMlRequest } from "../worker/protocols/azure-ml.ts";
import { rightExchanges, WRONG_EXCHANGES } from "./exchanges.ts";

/** Between the engine's int16 activations and float32; 0.0034 was measured. A score moves by a quarter of it at most. */
const MOST_LOGIT_DIFFERENCE = 0.05;

const [url] = process.argv.slice(2) as [string];
const model = await loadPackedModel("models/rerank-minilm-l6");
const { head } = model.manifest;
const wrong: string[] = [];
let farthest = 0;

for (const { name, body } of await rightExchanges()) {
  const started = performance.now();
  const { status, answer } = await post(JSON.stringify(body));
  const ms = performance.now() - started;
  const expected = expectedRows(parseAzureMl(body));
  const problem = status === 200 ? difference(answer, expected) : JSON.stringify(answer);
  report(name, problem, `${expected.length} rows in ${ms.toFixed(0)} ms`);
}
for (const { name, body } of WRONG_EXCHANGES) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const { status, answer } = await post(text);
  const expected = expectedRefusal(JSON.parse(text));
  const isSame = isDeepStrictEqual({ status, answer }, expected);
  report(
    name,
    isSame ? null : `${status} ${JSON.stringify(answer)}, not ${JSON.stringify(expected)}`,
  );
}
for (const text of ["", "{", '{"input_data": ["\u00e4"'] as const) {
  const { status, answer } = await post(text);
  const isRefused =
    status === 400 && (answer as { message: string }).message.startsWith("POST body ");
  report(
    `the body ${JSON.stringify(text)}`,
    isRefused ? null : `${status} ${JSON.stringify(answer)}`,
  );
}
const query = new URLSearchParams({ input_data: '["a good day"]' });
const got = (await (await fetch(`${url}/score?${query}`)).json()) as unknown;
report("GET", difference(got, expectedRows(parseAzureMl({ input_data: ["a good day"] }))));

console.log(
  `greatest difference of a logit ${farthest.toFixed(4)}, ${wrong.length} answers are not the edge's`,
);
process.exitCode = wrong.length > 0 ? 1 : 0;

function report(name: string, problem: string | null, note = ""): void {
  console.log(`${problem === null ? "same" : "OTHER"}  ${name}${note && `: ${note}`}`);
  if (problem === null) return;
  console.log(`       ${problem.slice(0, 400)}`);
  wrong.push(name);
}

async function post(body: string): Promise<{ status: number; answer: unknown }> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${url}/score`, { method: "POST", headers, body });
  return { status: response.status, answer: (await response.json()) as unknown };
}

function expectedRows(request: Result<AzureMlRequest>): AzureMlRow[] {
  if (!request.ok) throw new Error(publicError(request.failure).message);
  const { pairs, pipeline, returnScores } = request.value;
  const { tokenizer } = model;
  const encoded = pairs.map(({ query, document }) =>
    tokenizer.pair(
      tokenizer.encode(query.toWellFormed()),
      document === null ? null : tokenizer.encode(document.toWellFormed()),
    ),
  );
  const rows: AzureMlRow[] = [];
  const toLabels = returnScores ? scoredLabelRow : labelRow;
  const lengths = encoded.map(({ inputIds }) => inputIds.length);
  for (const batch of planBatches(lengths, model.maxBatchTokens)) {
    const logits = model.logits(batch.map((place) => encoded[place]!));
    for (const [row, place] of batch.entries()) {
      const own = logits.subarray(row * head.labels.length, (row + 1) * head.labels.length);
      rows[place] = pipeline === null ? toLabels(own, head) : scoreRow(own, head, pipeline);
    }
  }
  return rows;
}

function expectedRefusal(body: unknown): { status: number; answer: unknown } {
  const request = parseAzureMl(body);
  const { failure } = request.ok ? expectedTotal(request.value) : request;
  const error = publicError(failure);
  return { status: error.status, answer: azureMlErrorBody(error, "", failure) };
}

/** The one limit that the Worker looks at only after parsing. */
function expectedTotal({ pairs }: AzureMlRequest): Extract<Result<never>, { ok: false }> {
  const actual = pairs.reduce(
    (sum, { query, document }) => sum + query.length + (document?.length ?? 0),
    0,
  );
  return { ok: false, failure: { kind: "over_limit", limit: "maxTotalChars", actual } };
}

/** What differs, null if nothing does. Logits and scores may by {@link MOST_LOGIT_DIFFERENCE}, everything else not at all. */
function difference(actual: unknown, expected: unknown): string | null {
  if (typeof expected === "number" && typeof actual === "number") {
    const isScore = expected >= 0 && expected <= 1 && actual >= 0 && actual <= 1;
    const apart = Math.abs(actual - expected);
    if (!isScore) farthest = Math.max(farthest, apart);
    return apart <= (isScore ? MOST_LOGIT_DIFFERENCE / 4 : MOST_LOGIT_DIFFERENCE)
      ? null
      : `${actual} and not ${expected}`;
  }
  if (
    typeof expected !== "object" ||
    expected === null ||
    typeof actual !== "object" ||
    actual === null
  ) {
    return actual === expected
      ? null
      : `${JSON.stringify(actual)} and not ${JSON.stringify(expected)}`;
  }
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
  const problems = keys.map((key) => {
    const problem = difference(
      (actual as Record<string, unknown>)[key],
      (expected as Record<string, unknown>)[key],
    );
    return problem && `${key}: ${problem}`;
  });
  return problems.find((problem) => problem !== null) ?? null;
}
