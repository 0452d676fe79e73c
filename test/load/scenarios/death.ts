/** The process that the isolate lives in is killed in the middle of its work, and started again as Cloudflare starts an isolate. */
import { setTimeout as sleep } from "node:timers/promises";
import { sendOnce } from "../send-once.ts";
import { formatMs, type Scenario } from "../scenario.ts";
import { passages } from "../traffic.ts";
import { SHORT_REQUEST } from "../../bench/short-request.ts";

const DEATHS = 5;
const SMOKE_DEATHS = 2;

/** Open when it dies. */
const OPEN = 4;

const MAX_MS = 2_000;
const SMOKE_MAX_MS = 10_000;

const SHORT = JSON.stringify(SHORT_REQUEST);
const LONG = JSON.stringify(passages(40));

export const death: Scenario = async ({ service, isSmoke }) => {
  const ask = async (body: string): Promise<string | undefined> => {
    const answer = await sendOnce(`${service.url}/v1/rerank`, body).catch(() => undefined);
    return answer?.status === 200 ? rankingOf(answer.text) : undefined;
  };
  const before = await ask(SHORT);
  const deaths = isSmoke ? SMOKE_DEATHS : DEATHS;
  const backMs: number[] = [];
  let lost = 0;
  let different = 0;
  for (let i = 0; i < deaths; i++) {
    const open = Array.from({ length: OPEN }, () => ask(LONG));
    await sleep(200);
    const startMs = performance.now();
    const isBack = service.die();
    let answer: string | undefined;
    while (answer === undefined) {
      answer = await ask(SHORT);
      if (answer === undefined) await sleep(5);
    }
    backMs.push(performance.now() - startMs);
    if (answer !== before) different++;
    lost += (await Promise.all(open)).filter((each) => each === undefined).length;
    await isBack;
    // What comes after it is served as ever.
    for (let j = 0; j < 10; j++) if ((await ask(SHORT)) !== before) different++;
  }
  const longest = Math.max(...backMs);
  const maxMs = isSmoke ? SMOKE_MAX_MS : MAX_MS;
  return {
    title: "Death of an isolate",
    notes: [
      `SIGKILL to workerd while ${OPEN} requests are computed, ${deaths} times. It is started again at once, as Cloudflare does; a caller asks again until it is answered.`,
    ],
    findings: [
      {
        what: "requests lost, of those that were open",
        measured: `${lost} of ${deaths * OPEN}`,
      },
      {
        what: "from the death to the next answer, model load included; longest",
        measured: formatMs(longest),
        target: { text: `at most ${maxMs / 1_000} s`, met: longest <= maxMs },
      },
      {
        what: "later answers that are missing or differ from those before",
        measured: `${different} of ${deaths * 11}`,
        target: { text: "none", met: different === 0 },
      },
    ],
  };
};

/** Without what differs from answer to answer: its id. */
function rankingOf(text: string): string {
  return JSON.stringify((JSON.parse(text) as { results: unknown }).results);
}
