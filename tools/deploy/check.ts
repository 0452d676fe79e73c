/** What each check before a deployment gives. */

export type CheckState = "ok" | "warning" | "failed" | "not checked";

export interface CheckResult {
  /** Of the check, one or two words. */
  name: string;
  state: CheckState;
  /** One line: what was found; of one that is not well, what to do. */
  detail: string;
}

const NAME_WIDTH = "placeholders".length;
const STATE_WIDTH = "not checked".length;

/** A line of the table that the results are. */
export function checkLine({ name, state, detail }: CheckResult): string {
  return `${name.padEnd(NAME_WIDTH)}  ${state.padEnd(STATE_WIDTH)}  ${detail}`;
}
