import { generate } from "./generate.ts";
import type { Peak } from "./scenario.ts";
import { MIX } from "./traffic.ts";

const WARM_UP_SECONDS = 3;

/** More callers than the service can answer at once, and fewer than it refuses. */
const CALLERS = 8;

/** What the service can do: {@link CALLERS} who each send their next request as soon as the last one is answered. */
export async function measurePeak(url: string, seconds: number): Promise<Peak> {
  const [, report] = await generate({
    url,
    phases: [
      { name: "warm up", seconds: WARM_UP_SECONDS, callers: CALLERS },
      { name: "peak", seconds, callers: CALLERS },
    ],
    requests: MIX,
    deadlineMs: 60_000,
    seed: 7,
  });
  return {
    requestsPerSecond: report!.good.count / seconds,
    tokensPerSecond: report!.goodTokens / seconds,
  };
}
