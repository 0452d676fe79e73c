/** Processes of a group, as Linux tells of them. */
import { readdirSync, readFileSync } from "node:fs";

export interface GroupMember {
  pid: number;
  /** File name of its program, cut to 15 characters. */
  program: string;
}

/** @param leader - The process that the group is named after. */
export function membersOf(leader: number): GroupMember[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = readProc(name, "stat");
      // The program's name stands in parentheses and may hold some itself.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const program = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
      const isAlive = fields[0] !== "Z" && fields[0] !== "X";
      return isAlive && Number(fields[2]) === leader ? [{ pid: Number(name), program }] : [];
    });
}

/** Resident memory, MB of 10^6 bytes: now, and the most it ever was. 0 of a process that has ended. */
export function residentMb(pid: number): { nowMb: number; peakMb: number } {
  const status = readProc(String(pid), "status");
  const megabytes = (field: string): number =>
    (Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) * 1024) / 1e6;
  return { nowMb: megabytes("VmRSS"), peakMb: megabytes("VmHWM") };
}

/** Sends a signal to a process or, of a negative number, to a group. @returns Whether there was any */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** @returns "" of a process that has ended meanwhile */
function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
