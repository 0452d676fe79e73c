/** Latency against size: the same request at the edge, by the backend, and where the service decides. */
import { formatMs, formatNumber } from "./report.ts";
import { shortDocuments } from "./short-documents.ts";
import { spreadOf } from "./statistics.ts";
import { timedPost, type TimedAnswer } from "./timed-post.ts";

const SIZES = [1, 10, 30, 100, 300, 1_000];

/** Requests of a round by size: their median is the round's. */
const REQUESTS: Record<number, number> = { 1: 15, 10: 15, 30: 9, 100: 5 };

const ROUTES = ["edge", "backend", "auto"] as const;

/** Sizes that the edge would take longer for are not measured there. */
const MAX_EDGE_MS = 20_000;

/** One row a size: documents, tokens, ms by each route, and what auto decided. */
export async function measureRouteLatencies(
  serviceUrl: string,
  rounds: number,
  print: (line: string) => void,
): Promise<string[][]> {
  const { query, documents } = await shortDocuments(Math.max(...SIZES));
  const rows: string[][] = [];
  let edgeMsPerDocument = 0;
  for (const size of SIZES) {
    const json = JSON.stringify({ query, documents: documents.slice(0, size) });
    const ask = async (route: string): Promise<TimedAnswer> => {
      const answer = await timedPost(`${serviceUrl}/v1/rerank`, json, { "x-rerank-route": route });
      if (answer.status !== 200) throw new Error(`${size} documents, ${route}: ${answer.body}`);
      return answer;
    };
    const routes = ROUTES.filter(
      (route) => route !== "edge" || size * edgeMsPerDocument <= MAX_EDGE_MS,
    );
    const ofRoute = new Map(routes.map((route) => [route, [] as number[]]));
    let chosen = "";
    let tokens = "";
    for (let round = 0; round < rounds; round++) {
      const times = new Map(routes.map((route) => [route, [] as number[]]));
      for (let i = 0; i < (REQUESTS[size] ?? 1); i++) {
        for (const route of routes) {
          const { ms, headers } = await ask(route);
          times.get(route)!.push(ms);
          if (route === "auto") chosen = String(headers["x-rerank-served-by"]);
          if (route === "edge") tokens = Number(headers["x-rerank-tokens"]).toLocaleString("en");
        }
      }
      for (const route of routes) ofRoute.get(route)!.push(spreadOf(times.get(route)!).median);
    }
    const edgeMs = ofRoute.get("edge");
    if (edgeMs) edgeMsPerDocument = spreadOf(edgeMs).median / size;
    const cells = ROUTES.map((route) => {
      const times = ofRoute.get(route);
      return times ? formatMs(spreadOf(times)) : `over ${formatNumber(MAX_EDGE_MS / 1_000)} s`;
    });
    rows.push([size.toLocaleString("en"), tokens, ...cells, chosen]);
    print(`${size} documents: ${cells.join(", ")}; auto ${chosen}`);
  }
  return rows;
}
