import { UsageError } from "../user-error.ts";

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a text such as `30m`, `24h` or `90d`. @param option - Named by the {@link UsageError} for another text. */
export function durationMs(text: string, option: string): number {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count === undefined) throw new UsageError(`--${option} must be such as 30m, 24h or 90d.`);
  return Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
}
