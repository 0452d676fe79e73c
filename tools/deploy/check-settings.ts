/** Whether the Worker would find its settings right. Pure. */
import { parseModelSettings } from "../../worker/model-settings.ts";
import { readSettings } from "../../worker/settings.ts";
import { isTable, variablesOf, type ConfigTable, type ConfigValue } from "../worker-config.ts";
import type { CheckResult } from "./check.ts";
import { jobBucketName } from "./environment.ts";

/** Secrets that the settings know by name. */
const SECRETS = ["BACKEND_API_KEY", "BACKEND_CLIENT_SECRET"];

/** Found in examples, and in nothing that works. */
const PLACEHOLDER = /^(THE_|YOUR_|CHANGE|TODO|<.*>$)|\bexample\.(com|org|net)\b/i;

/**
 * The settings, with the secrets that are said to be set.
 * @param models - Names of the built-in models, the default one first.
 */
export function checkSettings(
  config: ConfigTable,
  models: readonly string[],
  secrets: readonly string[],
): CheckResult {
  const env = {
    ...bindingsOf(config),
    ...variablesOf(config),
    ...Object.fromEntries(secrets.map((name) => [name, "set"])),
  };
  const settings = readSettings(env, models);
  const problems = settings.ok ? [] : [...settings.problems];
  const bucket = jobBucketName(config);
  if (settings.ok && bucket !== undefined && bucket !== settings.value.jobs.bucketName)
    problems.push(`JOB_BUCKET is ${bucket}, and JOB_BUCKET_NAME says another name`);
  return problems.length > 0
    ? { name: "settings", state: "failed", detail: problems.join("; ") }
    : { name: "settings", state: "ok", detail: "as docs/deployment.md has them" };
}

/** Names of the secrets without which the settings would be wrong. */
export function neededSecrets(config: ConfigTable, models: readonly string[]): string[] {
  const further = parseModelSettings(variablesOf(config)["MODELS"], models);
  const named = further.ok
    ? further.value.flatMap((model) =>
        model.source === "backend" ? (model.backend["api_key"] ?? []) : [],
      )
    : [];
  const all = [...new Set([...SECRETS, ...named])];
  const isRight = (secrets: readonly string[]): boolean =>
    checkSettings(config, models, secrets).state === "ok";
  if (isRight([])) return [];
  const candidates = [all, ...SECRETS.map((secret) => [...named, secret]), named];
  const enough = candidates.find(isRight) ?? [];
  return enough.filter((secret) => !isRight(enough.filter((other) => other !== secret)));
}

/** Whether some value is still that of an example. */
export function checkPlaceholders(config: ConfigTable): CheckResult {
  const found = textsIn(config, "").filter(([, text]) => PLACEHOLDER.test(text));
  return found.length > 0
    ? {
        name: "placeholders",
        state: "failed",
        detail: `put in a value of yours: ${found.map(([path]) => path).join(", ")}`,
      }
    : { name: "placeholders", state: "ok", detail: "none is left" };
}

/** Of each binding a stand-in that is there, by its name. */
function bindingsOf(value: ConfigValue): Record<string, object> {
  if (Array.isArray(value)) return Object.assign({}, ...value.map(bindingsOf)) as {};
  if (!isTable(value)) return {};
  const { binding } = value;
  const own = typeof binding === "string" ? { [binding]: {} } : {};
  const inner = Object.entries(value).map(([key, each]) =>
    key === "durable_objects" || key === "ratelimits" ? namesIn(each) : bindingsOf(each),
  );
  return Object.assign(own, ...inner) as Record<string, object>;
}

/** Those whose name is called `name`. */
function namesIn(value: ConfigValue): Record<string, object> {
  const list = isTable(value) ? value["bindings"] : value;
  const tables = Array.isArray(list) ? list.filter(isTable) : [];
  return Object.fromEntries(tables.map(({ name }) => [String(name), {}]));
}

function textsIn(value: ConfigValue, path: string): [path: string, text: string][] {
  if (typeof value === "string") return [[path, value]];
  if (Array.isArray(value))
    return value.flatMap((each, index) => textsIn(each, `${path}[${index}]`));
  if (!isTable(value)) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    textsIn(each, path === "" ? key : `${path}.${key}`),
  );
}
