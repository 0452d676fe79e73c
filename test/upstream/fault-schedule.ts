import type { Fault } from "./fault.ts";

/**
 * Decides call by call, in the order of their arrival, whether a fault strikes.
 * @returns a function of the call's path, and of whether it is a scoring call, that counts it
 */
export function faultSchedule(
  fault: Fault | undefined,
): (path: string, isScoring: boolean) => Fault | undefined {
  let calls = 0;
  let strikes = 0;
  return (path, isScoring) => {
    if (!fault) return undefined;
    if (fault.path === undefined ? !isScoring : fault.path !== path) return undefined;
    calls++;
    if (calls % (fault.every ?? 1) !== 0) return undefined;
    if (strikes >= (fault.times ?? Infinity)) return undefined;
    strikes++;
    return fault;
  };
}
