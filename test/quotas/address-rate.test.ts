import { expect, test } from "vitest";
import { isOverAddressRate, networkOf } from "../../worker/quotas/address-rate.ts";

/** Counts as Cloudflare's binding does, and keeps what it was asked about. */
function rateOf(limit: number): RateLimit & { keys: string[] } {
  const keys: string[] = [];
  return {
    keys,
    limit: async ({ key }) => {
      keys.push(key);
      return { success: keys.filter((each) => each === key).length <= limit };
    },
  };
}

const from = (address: string, more = {}): Headers =>
  new Headers({ "cf-connecting-ip": address, ...more });

test("an address is over its rate with the first request over the limit", async () => {
  const rate = rateOf(2);
  const over = [];
  for (let request = 0; request < 3; request++)
    over.push(await isOverAddressRate(from("192.0.2.1"), rate));
  expect(over).toEqual([false, false, true]);
  expect(await isOverAddressRate(from("192.0.2.2"), rate)).toBe(false);
});

test("the address itself is told to nobody", async () => {
  const rate = rateOf(1);
  await isOverAddressRate(from("192.0.2.1"), rate);
  expect(rate.keys).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
});

test("Workers of several zones share an address, and not its rate", async () => {
  const rate = rateOf(1);
  const worker = (zone: string) => from("2a06:98c0:3600::103", { "cf-worker": zone });
  expect(await isOverAddressRate(worker("a.example"), rate)).toBe(false);
  expect(await isOverAddressRate(worker("b.example"), rate)).toBe(false);
  expect(await isOverAddressRate(worker("a.example"), rate)).toBe(true);
});

test("without the binding or an address there is no such rate", async () => {
  expect(await isOverAddressRate(from("192.0.2.1"), undefined)).toBe(false);
  expect(await isOverAddressRate(new Headers(), rateOf(0))).toBe(false);
});

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:0DB8:0001:0002::1", "2001:db8:1:2"],
  ["2001:db8::1", "2001:db8:0:0"],
  ["2001:db8::3:4:5:6", "2001:db8:0:0"],
  ["::1", "0:0:0:0"],
  ["::", "0:0:0:0"],
  ["fe80::", "fe80:0:0:0"],
])("%s is of the network %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});
