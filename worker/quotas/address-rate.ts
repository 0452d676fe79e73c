/** The first guard of a service with keys, before any is looked at: how much one address may send, as Cloudflare's location counts it. */
import { sha256Hex } from "../sha256.ts";

/**
 * Whether the address that a request comes from has sent too many; false without the binding or an address.
 *
 * The binding gets a hash, and nothing here keeps the address.
 * @see https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/
 */
export async function isOverAddressRate(
  headers: Headers,
  binding: RateLimit | undefined,
): Promise<boolean> {
  const address = headers.get("cf-connecting-ip");
  if (binding === undefined || !address) return false;
  const { success } = await binding.limit({ key: await addressKey(address, headers) });
  return !success;
}

/** What an address is counted under. Workers of other zones share one; Cloudflare says whose they are. */
export function addressKey(address: string, headers: Headers): Promise<string> {
  return sha256Hex(`${networkOf(address)} ${headers.get("cf-worker") ?? ""}`);
}

/** An IPv4 address, or the first 64 bits of an IPv6 one: a single caller has all addresses that begin with them. */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.toLowerCase().split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail ? tail.split(":").length : 0;
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - after);
  const all = [...groups, ...Array<string>(zeros).fill("0"), ...(tail ? tail.split(":") : [])];
  return all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":");
}
