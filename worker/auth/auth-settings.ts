/** What the operator has set about callers: RERANK_AUTH, the secret RERANK_API_KEYS, and tokens in place of keys. Pure. */
import * as z from "zod";
import { problemsOf, text, word, type Checked } from "../setting-values.ts";
import { JWT_VARIABLES, readJwtSettings, type JwtSettings } from "./jwt-settings.ts";
import { keyRecordSchema, type KeyRecord } from "./key-record.ts";

export interface AuthSettings {
  /** Whether a request needs a key: unless RERANK_AUTH is off. */
  isRequired: boolean;
  /** Of keys that are set as a secret and not in KV. */
  records: readonly KeyRecord[];
  /** Whose tokens are taken, too; null: nobody's. */
  jwt: JwtSettings | null;
}

const variables = z.object({
  RERANK_AUTH: word(["required", "off"]),
  RERANK_API_KEYS: text,
});

export const AUTH_VARIABLES = [...Object.keys(variables.shape), ...JWT_VARIABLES];

/** The settings, or a sentence for each thing that is wrong with them. Never says what a variable was set to. */
export function readAuthSettings(env: Readonly<Record<string, unknown>>): Checked<AuthSettings> {
  const parsed = variables.safeParse(env);
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error) };
  const records = parseRecords(parsed.data.RERANK_API_KEYS ?? "");
  const jwt = readJwtSettings(env);
  if (!records.ok || !jwt.ok) {
    return {
      ok: false,
      problems: [records, jwt].flatMap((each) => (each.ok ? [] : each.problems)),
    };
  }
  const isRequired = parsed.data.RERANK_AUTH !== "off";
  return { ok: true, value: { isRequired, records: records.value, jwt: jwt.value } };
}

/** A line of JSON each, as `npm run tools -- keys create NAME --print` writes them. */
function parseRecords(lines: string): Checked<KeyRecord[]> {
  const records: KeyRecord[] = [];
  const problems: string[] = [];
  for (const [index, line] of lines.split("\n").entries()) {
    if (line.trim() === "") continue;
    const record = keyRecordSchema.safeParse(jsonOf(line));
    if (record.success) records.push(record.data);
    else {
      const [{ path, message } = { path: [], message: "" }] = record.error.issues;
      const what = path.length > 0 ? `${path.join(".")} ${message}` : "is no record of a key";
      problems.push(`RERANK_API_KEYS, line ${index + 1}: ${what}`);
    }
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: records };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
