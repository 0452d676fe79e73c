/** Callers that send a byte a second, and callers that read one: do they keep others out? */
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { generate } from "../generate.ts";
import { formatLatencies, undisturbed, type Scenario } from "../scenario.ts";
import { MIX } from "../traffic.ts";

const SECONDS = 20;
const SENDERS = 200;
const READERS = 50;
const READER_EVERY_MS = 50;
const DEADLINE_MS = 10_000;

/** Of the text of a slow reader. */
const TEXT_TOKENS = 10_000;

/** Declared by a slow sender; together far more than the service may hold. */
const DECLARED_BYTES = 1_000_000;

export const slowClients: Scenario = async ({ service, peak, seconds = SECONDS, isSmoke }) => {
  const sockets = Array.from({ length: SENDERS }, () => slowSender(service.url));
  // One after another: together they would be a full line for a moment, which is not what being slow does.
  for (let reader = 0; reader < READERS; reader++) {
    sockets.push(slowReader(service.url));
    await sleep(READER_EVERY_MS);
  }
  const dripping = setInterval(() => {
    for (const socket of sockets.slice(0, SENDERS)) socket.write(" ");
    for (const socket of sockets.slice(SENDERS)) socket.read(1);
  }, 1_000);
  const [report] = await generate({
    url: service.url,
    phases: [{ name: "others", seconds, ratePerSecond: 0.3 * peak.requestsPerSecond }],
    requests: MIX,
    deadlineMs: DEADLINE_MS,
    seed: 5,
  });
  const open = await service.openRequests();
  clearInterval(dripping);
  for (const socket of sockets) socket.destroy();
  return {
    title: "Slow clients",
    notes: [
      `${SENDERS} callers who declare a megabyte each and send a byte a second, and ${READERS} who read a byte a second of their answers, while others send three tenths of the peak for ${seconds} s.`,
    ],
    findings: [
      { what: "requests that are open at the end", measured: String(open) },
      { what: "the others: p50 / p95 / p99 / longest", measured: formatLatencies(report!.good) },
      undisturbed(report!, isSmoke),
    ],
  };
};

function slowSender(url: string): Socket {
  return rawPost(url, "/v1/rerank", "{", DECLARED_BYTES);
}

/** Of an answer that no buffer holds: a text's tokens are some thirty times as long as it, and cost nearly nothing. */
function slowReader(url: string): Socket {
  const body = JSON.stringify({ inputs: "a ".repeat(TEXT_TOKENS) });
  return rawPost(url, "/tokenize", body, body.length);
}

function rawPost(url: string, path: string, start: string, length: number): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  // The service gives them up at some time.
  socket.on("error", () => {});
  socket.pause();
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${start}`,
  );
  return socket;
}
