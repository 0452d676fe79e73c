/**
 * Asks each front for the same rankings of its upstream and of its own engine, and compares them: `node compare.ts NAME=ADDRESS ...`,
 * a front of each upstream by a name for the table, addresses without a slash at the end. The exit status is 1 if any request's two
 * answers are not whole, are served by another than was asked, or do not agree.
 */
import { percentile } from "../../tools/evaluation/percentile.ts";
import { readSlice } from "../bench/squad-slice.ts";
import {
  checkAnswer,
  compareLogits,
  type Agreement,
  type RerankAnswer,
  type Route,
} from "./check-answer.ts";
import { drawRequests, type RerankRequest } from "./requests.ts";

const REQUESTS = 200;
const SEED = 7;

/** Of one answer: a thousand documents take seconds, several times as many while the other fronts compute. */
const TIMEOUT_MS = 120_000;

/** One upstream's line of the table. */
interface Tally {
  name: string;
  documents: number;
  agreements: Agreement[];
  latencyMs: Record<Route, number[]>;
  problems: string[];
}

const fronts = process.argv.slice(2).map((argument) => argument.split("=") as [string, string]);
const share = Math.ceil(REQUESTS / fronts.length);
const tasks = await readSlice();
// A seed each, so that every upstream has a list of one document and one of a thousand.
const tallies = await Promise.all(
  fronts.map(([name, address], place) => {
    const count = Math.min(share, REQUESTS - place * share);
    return compareFront(name, address, drawRequests(tasks, count, SEED + place));
  }),
);

const TITLES = ["upstream", "requests", "documents", "lowest tau", "largest logit difference"];
printTable([
  [...TITLES, "p50 backend, ms", "p50 edge, ms"],
  ...tallies.map(({ name, documents, agreements, latencyMs }) => [
    name,
    `${agreements.length}`,
    `${documents}`,
    Math.min(...agreements.map(({ tau }) => tau)).toFixed(4),
    Math.max(...agreements.map(({ logitDifference }) => logitDifference)).toFixed(4),
    percentile(latencyMs.backend, 0.5).toFixed(0),
    percentile(latencyMs.edge, 0.5).toFixed(0),
  ]),
]);
const problems = tallies.flatMap((tally) => tally.problems);
for (const problem of problems) console.log(problem);
console.log(
  problems.length === 0
    ? `all ${REQUESTS} requests agree`
    : `${problems.length} of ${REQUESTS} requests do not agree`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

/** One request after the other, so that nothing is refused for being too much at once. */
async function compareFront(
  name: string,
  address: string,
  requests: readonly RerankRequest[],
): Promise<Tally> {
  const tally: Tally = {
    name,
    documents: 0,
    agreements: [],
    latencyMs: { edge: [], backend: [] },
    problems: [],
  };
  for (const [place, request] of requests.entries()) {
    const backend = await ask(address, request, "backend");
    const edge = await ask(address, request, "edge");
    tally.latencyMs.backend.push(backend.latencyMs);
    tally.latencyMs.edge.push(edge.latencyMs);
    tally.documents += request.documents.length;
    const wrong = (problem: string): number =>
      tally.problems.push(
        `${name}, request ${place} of ${request.documents.length} documents: ${problem}`,
      );
    const checks = [checkAnswer("backend", request, backend), checkAnswer("edge", request, edge)];
    const [theirs, ours] = checks;
    if (!theirs!.ok || !ours!.ok) {
      wrong(checks.flatMap((check) => (check.ok ? [] : [check.problem])).join("; "));
      continue;
    }
    const agreement = compareLogits(ours!.logits, theirs!.logits);
    tally.agreements.push(agreement);
    if (agreement.problems.length > 0) wrong(agreement.problems.join("; "));
  }
  return tally;
}

async function ask(address: string, request: RerankRequest, route: Route): Promise<RerankAnswer> {
  const started = performance.now();
  const since = (): number => performance.now() - started;
  try {
    const response = await fetch(`${address}/rerank`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-rerank-route": route,
        "x-request-timeout-ms": `${TIMEOUT_MS}`,
      },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    return {
      status: response.status,
      servedBy: response.headers.get("x-rerank-served-by"),
      reason: response.headers.get("x-rerank-route-reason"),
      body: parseJson(text),
      latencyMs: since(),
    };
  } catch (error) {
    return { status: 0, servedBy: null, reason: null, body: `${error}`, latencyMs: since() };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Columns as wide as their widest cell; all but the first to the right. */
function printTable(rows: readonly string[][]): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!),
    );
    console.log(cells.join("  "));
  }
}
