/**
 * Compares our answers with the inference server's: `node compare.ts OURS THEIRS`, two addresses without a slash at the end. The exit
 * status is 1 if any exchange differs where it should not, or no longer differs as it should.
 */
import { isDeepStrictEqual } from "node:util";
import { EXCHANGES } from "./exchanges.ts";
import { KNOWN_DIFFERENCES } from "./known-differences.ts";
import { observe } from "./observe.ts";

const [ours, theirs] = process.argv.slice(2) as [string, string];
const names = new Set(EXCHANGES.map(({ name }) => name));
const strays = KNOWN_DIFFERENCES.flatMap(({ exchanges }) => exchanges).filter(
  (name) => !names.has(name),
);
for (const name of strays) console.log(`no exchange is called ${name}`);

let agreeing = 0;
let unexpected = strays.length;
for (const exchange of EXCHANGES) {
  const [own, real] = await Promise.all([observe(ours, exchange), observe(theirs, exchange)]);
  const known = KNOWN_DIFFERENCES.filter(({ exchanges }) => exchanges.includes(exchange.name));
  const expected = Object.assign({}, ...known.map(({ fields }) => fields)) as Fields;
  const differing = Object.keys(real).filter(
    (field) => !isDeepStrictEqual(own[field], real[field]),
  );
  if (differing.length === 0) agreeing++;
  const wrong = [...new Set([...differing, ...Object.keys(expected)])].filter((field) => {
    const values = expected[field];
    if (!values || !differing.includes(field)) return true;
    return !meets(own[field], values[0]) || !meets(real[field], values[1]);
  });
  for (const field of wrong) {
    const verdict = expected[field] ? "differs otherwise than it is known to, or no longer" : "";
    console.log(`${exchange.name}: ${field} ${verdict}`);
    console.log(`  ours   ${JSON.stringify(own[field])}\n  theirs ${JSON.stringify(real[field])}`);
  }
  unexpected += wrong.length;
}
for (const { exchanges, fields, reason } of KNOWN_DIFFERENCES) {
  console.log(`known: ${Object.keys(fields).join(", ")} in ${exchanges.length}: ${reason}`);
}
if (unexpected > 0) console.log(`${unexpected} fields are not as they should be`);
console.log(
  `${agreeing} of ${EXCHANGES.length} exchanges agree, ${KNOWN_DIFFERENCES.length} known differences`,
);
process.exitCode = unexpected > 0 ? 1 : 0;

type Fields = (typeof KNOWN_DIFFERENCES)[number]["fields"];

/** @param expected - Undefined for any value. */
function meets(value: unknown, expected: unknown): boolean {
  return expected === undefined || isDeepStrictEqual(value, expected);
}
