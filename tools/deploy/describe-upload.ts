/** What a deployment would send, for a person to read. Pure. */
import { isTable, type ConfigTable, type ConfigValue } from "../worker-config.ts";
import { sumOf, type Build, type SizedFile } from "./build.ts";
import { mebibytes } from "./mebibytes.ts";

/** Lines on the Worker, its modules, assets, triggers, migrations and bindings. */
export function describeUpload(config: ConfigTable, build: Omit<Build, "bundle">): string[] {
  const facts: [string, string | undefined][] = [
    ["Worker", String(config["name"])],
    ["compatibility", compatibility(config)],
    ["address", addresses(config)],
    ["modules", filesLine(build.modules)],
    ["assets", filesLine(build.assets)],
    ["cron", inTable(config["triggers"], "crons")],
    ["limits", isTable(config["limits"]) ? JSON.stringify(config["limits"]) : undefined],
    ["migrations", migrations(config["migrations"])],
  ];
  const shown = facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
  const width = Math.max(...shown.map(([name]) => name.length));
  return [
    ...shown.map(([name, text]) => `${name.padEnd(width)}  ${text}`),
    "",
    ...build.bindings.map((line) => line.trimEnd()),
  ];
}

function compatibility(config: ConfigTable): string {
  const flags = config["compatibility_flags"];
  return [config["compatibility_date"], ...(Array.isArray(flags) ? flags : [])].join(", ");
}

function addresses(config: ConfigTable): string {
  const routes = [config["routes"] ?? config["route"] ?? []].flat();
  const named = routes.map((route) => (isTable(route) ? route["pattern"] : route));
  return named.length > 0
    ? named.join(", ")
    : `${String(config["name"])}.YOUR_SUBDOMAIN.workers.dev`;
}

function filesLine(files: readonly SizedFile[]): string {
  return `${files.length} ${files.length === 1 ? "file" : "files"}, ${mebibytes(sumOf(files))}`;
}

function inTable(value: ConfigValue | undefined, key: string): string | undefined {
  const list = isTable(value) ? value[key] : undefined;
  return Array.isArray(list) ? list.join(", ") : undefined;
}

function migrations(value: ConfigValue | undefined): string | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.map((step) => JSON.stringify(step)).join(", ");
}
