/** Callers that send a byte a second, and callers that read one: do they keep others out? */
import { connect, type Socket } from "node:net";
import { generate } from "../generate.ts";
import { badOf, formatBad, formatLatencies, type Scenario } from "../scenario.ts";
import { FEW, MIX, passages } from "../traffic.ts";

const SECONDS = 20;
const SENDERS = 200;
const READERS = 50;
const DEADLINE_MS = 10_000;

/** Declared by a slow sender; together far more than the service may hold. */
const DECLARED_BYTES = 1_000_000;

export const slowClients: Scenario = async ({ service, peak, seconds = SECONDS }) => {
  const sockets = [
    ...Array.from({ length: SENDERS }, () => slowSender(service.url)),
    ...Array.from({ length: READERS }, () => slowReader(service.url)),
  ];
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
  const bad = badOf(report!) + report!.refused.count;
  return {
    title: "Slow clients",
    notes: [
      `${SENDERS} callers who declare a megabyte each and send a byte a second, and ${READERS} who read a byte a second of their answers, while others send three tenths of the peak for ${seconds} s.`,
    ],
    findings: [
      { what: "requests that are open at the end", measured: String(open) },
      { what: "the others: p50 / p95 / p99 / longest", measured: formatLatencies(report!.good) },
      {
        what: "refusals and errors of the others",
        measured: `${report!.refused.count} refused, ${formatBad(report!)}`,
        target: { text: "none", met: bad === 0 },
      },
    ],
  };
};

function slowSender(url: string): Socket {
  return rawPost(url, "{", DECLARED_BYTES);
}

/** Of a long answer: its documents come back. */
function slowReader(url: string): Socket {
  const { query, documents } = FEW as { query: string; documents: string[] };
  const [passage] = passages(1).documents as string[];
  const body = JSON.stringify({
    query,
    documents: [...documents, passage],
    return_documents: true,
  });
  return rawPost(url, body, Buffer.byteLength(body));
}

function rawPost(url: string, start: string, length: number): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  // The service gives them up at some time.
  socket.on("error", () => {});
  socket.pause();
  socket.write(
    `POST /v1/rerank HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${start}`,
  );
  return socket;
}
