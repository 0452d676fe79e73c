import { fork } from "node:child_process";
import { join } from "node:path";
import type { PhaseReport, Plan } from "./plan.ts";

/** Sends what a plan says, from a process of its own. @returns A report a phase */
export function generate(plan: Plan): Promise<PhaseReport[]> {
  const child = fork(join(import.meta.dirname, "generator.ts"));
  const killer = (): boolean => child.kill();
  process.once("exit", killer);
  return new Promise((resolve, reject) => {
    child.once("message", (reports) => resolve(reports as PhaseReport[]));
    child.once("exit", (code) => {
      process.off("exit", killer);
      reject(new Error(`the generator ended with ${code}`));
    });
    child.send(plan);
  });
}
