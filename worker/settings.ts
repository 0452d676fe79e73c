/** What the operator has set in wrangler.toml, on the command line and as secrets; `docs/deployment.md` lists it. Pure. */
import * as z from "zod";
import { AUTH_VARIABLES, readAuthSettings, type AuthSettings } from "./auth/auth-settings.ts";
import {
  BACKEND_VARIABLES,
  readBackendSettings,
  type BackendSettings,
} from "./backends/backend-settings.ts";
import { LIMITS } from "./limits.ts";
import { LOG_LEVELS } from "./observe/log.ts";
import type { LogLevel } from "./observe/log-lines.ts";
import { parseModelSettings, type BackendModelSetting } from "./model-settings.ts";
import type { RoutingLimits } from "./routing.ts";
import {
  bucketName,
  hostnames,
  origins,
  problemsOf,
  wholeNumber,
  word,
  type Checked,
} from "./setting-values.ts";

export interface Settings {
  auth: AuthSettings;
  routing: RoutingLimits;
  /** Milliseconds of a request that does not say how long it waits. */
  requestTimeoutMs: number;
  /** By the name of the model: the default model's, and those of models that are only at a backend. */
  backends: ReadonlyMap<string, BackendSettings>;
  cache: CacheSettings;
  jobs: JobSettings;
  /** Origins whose pages may call the service; "*" is all of them. */
  allowedOrigins: readonly string[];
  /** Names of hosts under which the service answers; none: any. */
  allowedHosts: readonly string[];
  /** Lines of the log below it are left out. */
  logLevel: LogLevel;
}

export interface JobSettings {
  /** Days after which jobs, their results and uploaded files are deleted. */
  retentionDays: number;
  /** Seconds without a sign of life after which a job's instance counts as dead. */
  staleSeconds: number;
  /** What the bucket JOB_BUCKET is called in addresses such as `r2://rerank-jobs/…`. */
  bucketName: string;
}

export interface CacheSettings {
  /** Where scores are kept: nowhere, in the data centre's cache, or in the KV namespace SCORE_CACHE_KV. */
  store: "off" | "cache" | "kv";
  ttlSeconds: number;
}

/**
 * Milliseconds that a request may ask to wait for its answer at most. Of CPU time, Cloudflare grants no more.
 * @see https://developers.cloudflare.com/workers/platform/limits/#cpu-time
 */
export const MAX_REQUEST_TIMEOUT_MS = 300_000;

const variables = z.object({
  EDGE_MAX_TOKENS: wholeNumber(0, LIMITS.maxEdgeTokens, 4_096),
  EDGE_FALLBACK_MAX_TOKENS: wholeNumber(0, LIMITS.maxEdgeTokens, 16_384),
  REQUEST_TIMEOUT_MS: wholeNumber(1, MAX_REQUEST_TIMEOUT_MS, 60_000),
  SCORE_CACHE: word(["off", "cache", "kv"]),
  SCORE_CACHE_TTL_SECONDS: wholeNumber(60, 30 * 86_400, 3_600),
  JOB_RETENTION_DAYS: wholeNumber(1, 3_650, 30),
  JOB_STALE_SECONDS: wholeNumber(1, 3_600, 30),
  JOB_BUCKET_NAME: bucketName("rerank-jobs"),
  CORS_ALLOWED_ORIGINS: origins,
  ALLOWED_HOSTS: hostnames,
  LOG_LEVEL: word(LOG_LEVELS),
});

/** Those that are read where they are used. */
const OTHER_NAMES = ["MODEL_ALIASES", "MODELS"];

/** Read when the Worker is built: `tools/build-assets.ts`. */
const BUILD_NAMES = ["BUILT_IN_MODELS"];

const NAMES = [
  ...Object.keys(variables.shape),
  ...OTHER_NAMES,
  ...BUILD_NAMES,
  ...BACKEND_VARIABLES,
  ...AUTH_VARIABLES,
];

/** Beginnings of names that are ours: a variable with one of them that we do not know is a mistake. */
const PREFIXES = [
  "BACKEND_",
  "EDGE_",
  "REQUEST_",
  "SCORE_CACHE_",
  "MODEL",
  "JOB_",
  "RERANK_",
  "CORS_",
  "ALLOWED_",
  "LOG_",
  "BUILT_IN_",
];

/** Bindings, which are no variables. */
const BINDINGS = ["SCORE_CACHE_KV", "MODEL_BUCKET", "JOB_BUCKET"];

/**
 * The settings, or one sentence for each thing that is wrong with them. Never says what a variable was set to.
 * @param bundled - Names of the models that the Worker was built with, the default one first.
 */
export function readSettings(
  env: Readonly<Record<string, unknown>>,
  bundled: readonly string[],
): Checked<Settings> {
  const parsed = variables.safeParse(env);
  const auth = readAuthSettings(env);
  const backends = readBackends(env, bundled);
  const problems = [
    ...unknownNames(env, bundled),
    ...(parsed.success ? [] : problemsOf(parsed.error)),
    ...(auth.ok ? [] : auth.problems),
    ...(backends.ok ? [] : backends.problems),
  ];
  if (parsed.success && parsed.data.SCORE_CACHE === "kv" && !env["SCORE_CACHE_KV"])
    problems.push("SCORE_CACHE is kv, and the binding SCORE_CACHE_KV is missing");
  if (!parsed.success || !auth.ok || !backends.ok || problems.length > 0)
    return { ok: false, problems };
  const values = parsed.data;
  return {
    ok: true,
    value: {
      auth: auth.value,
      routing: {
        edgeMaxTokens: values.EDGE_MAX_TOKENS,
        edgeFallbackMaxTokens: values.EDGE_FALLBACK_MAX_TOKENS,
      },
      requestTimeoutMs: values.REQUEST_TIMEOUT_MS,
      backends: backends.value,
      cache: {
        store: values.SCORE_CACHE ?? "off",
        ttlSeconds: values.SCORE_CACHE_TTL_SECONDS,
      },
      jobs: {
        retentionDays: values.JOB_RETENTION_DAYS,
        staleSeconds: values.JOB_STALE_SECONDS,
        bucketName: values.JOB_BUCKET_NAME,
      },
      allowedOrigins: values.CORS_ALLOWED_ORIGINS,
      allowedHosts: values.ALLOWED_HOSTS,
      logLevel: values.LOG_LEVEL ?? "info",
    },
  };
}

/** A model that is only at a backend is at its own if it says where, else at the default model's, under the name of its `model`. */
function readBackends(
  env: Readonly<Record<string, unknown>>,
  bundled: readonly string[],
): Checked<Map<string, BackendSettings>> {
  const backends = new Map<string, BackendSettings>();
  const own = readBackendSettings(env);
  const problems = own.ok ? [] : [...own.problems];
  if (own.ok && own.value) backends.set(bundled[0]!, own.value);
  const models = parseModelSettings(env["MODELS"], bundled);
  if (!models.ok) return { ok: false, problems: [...problems, models.problem] };
  for (const model of models.value) {
    if (model.source === "r2") {
      if (!env["MODEL_BUCKET"])
        problems.push(`MODELS, ${model.name}: the binding MODEL_BUCKET is missing`);
      continue;
    }
    const settings = readModelBackend(model, env);
    if (settings.ok) backends.set(model.name, settings.value);
    else problems.push(...settings.problems.map((problem) => `MODELS, ${model.name}: ${problem}`));
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: backends };
}

/** The backend of one model: the secret is named in MODELS, not written there. */
function readModelBackend(
  { name, backend }: BackendModelSetting,
  env: Readonly<Record<string, unknown>>,
): Checked<BackendSettings> {
  const { url, protocol, auth, api_key: secret, model = name } = backend;
  if (secret !== undefined && !env[secret])
    return wrong("api_key must be the name of a secret that is set, and not the key itself");
  const isElsewhere = [url, protocol, auth, secret].some((value) => value !== undefined);
  const settings = readBackendSettings(
    isElsewhere
      ? {
          BACKEND_URL: url,
          BACKEND_PROTOCOL: protocol,
          BACKEND_MODEL: model,
          BACKEND_AUTH: auth,
          ...(secret !== undefined && { BACKEND_API_KEY: env[secret] }),
          BACKEND: env["BACKEND"],
          AI: env["AI"],
        }
      : { ...env, BACKEND_MODEL: env["BACKEND_PROTOCOL"] ? model : undefined },
  );
  if (!settings.ok) return settings;
  return settings.value === null
    ? wrong("it has no url, and there is no BACKEND_PROTOCOL")
    : { ok: true, value: settings.value };
}

function wrong(problem: string): { ok: false; problems: string[] } {
  return { ok: false, problems: [problem] };
}

/** A secret that a model names as its `api_key` may be called anything. */
function unknownNames(
  env: Readonly<Record<string, unknown>>,
  bundled: readonly string[],
): string[] {
  const models = parseModelSettings(env["MODELS"], bundled);
  const secrets = models.ok
    ? models.value.map((model) => model.source === "backend" && model.backend["api_key"])
    : [];
  return Object.keys(env)
    .filter((name) => PREFIXES.some((prefix) => name.startsWith(prefix)))
    .filter((name) => ![...NAMES, ...BINDINGS, ...secrets].includes(name))
    .map((name) => `${name} is no setting of this service: docs/deployment.md lists them all`);
}
