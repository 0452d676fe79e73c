/** The client that a command uses: of a service, or the engine in this process. */
import { RerankClient } from "../client.ts";
import type { ClientOptions } from "../options.ts";
import type { Values } from "./command.ts";
import { CommandError, UsageError } from "./failure.ts";
import { bytesOf } from "./read-documents.ts";
import type { Terminal } from "./terminal.ts";

/** Options of commands that only a service can do. */
export const SERVICE_OPTIONS = {
  server: { type: "string", short: "s" },
  "api-key-file": { type: "string" },
  timeout: { type: "string" },
} as const;

/** Options of commands that ask a service. */
export const CONNECTION_OPTIONS = {
  ...SERVICE_OPTIONS,
  local: { type: "boolean" },
  "local-model": { type: "string" },
} as const;

export const SERVICE_HELP = `  -s, --server URL          the service (default: RERANK_BASE_URL of the environment)
      --api-key-file FILE   holds its key (default: RERANK_API_KEY of the environment, else none)`;

export const CONNECTION_HELP = `${SERVICE_HELP}
      --timeout SECONDS     for each try (default 60); two more follow a failure that may pass
      --local               no service: this process computes, with the model of this package
      --local-model FOLDER  the same with another packed model`;

/** @throws UsageError without an address, CommandError without the key's file */
export async function connect(
  values: Values<typeof CONNECTION_OPTIONS>,
  terminal: Terminal,
): Promise<RerankClient> {
  if (values.local || values["local-model"] !== undefined) return connectLocally(values, terminal);
  return connectToService(values, terminal, {}, "; or do without one, with --local");
}

/**
 * @param options - Of the client, beside its address and key.
 * @param alternative - To a service, at the end of a sentence.
 * @throws UsageError without an address, CommandError without the key's file
 */
export async function connectToService(
  values: Values<typeof SERVICE_OPTIONS>,
  terminal: Terminal,
  options: ClientOptions = {},
  alternative = "",
): Promise<RerankClient> {
  const baseURL = values.server ?? terminal.env["RERANK_BASE_URL"];
  if (!baseURL)
    throw new UsageError(
      `Say where the service is: --server URL, or RERANK_BASE_URL in the environment${alternative}.`,
    );
  if (!URL.canParse(baseURL) || !/^https?:$/.test(new URL(baseURL).protocol))
    throw new UsageError("The service's address must begin with https:// or http://.");
  const timeout = values.timeout === undefined ? undefined : Number(values.timeout) * 1_000;
  if (timeout !== undefined && !(timeout > 0))
    throw new UsageError("--timeout takes seconds, such as 10.");
  return new RerankClient({
    baseURL,
    timeout,
    // An empty key is none: the environment is asked here, not by the client.
    apiKey: (await keyOf(values["api-key-file"], terminal)) ?? "",
    logger: loggerOf(terminal),
    ...options,
  });
}

async function connectLocally(
  values: Values<typeof CONNECTION_OPTIONS>,
  terminal: Terminal,
): Promise<RerankClient> {
  if (values.server !== undefined)
    throw new UsageError("Either a service ranks, or this process: give --server or --local.");
  // The engine is large, and most commands ask a service.
  const { LocalRerankClient } = await import("../local/index.ts");
  return new LocalRerankClient({ model: values["local-model"], logger: loggerOf(terminal) });
}

async function keyOf(file: string | undefined, terminal: Terminal): Promise<string | undefined> {
  if (file === undefined) return terminal.env["RERANK_API_KEY"]?.trim();
  const key = new TextDecoder().decode(await bytesOf(file, terminal)).trim();
  if (/^[\x21-\x7E]+$/.test(key)) return key;
  throw new CommandError(`${file} holds no key: it must be one line of printable characters.`);
}

/** What the client tells goes to stderr: stdout is for results. */
function loggerOf({ stderr }: Terminal) {
  const write = (message: string, facts?: object): void => {
    stderr.write(`${message}${facts ? ` ${JSON.stringify(facts)}` : ""}\n`);
  };
  return { error: write, warn: write, info: write, debug: write };
}
