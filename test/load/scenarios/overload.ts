import { generate } from "../generate.ts";
import { formatBad, formatLatencies, type Scenario } from "../scenario.ts";
import { MIX } from "../traffic.ts";

const SECONDS = 30;
const FACTOR = 10;

/** What the callers wait: a search page's patience. */
const DEADLINE_MS = 2_000;

const MIN_GOODPUT = 0.8;
const MAX_REFUSAL_MS = 50;
const MAX_MEMORY_MB = 256;

/** On a machine that does other things, too, and may stand still for seconds. */
const SMOKE_MAX_REFUSAL_MS = 10_000;

/** Statuses that an overloaded service may answer beside those of an answer and a refusal: it had promised too much. */
const DECLARED = ["504"];

/** Ten times as many requests as the service can answer. */
export const overload: Scenario = async ({ service, peak, seconds = SECONDS, isSmoke }) => {
  const [report] = await generate({
    url: service.url,
    phases: [{ name: "overload", seconds, ratePerSecond: FACTOR * peak.requestsPerSecond }],
    requests: MIX,
    deadlineMs: DEADLINE_MS,
    seed: 4,
  });
  const { good, goodTokens, refused, others, failures, sent, sentLateMs } = report!;
  const memoryMb = await service.memoryMb();
  const goodput = good.count / seconds / peak.requestsPerSecond;
  const tokens = goodTokens / seconds / peak.tokensPerSecond;
  const undeclared = Object.keys(others).filter((status) => !DECLARED.includes(status));
  const maxRefusalMs = isSmoke ? SMOKE_MAX_REFUSAL_MS : MAX_REFUSAL_MS;
  return {
    title: "Overload",
    notes: [
      `${FACTOR} times the peak for ${seconds} s: ${sent} requests from callers who wait ${DEADLINE_MS / 1_000} s. Goodput is the answers that came within that, beside those of the peak. The generator was at most ${sentLateMs.toFixed(0)} ms late.`,
    ],
    findings: [
      {
        what: "goodput in requests",
        measured: `${(100 * goodput).toFixed(0)} % of the peak`,
        ...(!isSmoke && {
          target: { text: `at least ${100 * MIN_GOODPUT} %`, met: goodput >= MIN_GOODPUT },
        }),
      },
      { what: "goodput in tokens", measured: `${(100 * tokens).toFixed(0)} % of the peak` },
      { what: "answers: p50 / p95 / p99 / longest", measured: formatLatencies(good) },
      {
        what: "refusals with Retry-After: p50 / p95 / p99 / longest",
        measured: formatLatencies(refused),
        target: {
          text: `p99 under ${maxRefusalMs} ms`,
          met: refused.count > 0 && refused.p99 < maxRefusalMs,
        },
      },
      {
        what: "everything else",
        measured: formatBad(report!),
        target: {
          text: "no undeclared status, every request answered",
          met: undeclared.length === 0 && Object.keys(failures).length === 0,
        },
      },
      {
        what: "resident memory of workerd at the end",
        measured: `${memoryMb.toFixed(0)} MB`,
        target: { text: `under ${MAX_MEMORY_MB} MB`, met: memoryMb < MAX_MEMORY_MB },
      },
    ],
  };
};
