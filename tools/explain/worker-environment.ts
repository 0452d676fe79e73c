/** What the Worker's code finds in its `env`: the variables of wrangler.toml, those of the command line before them, and its bindings. */
import { UsageError, UserError } from "../user-error.ts";

/**
 * Variables by name, and of each binding a stand-in that is there. Secrets are not in wrangler.toml: who has one names it among `overrides`.
 *
 * @param config - Path of a wrangler.toml.
 * @param overrides - `NAME:VALUE`, as wrangler's `--var` takes them.
 * @throws UserError if the file cannot be read, UsageError if an override has no name or no colon
 */
export async function workerEnvironment(
  config: string,
  overrides: readonly string[],
): Promise<Record<string, unknown>> {
  const variables = Object.fromEntries(overrides.map(readOverride));
  // Loaded only here: it takes a second, and no other command needs it.
  const { unstable_readConfig: readConfig } = await import("wrangler");
  let worker;
  try {
    worker = readConfig({ config }, { hideWarnings: true });
  } catch (error) {
    throw new UserError(`${config} cannot be read (${(error as Error).message}).`);
  }
  const { vars, services = [], ai, kv_namespaces: namespaces, r2_buckets: buckets } = worker;
  const bindings = [...services, ...namespaces, ...buckets, ...(ai ? [ai] : [])];
  return {
    ...Object.fromEntries(bindings.map(({ binding }) => [binding, {}])),
    ...vars,
    ...variables,
  };
}

function readOverride(text: string): [string, string] {
  const colon = text.indexOf(":");
  if (colon < 1) throw new UsageError(`--var is "${text}". It must be NAME:VALUE.`);
  return [text.slice(0, colon), text.slice(colon + 1)];
}
