import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../user-error.ts";

const RETRIED = new Set([429, 502, 503, 504]);
const MAX_ATTEMPTS = 6;
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 60_000;

/**
 * A request that is sent again while the service is overloaded (429, 502, 503, 504): after the time its `Retry-After` names, at most a
 * minute, or else after 0.5, 1, 2, 4 and 8 seconds.
 *
 * @returns an answer with a good status
 * @throws UserError for any other status, an address that cannot be reached, or after six attempts
 */
export async function fetchWithRetry(url: string, init: RequestInit): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url, init).catch((error: unknown) => {
      throw new UserError(`${url} cannot be reached (${causeOf(error)}). Is the service running?`);
    });
    if (response.ok) return response;
    const said = (await response.text()).slice(0, 300).replaceAll(/\s+/g, " ");
    if (!RETRIED.has(response.status) || attempt === MAX_ATTEMPTS) {
      throw new UserError(`${url} answered ${response.status}: ${said}${hint(response.status)}`);
    }
    await sleep(retryAfterMs(response) ?? FIRST_DELAY_MS * 2 ** (attempt - 1));
  }
}

function retryAfterMs({ headers }: Response): number | undefined {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(MAX_DELAY_MS, Math.max(0, ms));
}

function hint(status: number): string {
  if (status === 401 || status === 403) return " The key is read from RERANK_API_KEY.";
  if (status === 404) return " Is this the service's path?";
  if (status === 424) return " A classifier is measured on a set with labels.";
  if (status === 413) return " A smaller --depth makes requests smaller.";
  return status === 429 ? " A smaller --concurrency asks less at once." : "";
}

function causeOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== "" ? cause.message : message;
}
