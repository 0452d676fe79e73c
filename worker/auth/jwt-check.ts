/** Tokens of an identity provider, such as Microsoft Entra or Cloudflare Access, in place of keys. */
import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTPayload } from "jose";
import { fail, ok, type Failure, type Result } from "../errors.ts";
import { writeLog } from "../observe/log.ts";
import { sha256Hex } from "../sha256.ts";
import type { Caller } from "./caller.ts";
import type { JwtSettings } from "./jwt-settings.ts";
import { SCOPES, type Scope } from "./scope.ts";

/** The caller whose token it is. */
export type TokenCheck = (token: string) => Promise<Result<Caller>>;

/** Signed by a key that only the issuer has: with a shared secret, or without any, whoever can check a token can make one. */
const ALGORITHMS = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519".split(" ");

/** Seconds by which clocks may differ. */
const CLOCK_TOLERANCE_S = 30;

/** Milliseconds for the issuer's keys to come. */
const JWKS_TIMEOUT_MS = 3_000;

/** Milliseconds for which an isolate uses them, so that one that is withdrawn is not taken for long. */
const JWKS_MAX_AGE_MS = 600_000;

/** Milliseconds after they came until a token of an unknown key has them asked for again: anybody can send such tokens. */
const JWKS_COOLDOWN_MS = 30_000;

/** Milliseconds for which they are not asked for after they did not come. */
const JWKS_PAUSE_MS = 5_000;

/** What a token looks like: three parts in base64url. */
export function isToken(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text);
}

/** @param fetch - The global one. @param now - Milliseconds. */
export function tokenCheck(
  { issuer, audiences, jwksUrl, scopes, requestsPerMinute, tokensPerDay }: JwtSettings,
  fetch: typeof globalThis.fetch,
  now: () => number,
): TokenCheck {
  // Of jose: in a Worker no request waits for another one's fetch, and redirects are not followed.
  const keys = createRemoteJWKSet(jwksUrl, {
    timeoutDuration: JWKS_TIMEOUT_MS,
    cacheMaxAge: JWKS_MAX_AGE_MS,
    cooldownDuration: JWKS_COOLDOWN_MS,
    [customFetch]: withPauses(fetch, now),
  });
  return async (token) => {
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, keys, {
        issuer,
        audience: [...audiences],
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_S,
        currentDate: new Date(now()),
        requiredClaims: ["exp"],
      }));
    } catch (error) {
      return fail(failureOf(error));
    }
    // A service token of Access has no subject but a name.
    const subject = payload.sub || payload["common_name"];
    if (typeof subject !== "string" || subject === "") {
      return fail({ kind: "invalid_token", problem: "names no subject" });
    }
    return ok({
      name: `jwt:${(await sha256Hex(`${issuer}\n${subject}`)).slice(0, 16)}`,
      scopes: scopes ?? scopesOf(payload),
      requestsPerMinute,
      tokensPerDay,
      origins: undefined,
    });
  };
}

/** Those of our scopes that a token names: in `scp` or `scope`, apart by spaces, or in the list `roles`. Entra has `scp` for people, `roles` for programs. */
function scopesOf({ scp, scope, roles }: JWTPayload): Scope[] {
  const named = [scp, scope, roles].flatMap((claim) =>
    typeof claim === "string" ? claim.split(" ") : Array.isArray(claim) ? claim : [],
  );
  return SCOPES.filter((each) => named.includes(each));
}

function failureOf(error: unknown): Failure {
  if (error instanceof errors.JWTExpired) return invalid("has expired");
  if (error instanceof errors.JWTClaimValidationFailed) {
    return invalid(`has not the right ${error.claim}`);
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return invalid("is signed by an algorithm that is not taken");
  }
  if (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JWSSignatureVerificationFailed
  ) {
    return invalid("is not signed by a key of the issuer");
  }
  if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid) {
    return invalid("cannot be read");
  }
  writeLog({ level: "error", event: "keys", problem: `JWKS: ${(error as Error).name}` });
  return { kind: "api_keys_unavailable" };
}

function invalid(problem: string): Failure {
  return { kind: "invalid_token", problem };
}

/** After an address did not answer well, it is left alone for a moment: each request with a token would wait for it. */
function withPauses(fetch: typeof globalThis.fetch, now: () => number) {
  let pausedUntilMs = -Infinity;
  return async (url: string, init: RequestInit): Promise<Response> => {
    if (now() < pausedUntilMs) throw new Error("the issuer's keys did not come a moment ago");
    try {
      const response = await fetch(url, init);
      if (response.status !== 200) pausedUntilMs = now() + JWKS_PAUSE_MS;
      return response;
    } catch (error) {
      pausedUntilMs = now() + JWKS_PAUSE_MS;
      throw error;
    }
  };
}
