import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { kindOfKey, makeApiKey } from "../../worker/auth/api-key.ts";

test("a key is found by scanners for secrets, and says for what it is", () => {
  expect(makeApiKey("secret")).toMatch(/^\brk_[0-9A-Za-z]{38}\b$/);
  expect(makeApiKey("publishable")).toMatch(/^\brkp_[0-9A-Za-z]{38}\b$/);
  expect(kindOfKey(makeApiKey("secret"))).toBe("secret");
  expect(kindOfKey(makeApiKey("publishable"))).toBe("publishable");
});

test("no two keys are equal, and every digit is used", () => {
  const keys = Array.from({ length: 500 }, () => makeApiKey("secret"));
  expect(new Set(keys).size).toBe(keys.length);
  const digits = new Set(keys.flatMap((key) => Array.from(key.slice(3, 35))));
  expect(digits.size).toBe(62);
});

test("its last six characters are the CRC-32 of those before them, to the base of 62", () => {
  const key = makeApiKey("secret");
  const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const sum = Array.from(key.slice(-6)).reduce(
    (value, digit) => value * 62 + digits.indexOf(digit),
    0,
  );
  expect(sum).toBe(crc32(key.slice(0, -6)));
});

test("one wrong character anywhere, a swap of two, or a missing one is told", () => {
  const key = makeApiKey("secret");
  for (let index = 3; index < key.length; index++) {
    const other = key[index] === "a" ? "b" : "a";
    const wrong = key.slice(0, index) + other + key.slice(index + 1);
    expect(kindOfKey(wrong), wrong).toBeUndefined();
    expect(kindOfKey(key.slice(0, index))).toBeUndefined();
    const [one, two] = [key[index - 1]!, key[index]!];
    const swapped = key.slice(0, index - 1) + two + one + key.slice(index + 1);
    if (index > 3 && one !== two) expect(kindOfKey(swapped), swapped).toBeUndefined();
  }
});

test("another prefix, case, or anything around it makes it none", () => {
  const key = makeApiKey("secret");
  for (const text of [
    key.replace("rk_", "rkp_"),
    key.replace("rk_", "sk_"),
    key.toUpperCase(),
    `${key} `,
    ` ${key}`,
    `${key}\n`,
    "",
    "rk_",
    `rk_${"0".repeat(38)}`,
  ])
    expect(kindOfKey(text), JSON.stringify(text)).toBeUndefined();
});
