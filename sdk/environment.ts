/** A variable of the environment; undefined where there is none, as in browsers, or where it may not be read, as in Deno without a permission. */
export function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  try {
    return process?.env?.[name]?.trim() || undefined;
  } catch {
    return undefined;
  }
}
