/** Progress on stderr: a bar at a terminal, else a line every ten seconds. */
import type { Output } from "../terminal.ts";
import { paceOf, spokenBytes, spokenCount, spokenTime, type Pace } from "./pace.ts";

export interface View {
  /** Such as "uploading". */
  label: string;
  unit: "bytes" | "rows";
  done: number;
  /** Null if it is not known, or not known yet. */
  total: number | null;
  /** Of the rows that are done. */
  failed?: number | undefined;
}

export interface Display {
  show: (view: View) => void;
  /** A line that stays. */
  note: (text: string) => void;
  /** A line that is said even to who wants no notes. */
  warn: (text: string) => void;
  /** Takes the bar away. */
  end: () => void;
}

const BAR_WIDTH = 24;
const CLEAR_LINE = "\r\u001B[2K";
const DRAW_EVERY_MS = 1_000;
const MIN_DRAW_MS = 100;
const LINE_EVERY_MS = 10_000;

export function startDisplay(stderr: Output, isQuiet: boolean): Display {
  const isTTY = stderr.isTTY === true;
  const line = (text: string): void => void stderr.write(`${isTTY ? CLEAR_LINE : ""}${text}\n`);
  if (isQuiet) return { show() {}, note() {}, warn: line, end() {} };
  let view: View | undefined;
  let pace = paceOf();
  let drawnMs = -Infinity;
  let writtenMs = -Infinity;
  const draw = (): void => {
    const nowMs = Date.now();
    if (!view || nowMs - drawnMs < MIN_DRAW_MS) return;
    drawnMs = nowMs;
    const text = lineOf(view, pace(nowMs, view.done, view.total), isTTY);
    if (isTTY) stderr.write(CLEAR_LINE + text.slice(0, (stderr.columns ?? 80) - 1));
    else if (nowMs - writtenMs >= LINE_EVERY_MS) {
      stderr.write(`${text}\n`);
      writtenMs = nowMs;
    }
  };
  // What stands still is seen to stand still.
  const timer = setInterval(draw, DRAW_EVERY_MS).unref();
  return {
    show(next) {
      if (next.label !== view?.label) [pace, drawnMs, writtenMs] = [paceOf(), -Infinity, -Infinity];
      view = next;
      draw();
    },
    note: line,
    warn: line,
    end() {
      clearInterval(timer);
      if (isTTY && view) stderr.write(CLEAR_LINE);
      view = undefined;
    },
  };
}

function lineOf(
  { label, unit, done, total, failed }: View,
  { perSecond, secondsLeft }: Pace,
  hasBar: boolean,
): string {
  const spoken = unit === "bytes" ? spokenBytes : spokenCount;
  if (total === null) return done === 0 ? label : `${label}  ${spoken(done)}`;
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const bar = "#".repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, "-");
  const facts = [
    `${Math.floor(share * 100)} %`,
    `${spoken(done)} of ${spoken(total)}${unit === "rows" ? " rows" : ""}`,
    perSecond > 0 && `${spoken(perSecond)}/s`,
    secondsLeft !== undefined && done < total && `${spokenTime(secondsLeft)} left`,
    failed && `${spokenCount(failed)} failed`,
  ];
  return `${label}  ${hasBar ? `[${bar}] ` : ""}${facts.filter(Boolean).join(", ")}`;
}
