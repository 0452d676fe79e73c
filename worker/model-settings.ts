/** The setting MODELS: the models that are served beside the bundled ones. Pure. */
import * as z from "zod";

/** A packed model in the bucket that is bound as MODEL_BUCKET. */
export interface BucketModelSetting {
  name: string;
  source: "r2";
  /** Before the names of its files, such as `models/mine/`. Ends in a slash. */
  prefix: string;
  /** Of the only model that may stand there: the `digest` of its model.json. */
  digest?: string | undefined;
}

/** A model that only a backend has. */
export interface BackendModelSetting {
  name: string;
  source: "backend";
  /** Where it is and how it is asked. */
  backend: Readonly<Record<string, string>>;
}

export type ModelSetting = BucketModelSetting | BackendModelSetting;

export type ParsedModelSettings =
  | { ok: true; value: ModelSetting[] }
  /** `problem` is a sentence for the operator that begins with `MODELS`. It quotes names and keys, never a value of a backend's. */
  | { ok: false; problem: string };

const name = z
  .string({ error: "must be a text" })
  .min(1, { error: "must not be empty" })
  .max(200, { error: "must not be longer than 200 characters" });

const backendValue = z
  .string({ error: "must be a text" })
  .min(1, { error: "must not be empty" })
  .optional();

const setting = z.discriminatedUnion(
  "source",
  [
    z.strictObject({
      name,
      source: z.literal("r2"),
      prefix: z
        .string({ error: "must be a text such as models/mine/" })
        .regex(/^[^/].*\/$/, { error: "must end in a slash and not start with one" }),
      digest: z
        .string({ error: "must be a text" })
        .regex(/^[0-9a-f]{64}$/, { error: "must be the digest in its model.json" })
        .optional(),
    }),
    z.strictObject({
      name,
      source: z.literal("backend"),
      url: backendValue,
      protocol: backendValue,
      model: backendValue,
      api_key: backendValue,
      auth: z.enum(["key", "none"], { error: 'must be "key" or "none"' }).optional(),
    }),
  ],
  { error: 'must be "r2" or "backend"' },
);

const settings = z.array(setting, { error: "must be a list of models" });

/**
 * The models of the setting MODELS: a list, or its JSON text.
 *
 * @param value - Absent or empty: no further models.
 * @param bundled - Names that are taken by the bundled models.
 */
export function parseModelSettings(
  value: unknown,
  bundled: readonly string[] = [],
): ParsedModelSettings {
  if (value === undefined || value === null || value === "") return { ok: true, value: [] };
  let list = value;
  if (typeof value === "string") {
    try {
      list = JSON.parse(value);
    } catch {
      // The parser's own sentence may quote a key.
      return { ok: false, problem: "MODELS is not JSON" };
    }
  }
  const parsed = settings.safeParse(list);
  if (!parsed.success) return { ok: false, problem: problemOf(parsed.error.issues[0]!) };
  const names = [...bundled];
  for (const [index, { name: own }] of parsed.data.entries()) {
    if (names.includes(own)) {
      const problem = `MODELS[${index}].name is ${JSON.stringify(own)}, which another model has`;
      return { ok: false, problem };
    }
    names.push(own);
  }
  return { ok: true, value: parsed.data.map(settingOf) };
}

function settingOf(parsed: z.output<typeof setting>): ModelSetting {
  if (parsed.source === "r2") return parsed;
  const { name: own, source, ...keys } = parsed;
  const given = Object.entries(keys).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return { name: own, source, backend: Object.fromEntries(given) };
}

function problemOf(issue: z.core.$ZodIssue): string {
  const place = issue.path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("");
  if (issue.code === "unrecognized_keys") {
    const keys = issue.keys.map((key) => JSON.stringify(key)).join(", ");
    return `MODELS${place} has the unknown key ${keys}`;
  }
  if (issue.code === "invalid_type" && issue.expected === "object")
    return `MODELS${place} must be an object`;
  return `MODELS${place} ${issue.message}`;
}
