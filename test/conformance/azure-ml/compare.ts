/**
 * Compares our answers with the inference server's: `node compare.ts OURS THEIRS`, two addresses without a slash at the end. The exit
 * status is 1 if any exchange differs where it should not, or no longer differs where it should.
 */
import { isDeepStrictEqual } from "node:util";
import { EXCHANGES } from "./exchanges.ts";
import { KNOWN_DIFFERENCES } from "./known-differences.ts";
import { observe } from "./observe.ts";

const [ours, theirs] = process.argv.slice(2) as [string, string];
const names = new Set(EXCHANGES.map(({ name }) => name));
const unknown = KNOWN_DIFFERENCES.flatMap(({ exchanges }) => exchanges).filter(
  (name) => !names.has(name),
);
for (const name of unknown) console.log(`no exchange is called ${name}`);

let agreeing = 0;
let known = 0;
let unexpected = unknown.length;
for (const exchange of EXCHANGES) {
  const [own, real] = [await observe(ours, exchange), await observe(theirs, exchange)];
  const differing = Object.keys(real).filter(
    (field) => !isDeepStrictEqual(own[field], real[field]),
  );
  const allowed = KNOWN_DIFFERENCES.filter(({ exchanges }) => exchanges.includes(exchange.name));
  const allowedFields = allowed.flatMap(({ fields }) => fields);
  for (const field of differing.filter((name) => !allowedFields.includes(name))) {
    unexpected++;
    console.log(`${exchange.name}: ${field}`);
    console.log(`  ours   ${JSON.stringify(own[field])}\n  theirs ${JSON.stringify(real[field])}`);
  }
  for (const field of allowedFields.filter((name) => !differing.includes(name))) {
    unexpected++;
    console.log(`${exchange.name}: ${field} no longer differs; take it off the known differences`);
  }
  if (differing.length === 0) agreeing++;
  else known++;
}
for (const { exchanges, fields, reason } of KNOWN_DIFFERENCES) {
  console.log(`known: ${fields.join(", ")} in ${exchanges.length} exchanges: ${reason}`);
}
console.log(
  `${agreeing} of ${EXCHANGES.length} exchanges agree, ${known} differ, ${KNOWN_DIFFERENCES.length} known differences, ${unexpected} unexpected ones`,
);
process.exitCode = unexpected > 0 ? 1 : 0;
