import { CANARY } from "./hostile-json.ts";

/**
 * A refusal is the caller's fault, and quotes no text of the request; where something is wrong, the names of its fields may say.
 * @param names - Further texts that name fields.
 */
export function checkRefusal(status: number, body: object, names: readonly unknown[] = []): void {
  // Not `expect`, which is the slower part of a million cases.
  if (status < 400 || status >= 500) throw new Error(`a refusal of status ${status}`);
  const text = names
    .filter((name) => typeof name === "string" && name !== "")
    .reduce<string>((rest, name) => rest.replaceAll(escaped(name), ""), JSON.stringify(body));
  if (text.includes(CANARY)) throw new Error(`a refusal that quotes its request: ${text}`);
}

/** As it stands within a JSON text. */
function escaped(name: unknown): string {
  return JSON.stringify(name).slice(1, -1);
}
