/** How fast something goes, and how long it still takes. Pure. */

export interface Pace {
  /** Units a second over the last half minute; 0 at first. */
  perSecond: number;
  /** Undefined if that cannot be said. */
  secondsLeft: number | undefined;
}

const WINDOW_MS = 30_000;

/** Says the pace at each look at what is done, which may grow in steps. */
export function paceOf(): (nowMs: number, done: number, total: number | null) => Pace {
  // The changes in the window, and the last one from before it, so that slow progress has a pace, too.
  let changes: { nowMs: number; done: number }[] = [];
  // Nobody knows since when what a first look finds done was done.
  let isMidway = false;
  return (nowMs, done, total) => {
    const before = changes.at(-1)?.done;
    if (before === undefined) isMidway = done > 0;
    // What is done can only shrink if it begins anew.
    else if (done < before || (done > before && isMidway)) {
      changes = [];
      isMidway = false;
    }
    if (done !== before) changes.push({ nowMs, done });
    while (changes.length > 2 && changes[1]!.nowMs <= nowMs - WINDOW_MS) changes.shift();
    const perSecond = speedOf(changes, nowMs);
    const secondsLeft =
      total === null || perSecond <= 0 ? undefined : Math.max(0, total - done) / perSecond;
    return { perSecond, secondsLeft };
  };
}

/** That of the changes; a next one that is overdue lowers it. */
function speedOf(changes: readonly { nowMs: number; done: number }[], nowMs: number): number {
  const [first, last, previous] = [changes[0], changes.at(-1), changes.at(-2)];
  if (!first || !last || !previous) return 0;
  const gain = last.done - first.done;
  const step = last.done - previous.done;
  const perMs = Math.min(
    gain / Math.max(1, last.nowMs - first.nowMs),
    (gain + step) / Math.max(1, nowMs - first.nowMs),
  );
  return perMs * 1_000;
}

/** Such as `40 s`, `12 min` or `3 h 5 min`. */
export function spokenTime(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Such as `850 bytes`, `12.5 MB`; a megabyte has 1,000,000 bytes. */
export function spokenBytes(bytes: number): string {
  const units = ["bytes", "KB", "MB", "GB", "TB"];
  let at = 0;
  for (; bytes >= 1_000 && at < units.length - 1; at++) bytes /= 1_000;
  return `${at === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1)} ${units[at]}`;
}

/** Such as `12,500`. */
export function spokenCount(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}
