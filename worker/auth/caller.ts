/** Who calls, once it is known. */
import { SCOPES, type Scope } from "./scope.ts";

export interface Caller {
  /** The key's name, or `jwt:SUBJECT-HASH`; undefined: RERANK_AUTH is off. */
  name: string | undefined;
  /** What it may do. */
  scopes: readonly Scope[];
  /** Requests a minute; undefined: no limit. */
  requestsPerMinute: number | undefined;
  /** Tokens a UTC day; undefined: no limit. */
  tokensPerDay: number | undefined;
  /** Origins whose pages may use it (a publishable key); undefined: a secret key. */
  origins: readonly string[] | undefined;
}

/** Everybody, where RERANK_AUTH is off. */
export const ANYBODY: Caller = {
  name: undefined,
  scopes: SCOPES,
  requestsPerMinute: undefined,
  tokensPerDay: undefined,
  origins: undefined,
};
