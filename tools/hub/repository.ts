import { UsageError, UserError } from "../user-error.ts";

/** A model repository at one place and revision. */
export interface HubRepository {
  /** `org/name`, or `name` for the hub's oldest. */
  name: string;
  /** Branch, tag or commit. */
  revision: string;
  /** Base address of the hub, without a slash at the end. */
  endpoint: string;
  accessToken: string | undefined;
}

const DEFAULT_ENDPOINT = "https://huggingface.co";

/**
 * The repository that the user means, at `HF_ENDPOINT` and with `HF_TOKEN` if they are set.
 * @throws UsageError if the name is none
 * @throws UserError if a variable holds something else
 */
export function hubRepository(
  name: string,
  revision: string,
  env: Readonly<Record<string, string | undefined>>,
): HubRepository {
  if (!/^([\w-][\w.-]*\/)?[\w-][\w.-]*$/.test(name)) {
    throw new UsageError(`"${name}" is not the name of a model: it has the form org/name.`);
  }
  const endpoint = (env["HF_ENDPOINT"] || DEFAULT_ENDPOINT).replace(/\/+$/, "");
  if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? "")) {
    throw new UserError(
      `HF_ENDPOINT is "${endpoint}", not an http or https address. Mend or unset it.`,
    );
  }
  const accessToken = env["HF_TOKEN"]?.trim() || undefined;
  if (accessToken !== undefined && !/^hf_[\x21-\x7e]+$/.test(accessToken)) {
    throw new UserError(
      `HF_TOKEN is not a token of the hub: those start with "hf_". Mend or unset it.`,
    );
  }
  return { name, revision, endpoint, accessToken };
}

/** The token as the hub's library takes it. */
export function credentials({ accessToken }: HubRepository): { accessToken?: string } {
  return accessToken === undefined ? {} : { accessToken };
}
