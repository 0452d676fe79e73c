/**
 * What the operator says of a backend, checked. Pure.
 *
 * Three variables are enough: BACKEND_URL, BACKEND_PROTOCOL and the secret BACKEND_API_KEY. Nothing has a silent default that could send texts
 * or keys where they were not meant to go.
 */
import * as z from "zod";
import {
  isLoopback,
  problemsOf,
  text,
  wholeNumber,
  word,
  type Checked,
} from "../setting-values.ts";
import type { BackendLimits } from "./backend.ts";
import type { Credentials } from "./credentials.ts";

export const BACKEND_PROTOCOLS = [
  "azure-ml",
  "tei",
  "infinity",
  "vllm",
  "cohere",
  "jina",
  "nim",
  "workers-ai",
  "rerank",
] as const;

export type BackendProtocolName = (typeof BACKEND_PROTOCOLS)[number];

/** Bodies that an Azure ML endpoint may take. */
export const AZURE_GENERATIONS = ["a", "b", "c"] as const;

export type AzureGeneration = (typeof AZURE_GENERATIONS)[number];

export interface BackendSettings {
  /** Null: a binding of the Worker. */
  address: URL | null;
  protocol: BackendProtocolName;
  /** Name under which it knows its model. */
  model: string | undefined;
  credentials: Credentials;
  /** Value of `azureml-model-deployment`. */
  deployment: string | undefined;
  azureGeneration: AzureGeneration;
  /** What was set; the rest is the protocol's own. */
  limits: Omit<BackendLimits, "maxDocuments" | "maxTokens"> &
    Partial<Pick<BackendLimits, "maxDocuments" | "maxTokens">>;
}

/** Protocols that a binding can carry instead of an address, with the binding's name. */
export const BINDINGS: Readonly<Partial<Record<BackendProtocolName, "BACKEND" | "AI">>> = {
  rerank: "BACKEND",
  "workers-ai": "AI",
};

/** Protocols whose servers refuse a call that names no model. */
const NEED_A_MODEL: readonly BackendProtocolName[] = ["cohere", "jina", "nim"];

const variables = z.object({
  BACKEND_URL: text,
  BACKEND_PROTOCOL: word(BACKEND_PROTOCOLS),
  BACKEND_MODEL: text,
  BACKEND_API_KEY: text,
  BACKEND_API_KEY_HEADER: text.refine((name) => name === undefined || /^[\w-]+$/.test(name), {
    error: "must be the name of a header",
  }),
  BACKEND_AUTH: word(["key", "entra", "none"]),
  BACKEND_TENANT_ID: text,
  BACKEND_CLIENT_ID: text,
  BACKEND_CLIENT_SECRET: text,
  BACKEND_AUTHORITY: text,
  BACKEND_DEPLOYMENT: text,
  BACKEND_AZURE_GENERATION: word(AZURE_GENERATIONS),
  BACKEND_MAX_DOCUMENTS: wholeNumber(1, 10_000, undefined),
  BACKEND_MAX_TOKENS: wholeNumber(1, 10_000_000, undefined),
  BACKEND_CONCURRENCY: wholeNumber(1, 6, 6),
  BACKEND_TIMEOUT_MS: wholeNumber(1, 300_000, 10_000),
  BACKEND_RETRIES: wholeNumber(0, 10, 2),
  BACKEND_HEDGE: word(["on", "off"]),
});

/** Names of all variables of a backend. */
export const BACKEND_VARIABLES = Object.keys(variables.shape);

const MICROSOFT_LOGIN = "https://login.microsoftonline.com";

type Values = z.output<typeof variables>;

/**
 * The backend that variables describe; null if they describe none.
 *
 * @param env - Texts by variable, and the bindings BACKEND and AI.
 * @returns or one sentence for each thing that is wrong, without any secret.
 */
export function readBackendSettings(
  env: Readonly<Record<string, unknown>>,
): Checked<BackendSettings | null> {
  const parsed = variables.safeParse(env);
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error) };
  const values = parsed.data;
  const { BACKEND_PROTOCOL: protocol } = values;
  if (protocol === undefined) {
    const set = BACKEND_VARIABLES.filter((name) => env[name]);
    if (set.length === 0) return { ok: true, value: null };
    const words = BACKEND_PROTOCOLS.join(", ");
    return wrong(`BACKEND_PROTOCOL is missing beside ${set.join(", ")}: one of ${words}`);
  }
  if (NEED_A_MODEL.includes(protocol) && values.BACKEND_MODEL === undefined)
    return wrong(
      `BACKEND_PROTOCOL is ${protocol}, and BACKEND_MODEL, the model's name there, is missing`,
    );
  const address = readAddress(values, protocol, env);
  if (!address.ok) return address;
  const credentials = readCredentials(values, address.value);
  if (!credentials.ok) return credentials;
  return {
    ok: true,
    value: {
      address: address.value,
      protocol,
      model: values.BACKEND_MODEL,
      credentials: credentials.value,
      deployment: values.BACKEND_DEPLOYMENT,
      azureGeneration: values.BACKEND_AZURE_GENERATION ?? "c",
      limits: {
        ...(values.BACKEND_MAX_DOCUMENTS && { maxDocuments: values.BACKEND_MAX_DOCUMENTS }),
        ...(values.BACKEND_MAX_TOKENS && { maxTokens: values.BACKEND_MAX_TOKENS }),
        maxConcurrency: values.BACKEND_CONCURRENCY,
        timeoutMs: values.BACKEND_TIMEOUT_MS,
        maxRetries: values.BACKEND_RETRIES,
        hedge: values.BACKEND_HEDGE === "on",
      },
    },
  };
}

function readAddress(
  { BACKEND_URL: url }: Values,
  protocol: BackendProtocolName,
  env: Readonly<Record<string, unknown>>,
): Checked<URL | null> {
  const binding = BINDINGS[protocol];
  if (url === undefined) {
    if (binding !== undefined && env[binding]) return { ok: true, value: null };
    const instead = binding === undefined ? "" : `, or the binding ${binding}`;
    return wrong(`BACKEND_PROTOCOL is ${protocol}, and BACKEND_URL${instead} is missing`);
  }
  const address = URL.parse(url);
  if (address === null || !["http:", "https:"].includes(address.protocol))
    return wrong("BACKEND_URL must be an address with http:// or https://");
  if (address.username || address.password || address.hash)
    return wrong("BACKEND_URL must have no user name, password or fragment");
  return { ok: true, value: address };
}

function readCredentials(values: Values, address: URL | null): Checked<Credentials> {
  const { BACKEND_API_KEY: key } = values;
  const isOpen = address === null || address.protocol === "http:";
  const auth = values.BACKEND_AUTH ?? (key !== undefined || !isOpen ? "key" : "none");
  if (auth === "none")
    return key === undefined
      ? { ok: true, value: { kind: "none" } }
      : wrong("BACKEND_API_KEY is set, and BACKEND_AUTH is none");
  if (isOpen && address !== null && !isLoopback(address))
    return wrong("BACKEND_URL must have https://: a key would be sent for all to read");
  if (auth === "key")
    return key === undefined
      ? wrong(
          "BACKEND_API_KEY is missing: set it with `npx wrangler secret put BACKEND_API_KEY`, or BACKEND_AUTH to none if the backend takes no key",
        )
      : {
          ok: true,
          value: {
            kind: "key",
            key,
            header: values.BACKEND_API_KEY_HEADER?.toLowerCase() ?? "authorization",
          },
        };
  const {
    BACKEND_TENANT_ID: tenantId,
    BACKEND_CLIENT_ID: clientId,
    BACKEND_CLIENT_SECRET: clientSecret,
    BACKEND_AUTHORITY: authority = MICROSOFT_LOGIN,
  } = values;
  if (!tenantId || !clientId || !clientSecret)
    return wrong(
      "BACKEND_AUTH is entra, which needs BACKEND_TENANT_ID, BACKEND_CLIENT_ID and the secret BACKEND_CLIENT_SECRET",
    );
  const authorityUrl = URL.parse(authority);
  if (!authorityUrl || (authorityUrl.protocol !== "https:" && !isLoopback(authorityUrl)))
    return wrong("BACKEND_AUTHORITY must be an address with https://");
  return { ok: true, value: { kind: "entra", authority, tenantId, clientId, clientSecret } };
}

function wrong(problem: string): { ok: false; problems: string[] } {
  return { ok: false, problems: [problem] };
}
