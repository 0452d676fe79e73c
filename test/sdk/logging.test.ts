import { expect, test, vi } from "vitest";
import type { Logger, LogLevel } from "../../sdk/index.ts";
import { failure, ranking, reply, stubService, unreachable, type Reply } from "./stub-service.ts";

const CANARY = "canary-4711";

/** A logger that keeps everything, and each line as text. */
function recording(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const at =
    (level: string) =>
    (...said: unknown[]) =>
      void lines.push(`${level} ${JSON.stringify(said)}`);
  return {
    lines,
    logger: { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") },
  };
}

const quick = { "retry-after-ms": "0", "x-request-id": "r" };
/** Echoes what it was sent, as a careless service does. */
const echoing: Reply = ({ body }) =>
  new Response(JSON.stringify({ message: JSON.stringify(body) }), { status: 500, headers: quick });

test.each([
  ["is ranked", [ranking]],
  ["fails and is tried again", [echoing, reply(429, CANARY, quick), ranking]],
  ["cannot be sent", [unreachable, unreachable, unreachable]],
  ["is answered by nonsense", [reply(200, CANARY)]],
] as [string, Reply[]][])(
  "no line, at level debug, has a key or a text of a call that %s",
  async (_, replies) => {
    vi.useFakeTimers();
    const { logger, lines } = recording();
    const { client } = stubService(replies, {
      apiKey: CANARY,
      headers: { cookie: CANARY, "cf-access-client-secret": CANARY, "x-anything": CANARY },
      logLevel: "debug",
      logger,
    });
    const documents = [{ text: CANARY, id: CANARY }];
    const calls = [
      client.rerank({ query: CANARY, documents, cacheScope: CANARY }),
      client.rerank({ queries: [CANARY], documents }),
      client.score({ input_data: [CANARY] }),
    ].map((call) => call.catch(() => {}));
    await vi.runAllTimersAsync();
    await Promise.all(calls);
    vi.useRealTimers();
    expect(lines.length).toBeGreaterThanOrEqual(3);
    expect(lines.join("\n")).not.toContain(CANARY);
  },
);

test("debug tells of each try and answer, info of tries that are repeated", async () => {
  const { logger, lines } = recording();
  const { client } = stubService([reply(503, {}, quick), ranking], {
    apiKey: "k",
    logLevel: "debug",
    logger,
  });
  await client.rerank({ query: "q", documents: ["a"] });
  expect(lines.map((line) => line.replace(/,.*/, ""))).toEqual([
    'debug ["rerank: POST /v2/rerank"',
    'debug ["rerank: 503 to POST /v2/rerank"',
    'info ["rerank: POST /v2/rerank failed',
    'debug ["rerank: POST /v2/rerank"',
    'debug ["rerank: 200 to POST /v2/rerank"',
  ]);
  expect(lines[0]).toContain('"authorization":"redacted"');
  expect(lines[0]).toContain('"x-request-timeout-ms":"60000"');
  expect(lines[2]).toContain('"requestId":"r"');
});

test.each([
  ["off", 0],
  ["error", 0],
  ["warn", 0],
  ["info", 1],
  [undefined, 0],
] as [LogLevel | undefined, number][])(
  "level %s of a repeated try says %i lines",
  async (logLevel, count) => {
    const { logger, lines } = recording();
    const { client } = stubService([reply(503, {}, quick), ranking], { logLevel, logger });
    await client.rerank({ query: "q", documents: ["a"] });
    expect(lines).toHaveLength(count);
  },
);

test("an error of a call has neither its key nor its texts", async () => {
  for (const replies of [unreachable, reply(200, "<html>"), reply(401), reply(500)]) {
    const { client } = stubService(replies, { apiKey: CANARY, maxRetries: 0 });
    const error = await failure(client.rerank({ query: CANARY, documents: [CANARY] }));
    const seen = `${error.message} ${error.stack} ${JSON.stringify(error)} ${error.cause}`;
    expect(seen).not.toContain(CANARY);
  }
});
