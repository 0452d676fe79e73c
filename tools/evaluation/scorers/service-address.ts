import { UserError } from "../../user-error.ts";

/** A service's address without slashes at its end. @throws UserError if it is none */
export function serviceAddress(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new UserError(`"${url}" is not the address of a service, such as http://localhost:8787.`);
  }
  return url.replace(/\/+$/, "");
}

/** Headers of a request that carries JSON. @param apiKey - Sent as a bearer token; undefined or empty: none. */
export function jsonHeaders(apiKey: string | undefined): Record<string, string> {
  return {
    "content-type": "application/json",
    ...(apiKey && { authorization: `Bearer ${apiKey}` }),
  };
}
