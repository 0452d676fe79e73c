/** Which of the served models a request's `model` means. Pure. */

/** Names every client may send for the default model: what tools fill in when their user names none. */
const COMMON_ALIASES = ["", "default", "default/not-specified"];

/**
 * The name of the model that is meant: the default one if none is asked for; a model's own name before another's alias, and an alias before a
 * name without its organisation. Undefined if there is none.
 *
 * @param served - Names of all models, the default one first; at least one.
 * @param aliases - The operator's further names for the default model.
 */
export function nameOf(
  requested: string | undefined,
  served: readonly string[],
  aliases: readonly string[],
): string | undefined {
  if (requested === undefined) return served[0];
  if (served.includes(requested)) return requested;
  if ([...COMMON_ALIASES, ...aliases].includes(requested)) return served[0];
  return served.find((name) => name.replace(/^.*\//, "") === requested);
}

/** The operator's further names for the default model, of the setting MODEL_ALIASES. */
export function parseAliases(setting: string): string[] {
  return setting
    .split(",")
    .map((alias) => alias.trim())
    .filter((alias) => alias !== "");
}
