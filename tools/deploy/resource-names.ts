/** What the resources of another environment are called. Pure. */
import { createHash } from "node:crypto";
import { UserError } from "../user-error.ts";
import { isTable, type ConfigTable, type ConfigValue } from "../worker-config.ts";

/** What becomes of a field that names a resource; undefined leaves it out. */
type Rename = (value: ConfigValue, environment: string) => ConfigValue | undefined;

const suffixed =
  (separator: string): Rename =>
  (value, environment) =>
    `${String(value)}${separator}${environment.replaceAll("-", separator)}`;

/** Wrangler makes a resource that has no id when it deploys, and finds it again by the binding of the deployed Worker. */
const madeByWrangler: Rename = () => undefined;

/** A counter's namespace is any positive whole number, the account's own. */
const otherNumber: Rename = (value, environment) =>
  String(
    createHash("sha256")
      .update(`${environment}:${String(value)}`)
      .digest()
      .readUInt32BE() + 1,
  );

/** Fields that name what a deployment has for itself, by their table. */
const OWN: Readonly<Record<string, Readonly<Record<string, Rename>>>> = {
  r2_buckets: { bucket_name: suffixed("-"), preview_bucket_name: madeByWrangler },
  kv_namespaces: { id: madeByWrangler, preview_id: madeByWrangler },
  d1_databases: {
    database_name: suffixed("-"),
    database_id: madeByWrangler,
    preview_database_id: madeByWrangler,
  },
  workflows: { name: suffixed("-") },
  "queues.producers": { queue: suffixed("-") },
  "queues.consumers": { queue: suffixed("-"), dead_letter_queue: suffixed("-") },
  vectorize: { index_name: suffixed("-") },
  pipelines: { pipeline: suffixed("-") },
  analytics_engine_datasets: { dataset: suffixed("_") },
  ratelimits: { namespace_id: otherNumber },
};

/** Tables and lists that name nothing of a deployment's own, or only of the Worker itself. */
const SHARED = new Set([
  "ai",
  "alias",
  "assets",
  "browser",
  "build",
  "compatibility_flags",
  "define",
  "dev",
  "durable_objects",
  "hyperdrive",
  "images",
  "limits",
  "logpush",
  "migrations",
  "mtls_certificates",
  "observability",
  "placement",
  "rules",
  "secrets",
  "secrets_store_secrets",
  "services",
  "site",
  "tail_consumers",
  "triggers",
  "vars",
  "version_metadata",
]);

/** Where one Worker names another, or itself. */
const WORKER_FIELDS = ["service", "script_name"];

/**
 * The same tables with the names of another environment's resources: each is a name of its own, so that nothing is written by two.
 *
 * @param worker - Names of the Worker before and after, for bindings to itself.
 * @param given - Tables that the environment has of its own, of which no name need be known.
 * @throws UserError if there is a table of which it is not known what in it is a name
 */
export function renameResources(
  config: ConfigTable,
  environment: string,
  worker: { from: string; to: string },
  given: ReadonlySet<string>,
): ConfigTable {
  const renamed: ConfigTable = {};
  for (const [key, value] of Object.entries(config)) {
    const isList = typeof value === "object";
    if (isList && !isKnown(key, value) && !given.has(key)) {
      throw new UserError(
        `wrangler.toml has [${key}], and it is not known which names in it ${environment} must not share: write [${key}] as it shall be into wrangler.${environment}.toml.`,
      );
    }
    renamed[key] = isList ? renameIn(key, value, environment, worker) : value;
  }
  return renamed;
}

function isKnown(key: string, value: ConfigTable | ConfigValue[]): boolean {
  if (SHARED.has(key) || key in OWN) return true;
  return isTable(value) && Object.keys(value).every((inner) => `${key}.${inner}` in OWN);
}

function renameIn(
  path: string,
  value: ConfigValue,
  environment: string,
  worker: { from: string; to: string },
): ConfigValue {
  if (Array.isArray(value)) return value.map((each) => renameIn(path, each, environment, worker));
  if (!isTable(value)) return value;
  const entries = Object.entries(value).map(([field, inner]) => {
    const rename = OWN[path]?.[field];
    if (rename) return [field, rename(inner, environment)];
    if (WORKER_FIELDS.includes(field) && inner === worker.from) return [field, worker.to];
    return [field, renameIn(`${path}.${field}`, inner, environment, worker)];
  });
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined)) as ConfigTable;
}
