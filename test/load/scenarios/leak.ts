/**
 * Do answers go astray? Callers whose texts and scores are known send requests of every protocol all at once, wrong and cancelled ones among them;
 * each answer is held against the caller's own scores, computed apart, and searched for the texts of others.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { seededRandom } from "../../../tools/evaluation/random.ts";
import { loadPackedModel } from "../../bench/engine-in-node.ts";
import { foreignMark, makeCallers, type LoadCaller } from "../callers.ts";
import { drawRequest, type MixedRequest } from "../mixed-requests.ts";
import { sendOnce, type Answer } from "../send-once.ts";
import type { ScenarioReport } from "../scenario.ts";
import type { LoadService } from "../service.ts";

/** Requests that are open at once: fewer than may wait, since whoever is refused at once sends the next one at once. */
const AT_ONCE = 24;

const MAX_GROWTH = 1.05;

/** What one request came to. */
interface Outcome {
  kind: "right" | "refused" | "cancelled" | "wrong";
  problem?: string;
}

export interface LeakRun {
  service: LoadService;
  /** The same that the service has. */
  model: string;
  /** Of the built service, with `openapi.json`. */
  assets: string;
  /** One a caller. */
  keys: readonly string[];
  requests: number;
  isSmoke: boolean;
  print(line: string): void;
}

export async function leak(run: LeakRun): Promise<ScenarioReport> {
  const { service, requests, isSmoke, print } = run;
  const declared = await declaredStatuses(run.assets);
  const callers = makeCallers(run.keys, await loadPackedModel(run.model));
  const random = seededRandom(1);
  const counts: Record<Outcome["kind"], number> = { right: 0, refused: 0, cancelled: 0, wrong: 0 };
  const problems: string[] = [];
  const memoryMb: number[] = [];
  let sent = 0;
  const tenth = Math.ceil(requests / 10);
  const callInTurn = async (): Promise<void> => {
    while (sent < requests) {
      const number = ++sent;
      const caller = callers[Math.floor(random() * callers.length)]!;
      const { kind, problem } = await outcomeOf(service.url, caller, number, declared, random);
      counts[kind]++;
      if (problem !== undefined) problems.push(`request ${number}: ${problem}`);
      if (number % tenth !== 0) continue;
      memoryMb.push(await service.memoryMb());
      print(`leak: ${number} requests, ${counts.wrong} wrong, ${memoryMb.at(-1)!.toFixed(0)} MB`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, callInTurn));
  for (const problem of problems.slice(0, 10)) print(problem);
  const growth = memoryMb.at(-1)! / memoryMb[0]!;
  return {
    title: "Leaks between requests",
    notes: [
      `${callers.length} callers, each with a key and texts that have a mark of its own, send requests of all protocols to a tiny model, ${AT_ONCE} at once. Every answer is held against the scores of the caller's own texts, which the engine computes ` +
        "in Node beforehand: they must be equal to the last bit. No answer may have another caller's mark, its `x-request-id` must be the request's, and its status one that `/openapi.json` declares for the route.",
    ],
    findings: [
      {
        what: "requests",
        measured: `${requests.toLocaleString("en")}: ${counts.right.toLocaleString("en")} answered, ${counts.refused.toLocaleString("en")} refused with 429, ${counts.cancelled.toLocaleString("en")} cancelled`,
      },
      {
        what: "wrong scores, others' texts, undeclared statuses",
        measured: String(counts.wrong),
        target: { text: "none", met: counts.wrong === 0 },
      },
      {
        what: "resident memory of workerd, after a tenth and at the end",
        measured: `${memoryMb[0]!.toFixed(0)} MB, ${memoryMb.at(-1)!.toFixed(0)} MB`,
        ...(!isSmoke && { target: { text: "less than 5 % more", met: growth < MAX_GROWTH } }),
      },
    ],
  };
}

async function outcomeOf(
  url: string,
  caller: LoadCaller,
  number: number,
  declared: ReadonlyMap<string, readonly string[]>,
  random: () => number,
): Promise<Outcome> {
  const request = drawRequest(caller, random);
  const id = `${caller.mark}-${number}`;
  const headers = { ...caller.headers, "x-request-id": id };
  let answer: Answer | undefined;
  try {
    answer = await sendOnce(`${url}${request.path}`, request.body, headers, request.hangUpMs);
  } catch (error) {
    return { kind: "wrong", problem: `${request.path}: ${(error as Error).message}` };
  }
  if (answer === undefined) return { kind: "cancelled" };
  const problem = problemOf(answer, request, caller, id, declared);
  if (problem !== undefined)
    return { kind: "wrong", problem: `${request.path}: ${answer.status}: ${problem}` };
  return { kind: answer.status === 429 ? "refused" : "right" };
}

/** What is wrong with an answer; undefined: nothing. */
function problemOf(
  { status, headers, text }: Answer,
  { path, scoresOf, expected }: MixedRequest,
  caller: LoadCaller,
  id: string,
  declared: ReadonlyMap<string, readonly string[]>,
): string | undefined {
  const foreign = foreignMark(text, caller);
  if (foreign !== undefined) return `${caller.mark} was told of ${foreign}`;
  if (headers["x-request-id"] !== id) return `the id of another: ${headers["x-request-id"]}`;
  if (!declared.get(path)!.includes(String(status))) return "the status is not declared";
  if (status === 429) return undefined;
  if (status >= 500) return text;
  if (scoresOf === undefined) return status === 200 ? "what is wrong was answered" : undefined;
  if (status !== 200) return text;
  const scores = scoresOf(JSON.parse(text));
  return scores.length === expected.length && scores.every((score, i) => score === expected[i])
    ? undefined
    : `${JSON.stringify(scores)} and not ${JSON.stringify(expected)}`;
}

/** Of each path of POST. */
async function declaredStatuses(assets: string): Promise<Map<string, string[]>> {
  const { paths } = JSON.parse(await readFile(join(assets, "openapi.json"), "utf8")) as {
    paths: Record<string, { post?: { responses: object } }>;
  };
  return new Map(
    Object.entries(paths).flatMap(([path, { post }]) =>
      post ? [[path, Object.keys(post.responses)]] : [],
    ),
  );
}
