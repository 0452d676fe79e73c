/**
 * The form of API keys, as GitHub's tokens have it: a prefix that scanners for secrets know, random characters, and a checksum, so that
 * a mistyped key is told without looking for it.
 *
 * A scanner finds secret keys by `\brk_[0-9A-Za-z]{38}\b`, publishable ones by `\brkp_[0-9A-Za-z]{38}\b`.
 * @see https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
 */

/** `secret` belongs on servers alone; `publishable` may stand in a page. */
export type KeyKind = "secret" | "publishable";

const PREFIXES: Readonly<Record<KeyKind, string>> = { secret: "rk_", publishable: "rkp_" };

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** 190 bits. */
const RANDOM_CHARS = 32;

/** Of base 62 that 32 bits need. */
const CHECKSUM_CHARS = 6;

const FORM = new RegExp(`^(rkp?_)([0-9A-Za-z]{${RANDOM_CHARS}})([0-9A-Za-z]{${CHECKSUM_CHARS}})$`);

/** A new key. */
export function makeApiKey(kind: KeyKind): string {
  const start = PREFIXES[kind] + randomDigits();
  return start + checksum(start);
}

/** @returns undefined of a text that is no key: another form, or a checksum that is wrong */
export function kindOfKey(key: string): KeyKind | undefined {
  const [, prefix = "", random = "", sum] = FORM.exec(key) ?? [];
  if (sum === undefined || sum !== checksum(prefix + random)) return undefined;
  return prefix === PREFIXES.publishable ? "publishable" : "secret";
}

/** Bytes over the last multiple of 62 are thrown away, so that each digit is as likely as any other. */
function randomDigits(): string {
  let digits = "";
  while (digits.length < RANDOM_CHARS) {
    for (const byte of crypto.getRandomValues(new Uint8Array(RANDOM_CHARS))) {
      if (byte < 248 && digits.length < RANDOM_CHARS) digits += DIGITS[byte % 62];
    }
  }
  return digits;
}

function checksum(text: string): string {
  let rest = crc32(new TextEncoder().encode(text));
  let digits = "";
  for (let place = 0; place < CHECKSUM_CHARS; place++) {
    digits = DIGITS[rest % 62] + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

/** CRC-32 as zip and PNG have it, a bit at a time: 35 characters need no table. */
function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}
