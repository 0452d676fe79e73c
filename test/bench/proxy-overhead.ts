/** What the service adds to a call of its backend. */
import { formatMs, type Measure } from "./report.ts";
import { shortDocuments } from "./short-documents.ts";
import { readSlice } from "./squad-slice.ts";
import { percentile, spreadOf } from "./statistics.ts";
import { timedPost } from "./timed-post.ts";

const MAX_OVERHEAD_MS = 10;

const WARM_UPS = 20;
const REQUESTS = 60;

/** Three ways of a hundred documents to the backend: told to go there, large at first sight, and large when the edge has counted. */
export async function measureProxyOverhead(
  serviceUrl: string,
  upstreamUrl: string,
  rounds: number,
  print: (line: string) => void,
): Promise<Measure[]> {
  const short = await shortDocuments(100);
  const joined = await longerDocuments();
  const passages = (await readSlice()).find(({ documents }) => documents.length === 100)!;
  const ways = [
    { what: "100 short documents, told to go to the backend", route: "backend", texts: short },
    { what: "100 passages, large at first sight", route: "auto", texts: passages },
    { what: "100 longer documents, large after a count", route: "auto", texts: joined },
  ];
  const measures: Measure[] = [];
  for (const { what, route, texts } of ways) {
    const json = JSON.stringify({ query: texts.query, documents: texts.documents });
    const proxied = async (): Promise<number> => {
      const headers = { "x-rerank-route": route };
      const answer = await timedPost(`${serviceUrl}/v1/rerank`, json, headers);
      const by = answer.headers["x-rerank-served-by"];
      if (by !== "backend") throw new Error(`${what}: status ${answer.status}, served by ${by}`);
      return answer.ms;
    };
    const direct = async (): Promise<number> => (await timedPost(`${upstreamUrl}/rerank`, json)).ms;
    for (let i = 0; i < WARM_UPS; i++) {
      await proxied();
      await direct();
    }
    const ofRounds: { own: number[]; bare: number[] }[] = [];
    for (let round = 0; round < rounds; round++) {
      const own: number[] = [];
      const bare: number[] = [];
      for (let i = 0; i < REQUESTS; i++) {
        own.push(await proxied());
        bare.push(await direct());
      }
      ofRounds.push({ own, bare });
    }
    for (const percent of [50, 95]) {
      const of = (side: "own" | "bare") =>
        ofRounds.map((round) => percentile(round[side], percent));
      const overhead = spreadOf(of("own").map((own, round) => own - of("bare")[round]!));
      const ours = formatMs(spreadOf(of("own")));
      const theirs = formatMs(spreadOf(of("bare")));
      print(`${what}, p${percent}: ${ours}, direct ${theirs}, overhead ${formatMs(overhead)}`);
      measures.push({
        what: `${what}, p${percent}`,
        ours: `${ours}: ${formatMs(overhead)} more`,
        peer: "a direct call",
        theirs,
        target: {
          text: `at most ${MAX_OVERHEAD_MS} ms more`,
          met: overhead.median <= MAX_OVERHEAD_MS,
        },
      });
    }
  }
  return measures;
}

/** A hundred of some 70 tokens: more than `EDGE_MAX_TOKENS`, less than twice as many. */
async function longerDocuments(): Promise<{ query: string; documents: string[] }> {
  const { query, documents } = await shortDocuments(200);
  const joined = documents.slice(0, 100).map((text, place) => `${text} ${documents[100 + place]!}`);
  return { query, documents: joined };
}
