/** What each check before a deployment gives, and the table of them. */

export type CheckState = "ok" | "warning" | "failed" | "not checked";

export interface CheckResult {
  /** Of the check, one or two words. */
  name: string;
  state: CheckState;
  /** One line: what was found; of one that is not well, what to do. */
  detail: string;
}

/** One line a result. */
export function checkLines(results: readonly CheckResult[]): string[] {
  const width = (key: "name" | "state"): number =>
    Math.max(...results.map((result) => result[key].length));
  return results.map(
    ({ name, state, detail }) =>
      `${name.padEnd(width("name"))}  ${state.padEnd(width("state"))}  ${detail}`,
  );
}
