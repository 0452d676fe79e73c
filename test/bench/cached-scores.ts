/** Scores that are found against scores that are computed. */
import { setTimeout as sleep } from "node:timers/promises";
import { startDevServer } from "./dev-server.ts";
import { formatMs, type Measure } from "./report.ts";
import { shortDocuments } from "./short-documents.ts";
import { spreadOf } from "./statistics.ts";
import { timedPost, type TimedAnswer } from "./timed-post.ts";

const SIZES = [10, 100];

/** How often a request that should be found is asked again: scores are kept after the answer. */
const MAX_TRIES = 50;

/**
 * One measure a store, a route and a size.
 * @param project - From `stageProject`, bundled.
 */
export async function measureCachedScores(
  project: string,
  upstreamUrl: string,
  rounds: number,
  print: (line: string) => void,
): Promise<Measure[]> {
  const measures: Measure[] = [];
  for (const [store, name] of [
    ["cache", "Cache API"],
    ["kv", "KV"],
  ] as const) {
    const server = await startDevServer(project, {
      SCORE_CACHE: store,
      BACKEND_URL: upstreamUrl,
      BACKEND_PROTOCOL: "tei",
    });
    try {
      for (const route of ["edge", "backend"]) {
        for (const size of SIZES) {
          const compared = await compareWithHits(`${server.url}/v1/rerank`, route, size, rounds);
          const { computed, hit } = compared;
          const measure: Measure = {
            what: `${size} short documents found in the ${name}`,
            ours: formatMs(spreadOf(hit)),
            peer: route === "edge" ? "computed at the edge" : "by the backend",
            theirs: formatMs(spreadOf(computed)),
            ratio: spreadOf(hit.map((ms, round) => computed[round]! / ms)),
          };
          print(`${measure.what}: ${measure.ours}, ${measure.peer} ${measure.theirs}`);
          measures.push(measure);
        }
      }
    } finally {
      await server.stop();
    }
  }
  return measures;
}

/** A new query each round, asked until all of its scores are found; the first round, which loads the model, is not counted. */
async function compareWithHits(
  url: string,
  route: string,
  size: number,
  rounds: number,
): Promise<{ computed: number[]; hit: number[] }> {
  const { documents } = await shortDocuments(size);
  const computed: number[] = [];
  const hit: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const json = JSON.stringify({ query: `What do the ${size} tell in part ${round}?`, documents });
    const ask = (): Promise<TimedAnswer> => timedPost(url, json, { "x-rerank-route": route });
    const first = await ask();
    if (foundIn(first) !== 0) throw new Error(`a new query was answered with ${first.status}`);
    const again = await askUntilFound(ask, size);
    if (round === 0) continue;
    computed.push(first.ms);
    hit.push(again.ms);
  }
  return { computed, hit };
}

async function askUntilFound(ask: () => Promise<TimedAnswer>, size: number): Promise<TimedAnswer> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    await sleep(200);
    const answer = await ask();
    if (foundIn(answer) === size) return answer;
  }
  throw new Error(`of ${size} scores, not all were found`);
}

/** Scores that the answer's headers say were found; undefined if it does not say. */
function foundIn({ headers }: TimedAnswer): number | undefined {
  const hits = /^hit=(\d+), /.exec(String(headers["x-rerank-cache"]));
  return hits ? Number(hits[1]) : undefined;
}
