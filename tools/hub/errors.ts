/** What the hub's failures mean to the user. */
import { HubApiError, InvalidApiResponseFormatError } from "@huggingface/hub";
import { UserError } from "../user-error.ts";
import type { HubRepository } from "./repository.ts";

/** A failure of a hub request as a text that says what to do; anything but a hub or network failure is returned as it is. */
export function explainHubError(error: unknown, repository: HubRepository): unknown {
  const { name, revision, endpoint, accessToken } = repository;
  const connection = connectionProblem(error);
  if (connection !== undefined) {
    return new UserError(
      `Cannot reach ${endpoint} (${connection}). Check the network, HF_ENDPOINT, and behind a proxy set NODE_USE_ENV_PROXY=1 and HTTPS_PROXY; then run the command again, it goes on where it stopped.`,
    );
  }
  if (error instanceof InvalidApiResponseFormatError || error instanceof SyntaxError) {
    return new UserError(
      `${endpoint} does not answer like the hub (${error.message}). Check HF_ENDPOINT.`,
    );
  }
  if (!(error instanceof HubApiError)) return error;
  const status = error.statusCode;
  if (status === 404) {
    return new UserError(
      `${endpoint} has no model ${name} with a revision ${revision}. Check the name (org/name) and --revision; a private model needs HF_TOKEN.`,
    );
  }
  if (status === 401 && accessToken !== undefined) {
    return new UserError(
      `${endpoint} refuses the token in HF_TOKEN (401). Make a new one at ${endpoint}/settings/tokens.`,
    );
  }
  if (status === 401) {
    return new UserError(
      `${name} does not exist, or is private or gated (401). Check the name; if it is right, set HF_TOKEN to a token from ${endpoint}/settings/tokens.`,
    );
  }
  if (status === 403) {
    return new UserError(
      `${name} is gated, and ${accessToken === undefined ? "HF_TOKEN is not set" : "HF_TOKEN has no access to it"} (403). Ask for access at ${endpoint}/${name}, then set HF_TOKEN.`,
    );
  }
  return new UserError(`${endpoint} answered ${status} for ${error.url}. Try again later.`);
}

/** The system's word for a failed connection, undefined for any other error. */
export function connectionProblem(error: unknown): string | undefined {
  if (!(error instanceof TypeError)) return undefined;
  const { cause } = error;
  if (!(cause instanceof Error)) return undefined;
  return (cause as NodeJS.ErrnoException).code ?? cause.message;
}
