/** Small requests at a steady rate and a large one now and then, sent when they are due whether or not those before were answered. */
import { setTimeout as sleep } from "node:timers/promises";
import type { KnownRanking } from "./right-answer.ts";
import { timedPost, type TimedAnswer } from "./timed-post.ts";

export interface LoadRequest extends KnownRanking {
  name: string;
  /** Its body. */
  json: string;
}

export interface Load {
  small: LoadRequest;
  smallEveryMs: number;
  /** Sent one after the other, again and again. */
  large: readonly LoadRequest[];
  largeEveryMs: number;
}

export interface LoadRecord {
  request: LoadRequest;
  /** Of `performance.now()`, when it was sent. */
  sentMs: number;
  /** Undefined: no answer came. */
  answer: TimedAnswer | undefined;
}

interface Stream {
  requests: readonly LoadRequest[];
  everyMs: number;
  sent: number;
  nextMs: number;
}

/** Sends the load to a service until `ending` is aborted. @returns What became of each request, in the order of sending. */
export async function sendLoad(
  url: string,
  { small, smallEveryMs, large, largeEveryMs }: Load,
  ending: AbortSignal,
): Promise<LoadRecord[]> {
  const records: LoadRecord[] = [];
  const open = new Set<Promise<void>>();
  const startMs = performance.now();
  // Large ones fall between two small ones, as most of them do where both come by chance.
  const streams: Stream[] = [
    { requests: [small], everyMs: smallEveryMs, sent: 0, nextMs: startMs },
    { requests: large, everyMs: largeEveryMs, sent: 0, nextMs: startMs + smallEveryMs / 2 },
  ];
  while (!ending.aborted) {
    const due = streams.reduce((one, other) => (other.nextMs < one.nextMs ? other : one));
    const waitMs = due.nextMs - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    send(due.requests[due.sent++ % due.requests.length]!);
    due.nextMs += due.everyMs;
  }
  await Promise.all(open);
  return records;

  function send(request: LoadRequest): void {
    const record: LoadRecord = { request, sentMs: performance.now(), answer: undefined };
    records.push(record);
    const sending = timedPost(`${url}/v1/rerank`, request.json)
      .then((answer) => {
        record.answer = answer;
      })
      .catch(() => undefined)
      .finally(() => open.delete(sending));
    open.add(sending);
  }
}
