/** Another environment than production: wrangler.toml under other names, and what it has of its own before that. Pure. */
import { UsageError, UserError } from "../user-error.ts";
import { isTable, variablesOf, type ConfigTable, type ConfigValue } from "../worker-config.ts";
import { renameResources } from "./resource-names.ts";

/** The environment that wrangler.toml is, as it stands. */
export const PRODUCTION = "production";

/** A Worker's domain has at most 63 characters, and its name before the environment's must have room, too. */
const ENVIRONMENT_NAME = /^[a-z][a-z0-9-]{0,19}$/;

/** Addresses are one Worker's: another environment is at workers.dev, or says where it is. */
const ADDRESSES = ["route", "routes"];

/** @throws UsageError if it may not be the name of an environment */
export function checkEnvironmentName(name: string): void {
  if (!ENVIRONMENT_NAME.test(name) || name.endsWith("-")) {
    throw new UsageError(
      `--env is "${name}". It must be production, or another name of lower-case letters, digits and hyphens, such as staging.`,
    );
  }
}

/**
 * The configuration of an environment: of production the base itself; of any other the base with `-ENVIRONMENT` after the names of the Worker and of
 * all that it has for itself, without its addresses, and over that the environment's own values.
 *
 * @param own - What the environment has differently. Tables are merged key by key, lists of bindings by the binding's name; any other list
 *   takes the place of the base's.
 * @throws UserError if the base has no name, or a table of which it is not known what in it is a name
 */
export function environmentConfig(
  base: ConfigTable,
  environment: string,
  own: ConfigTable = {},
): ConfigTable {
  if (environment === PRODUCTION) return base;
  const { name } = base;
  if (typeof name !== "string") throw new UserError("wrangler.toml has no name.");
  const worker = { from: name, to: `${name}-${environment}` };
  const elsewhere = Object.entries(base).filter(([key]) => !ADDRESSES.includes(key));
  const given = new Set(Object.keys(own));
  const renamed = renameResources(Object.fromEntries(elsewhere), environment, worker, given);
  return withBucketName(merge({ ...renamed, name: worker.to }, own));
}

/** The setting that says what the jobs' bucket is called follows the bucket. */
function withBucketName(config: ConfigTable): ConfigTable {
  const bucket = jobBucketName(config);
  if (bucket === undefined) return config;
  return { ...config, vars: { ...variablesOf(config), JOB_BUCKET_NAME: bucket } };
}

/** The `bucket_name` of the binding JOB_BUCKET; undefined if there is none. */
export function jobBucketName(config: ConfigTable): string | undefined {
  const buckets = Array.isArray(config["r2_buckets"]) ? config["r2_buckets"].filter(isTable) : [];
  const name = buckets.find(({ binding }) => binding === "JOB_BUCKET")?.["bucket_name"];
  return typeof name === "string" ? name : undefined;
}

function merge(base: ConfigTable, own: ConfigTable): ConfigTable {
  const merged = { ...base };
  for (const [key, value] of Object.entries(own)) {
    const before = merged[key];
    if (isTable(before) && isTable(value)) merged[key] = merge(before, value);
    else if (isBindings(before) && isBindings(value)) merged[key] = mergeBindings(before, value);
    else merged[key] = value;
  }
  return merged;
}

type Bindings = (ConfigTable & { binding: ConfigValue })[];

function isBindings(value: ConfigValue | undefined): value is Bindings {
  return Array.isArray(value) && value.every((each) => isTable(each) && "binding" in each);
}

function mergeBindings(base: Bindings, own: Bindings): ConfigTable[] {
  const others = base.filter(({ binding }) => !own.some((each) => each.binding === binding));
  const given = own.map((each) =>
    merge(base.find(({ binding }) => binding === each.binding) ?? {}, each),
  );
  return [...others, ...given];
}
