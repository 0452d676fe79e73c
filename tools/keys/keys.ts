/** `keys`: makes, lists, exchanges and revokes the API keys of a deployment. */
import type { KeyRecord } from "../../worker/auth/key-record.ts";
import type { Command, CommandArguments, Terminal } from "../command-line.ts";
import { PRODUCTION } from "../deploy/environment.ts";
import { UsageError, UserError } from "../user-error.ts";
import { describeRecord } from "./describe-record.ts";
import { durationMs } from "./duration.ts";
import { KvRecords } from "./kv-records.ts";
import { keyLike, keyOfOptions, timeOf } from "./new-key.ts";

export const keysCommand: Command = {
  summary: "make, list, rotate and revoke API keys",
  help: `  create NAME --scopes LIST   make a key, and print it this once: only its SHA-256 is kept
  list                        print what is kept of each key, the youngest first
  rotate NAME                 make another key with the same rights; the old one works until --overlap is over
  revoke NAME                 delete all keys of the name; they stop to work within about a minute

The key is printed to the standard output, and what is to be said of it to the standard error.

--scopes LIST       comma-separated: rerank, score, jobs (with files), metrics
--rate N            requests a minute; without it no limit, of a publishable key 60
--tokens-per-day N  tokens that the model may read a UTC day; without it no limit
--expires TIME      in how long it expires, such as 90d; without it never
--publishable       a key that may stand in a page of --origins, for rerank and score alone
--origins LIST      comma-separated, such as https://shop.example
--overlap TIME      how long the old key works beside the new one, 24h by default
--local             of wrangler dev on this machine, and not of the deployment
--persist-to DIR    with --local: where that wrangler dev keeps its state
--env NAME          of another environment than production, as npm run deploy has it
--print             of create: prints the record, for a line of the secret RERANK_API_KEYS, and stores nothing;
                    the key is then written to the standard error

docs/keys.md is the guide.`,
  positionals: ["ACTION", "[NAME]"],
  options: {
    scopes: { type: "string" },
    rate: { type: "string" },
    "tokens-per-day": { type: "string" },
    expires: { type: "string" },
    publishable: { type: "boolean" },
    origins: { type: "string" },
    overlap: { type: "string" },
    local: { type: "boolean" },
    "persist-to": { type: "string" },
    env: { type: "string" },
    print: { type: "boolean" },
  },
  run,
};

/** What an action works with. */
interface Work {
  options: CommandArguments["options"];
  records: KvRecords;
  terminal: Terminal;
  nowMs: number;
}

/** The options of each action, beside those of the place. */
const ACTIONS: Readonly<
  Record<string, { options: readonly string[]; run: (name: string, work: Work) => Promise<void> }>
> = {
  create: {
    options: ["scopes", "rate", "tokens-per-day", "expires", "publishable", "origins", "print"],
    run: create,
  },
  list: { options: [], run: (_, work) => list(work) },
  rotate: { options: ["overlap"], run: rotate },
  revoke: { options: [], run: revoke },
};

const PLACE = ["local", "persist-to", "env"];

async function run(
  { positionals: [action = "", name], options }: CommandArguments,
  terminal: Terminal,
): Promise<void> {
  const known = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (known === undefined) {
    throw new UsageError(`ACTION must be one of ${Object.keys(ACTIONS).join(", ")}.`);
  }
  if ((name === undefined) !== (action === "list")) {
    throw new UsageError(action === "list" ? "list has no NAME." : "NAME is missing.");
  }
  const foreign = Object.keys(options).find((each) => ![...known.options, ...PLACE].includes(each));
  if (foreign !== undefined) throw new UsageError(`${action} has no option --${foreign}.`);
  const { local, env, "persist-to": state } = options;
  const records = new KvRecords({
    isLocal: local === true,
    state: typeof state === "string" ? state : undefined,
    environment: typeof env === "string" ? env : PRODUCTION,
  });
  await known.run(name ?? "", { options, records, terminal, nowMs: Date.now() });
}

async function create(name: string, { options, records, terminal, nowMs }: Work): Promise<void> {
  const { key, record } = await keyOfOptions(name, options, nowMs);
  if (options["print"] === true) {
    terminal.stderr.write(`${key}\n`);
    terminal.print(JSON.stringify(record));
    return;
  }
  // Jobs and files belong to the name: it must not come to somebody else unawares.
  if ((await named(name, records)).length > 0) {
    throw new UserError(`there is a key "${name}". Rotate or revoke it, or take another name.`);
  }
  await records.put([record]);
  show(key, record, terminal);
}

async function list({ records, terminal }: Work): Promise<void> {
  const all = await records.list();
  for (const record of all) terminal.print(describeRecord(record));
  if (all.length === 0) terminal.stderr.write("There are no keys.\n");
}

async function rotate(name: string, { options, records, terminal, nowMs }: Work): Promise<void> {
  const overlap = options["overlap"];
  const overlapMs = durationMs(typeof overlap === "string" ? overlap : "24h", "overlap");
  const old = await existing(name, records);
  const { key, record } = await keyLike(old[0]!, nowMs);
  const endsAt = timeOf(nowMs + overlapMs);
  const ending = old
    .filter(({ expiresAt }) => expiresAt === undefined || expiresAt > endsAt)
    .map((each) => ({ ...each, expiresAt: endsAt }));
  await records.put([record, ...ending]);
  show(key, record, terminal);
  terminal.stderr.write(`The old key works until ${endsAt}.\n`);
}

async function revoke(name: string, { records, terminal }: Work): Promise<void> {
  const old = await existing(name, records);
  await records.delete(old);
  terminal.stderr.write(
    `${old.length} revoked. Within about a minute no isolate takes it any more.\n`,
  );
}

async function named(name: string, records: KvRecords): Promise<KeyRecord[]> {
  return (await records.list()).filter((record) => record.name === name);
}

async function existing(name: string, records: KvRecords): Promise<KeyRecord[]> {
  const found = await named(name, records);
  if (found.length === 0) throw new UserError(`there is no key "${name}".`);
  return found;
}

function show(key: string, record: KeyRecord, terminal: Terminal): void {
  terminal.print(key);
  terminal.stderr.write(`${describeRecord(record)}\n`);
  terminal.stderr.write(
    "The key is shown this once. It works as soon as the deployment has learnt of it: within a minute.\n",
  );
}
