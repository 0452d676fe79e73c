/** A thousand documents through an upstream that takes 32 a call. */
import { startFaultyUpstream } from "../upstream/faulty-upstream.ts";
import { isRightAnswer } from "./right-answer.ts";
import { formatMs, type Measure } from "./report.ts";
import { shortDocuments } from "./short-documents.ts";
import { spreadOf } from "./statistics.ts";
import { timedPost } from "./timed-post.ts";
import { startWorker } from "./workerd.ts";

const DOCUMENTS = 1_000;
const CALLS = Math.ceil(DOCUMENTS / 32);
const MAX_CALLS_AT_ONCE = 6;
const REQUESTS = 5;

/** @throws Error if an answer is not complete and right */
export async function measureSplitList(
  program: string,
  backendMs: number,
  print: (line: string) => void,
): Promise<Measure> {
  const { query, documents } = await shortDocuments(DOCUMENTS);
  const json = JSON.stringify({ query, documents });
  // In this process, since it counts its calls.
  const upstream = await startFaultyUpstream();
  const variables = { BACKEND_URL: upstream.url, BACKEND_PROTOCOL: "tei" };
  const service = await startWorker(program, variables);
  try {
    upstream.fault = { kind: "delay", ms: backendMs };
    const times: number[] = [];
    for (let i = 0; i < REQUESTS; i++) {
      const answer = await timedPost(`${service.url}/v1/rerank`, json);
      if (answer.status !== 200 || !isRightAnswer(answer, { query, documents, edgeLogits: [] }))
        throw new Error(`${DOCUMENTS} documents were answered wrong, with ${answer.status}`);
      times.push(answer.ms);
    }
    const { maxConcurrent } = upstream;
    const calls = upstream.calls.length / REQUESTS;
    const ours = `${calls} calls, ${maxConcurrent} at once, merged right, ${formatMs(spreadOf(times))}`;
    print(`${DOCUMENTS} documents: ${ours}`);
    return {
      what: `${DOCUMENTS.toLocaleString("en")} documents, 32 a call`,
      ours,
      target: {
        text: `${CALLS} calls, at most ${MAX_CALLS_AT_ONCE} at once`,
        met: calls === CALLS && maxConcurrent <= MAX_CALLS_AT_ONCE,
      },
    };
  } finally {
    await service.stop();
    await upstream.close();
  }
}
