/** What the operator has set about tokens of an identity provider: RERANK_JWT_…. Pure. */
import * as z from "zod";
import { isLoopback, problemsOf, text, wholeNumber, type Checked } from "../setting-values.ts";
import { SCOPES, type Scope } from "./scope.ts";

export interface JwtSettings {
  /** The claim `iss`, to the letter. */
  issuer: string;
  /** The claim `aud` must have one of these. */
  audiences: readonly string[];
  /** Where the issuer's public keys are. */
  jwksUrl: URL;
  /** What every caller with a token may do; undefined: what the token's claims say. */
  scopes: readonly Scope[] | undefined;
  /** Of each caller with a token; undefined: no limit. */
  requestsPerMinute: number | undefined;
  /** Of each caller with a token in a UTC day; undefined: no limit. */
  tokensPerDay: number | undefined;
}

const MOST_REQUESTS_PER_MINUTE = 1_000_000;
const MOST_TOKENS_PER_DAY = 1_000_000_000_000;

const variables = z.object({
  RERANK_JWT_ISSUER: text,
  RERANK_JWT_AUDIENCE: text,
  RERANK_JWT_JWKS_URL: text,
  RERANK_JWT_SCOPES: text,
  RERANK_JWT_RATE: wholeNumber(1, MOST_REQUESTS_PER_MINUTE, undefined),
  RERANK_JWT_TOKENS_PER_DAY: wholeNumber(1, MOST_TOKENS_PER_DAY, undefined),
});

export const JWT_VARIABLES = Object.keys(variables.shape);

/** Issuers of Cloudflare Access, whose keys are at a place that is known. */
const ACCESS_HOST = /\.cloudflareaccess\.com$/;

/** The settings; null if no issuer is set: then there are no tokens. */
export function readJwtSettings(
  env: Readonly<Record<string, unknown>>,
): Checked<JwtSettings | null> {
  const parsed = variables.safeParse(env);
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error) };
  const { RERANK_JWT_ISSUER: issuer, ...others } = parsed.data;
  if (issuer === undefined) {
    const set = Object.entries(others).find(([, value]) => value !== undefined);
    return set === undefined
      ? { ok: true, value: null }
      : wrong(`RERANK_JWT_ISSUER is missing beside ${set[0]}`);
  }
  const audiences = listOf(others.RERANK_JWT_AUDIENCE);
  if (audiences.length === 0) return wrong("RERANK_JWT_AUDIENCE is missing: what tokens are for");
  const jwksUrl = jwksUrlOf(issuer, others.RERANK_JWT_JWKS_URL);
  if (typeof jwksUrl === "string") return wrong(jwksUrl);
  const scopes = z.array(z.enum(SCOPES)).safeParse(listOf(others.RERANK_JWT_SCOPES));
  if (!scopes.success) return wrong(`RERANK_JWT_SCOPES must be of ${SCOPES.join(", ")}`);
  return {
    ok: true,
    value: {
      issuer,
      audiences,
      jwksUrl,
      scopes: scopes.data.length > 0 ? scopes.data : undefined,
      requestsPerMinute: others.RERANK_JWT_RATE,
      tokensPerDay: others.RERANK_JWT_TOKENS_PER_DAY,
    },
  };
}

/** The address, or what is wrong with it. Who could change the keys on their way could sign any token. */
function jwksUrlOf(issuer: string, set: string | undefined): URL | string {
  const address = URL.parse(set ?? issuer);
  if (set !== undefined) {
    return address !== null && (address.protocol === "https:" || isLoopback(address))
      ? address
      : "RERANK_JWT_JWKS_URL must be an address with https://";
  }
  return address?.protocol === "https:" && ACCESS_HOST.test(address.hostname)
    ? new URL("/cdn-cgi/access/certs", address)
    : "RERANK_JWT_JWKS_URL is missing: where the issuer's keys are";
}

function listOf(value: string | undefined): string[] {
  return (value ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter(Boolean);
}

function wrong(problem: string): { ok: false; problems: string[] } {
  return { ok: false, problems: [problem] };
}
