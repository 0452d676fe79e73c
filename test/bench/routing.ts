/** What deciding, proxying and caching cost: the service with a backend behind it. */
import { bundle, stageProject } from "./bundle.ts";
import { measureCachedScores } from "./cached-scores.ts";
import type { Peers } from "./peers/prepare.ts";
import { measureProxyOverhead } from "./proxy-overhead.ts";
import type { Section } from "./report.ts";
import { measureRouteLatencies } from "./route-latencies.ts";
import { measureSplitList } from "./split-list.ts";
import { startUpstream } from "./upstream-process.ts";
import { compileWorker, startWorker } from "./workerd.ts";

const VARIABLES = ["BACKEND_URL", "BACKEND_PROTOCOL"];

export async function measureRouting(
  { packedModel }: Peers,
  rounds: number,
  backendMs: number,
  print: (line: string) => void,
): Promise<Section> {
  const project = await stageProject("routing", packedModel);
  const program = await compileWorker(await bundle(project, "service"), VARIABLES);
  const upstream = await startUpstream(backendMs);
  const measureWith = async <T>(
    protocol: string,
    measure: (serviceUrl: string) => Promise<T>,
  ): Promise<T> => {
    const variables = { BACKEND_URL: upstream.url, BACKEND_PROTOCOL: protocol };
    const service = await startWorker(program, variables);
    try {
      return await measure(service.url);
    } finally {
      await service.stop();
    }
  };
  try {
    const rows = await measureWith("tei", (url) => measureRouteLatencies(url, rounds, print));
    // In this form a hundred documents are one call, as they are for who calls directly.
    const overhead = await measureWith("infinity", (url) =>
      measureProxyOverhead(url, upstream.url, rounds, print),
    );
    const cached = await measureCachedScores(project, upstream.url, rounds, print);
    const split = await measureSplitList(program, backendMs, print);
    return {
      title: "Routing, proxying and caching",
      notes: [
        `The backend is no GPU but a server that scores by a hash in about 1 ms and answers each call after ${backendMs} ms; it speaks TEI and takes 32 documents a call. All times are a client's, over HTTP on the same machine, for rankings by /v1/rerank of a service that runs in workerd. ` +
          "Rounds are medians of 1 to 15 requests, routes in turn; figures are over the rounds.",
        "The overhead is that of a hundred documents in one call: the service and the backend are asked in turn with the same body, and a round's percentiles are of 60 requests each. What may be over `EDGE_MAX_TOKENS` and is not clearly so, the edge tokenizes before it decides: the last of the three.",
        "Cached scores are those of `wrangler dev`, whose stores are files on this machine: on Cloudflare their latency is the network's. What is computed is computed at the edge, or by the backend where that is said, with the store looked into in vain and its own proxy included on both sides.",
        "The table is of documents of 20 to 60 tokens with the query. What the edge would take over 20 s for, as the size before suggests, it was not asked.",
      ],
      measures: [...overhead, ...cached, split],
      table: {
        head: ["documents", "tokens", "edge only", "backend only", "auto", "auto's choice"],
        rows,
      },
    };
  } finally {
    await upstream.stop();
  }
}
