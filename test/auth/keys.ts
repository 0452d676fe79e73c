/** Keys for tests, with their records. */
import { createHash } from "node:crypto";
import { makeApiKey, type KeyKind } from "../../worker/auth/api-key.ts";
import { keyRecordSchema, type KeyRecord } from "../../worker/auth/key-record.ts";

export interface TestKey {
  key: string;
  record: KeyRecord;
}

export function testKey(
  name: string,
  rights: Partial<KeyRecord> = {},
  kind: KeyKind = "secret",
): TestKey {
  const key = makeApiKey(kind);
  const record = keyRecordSchema.parse({
    name,
    sha256: createHash("sha256").update(key).digest("hex"),
    scopes: ["rerank"],
    createdAt: "2026-01-01T00:00:00.000Z",
    ...rights,
  });
  return { key, record };
}
