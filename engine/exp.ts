/** e to a power, to the same bit on every host. Pure. */

/** A number as the sum of two, the second at most half a unit in the last place of the first: 106 bits. */
type Double = readonly [high: number, low: number];

/** ln 2 in three parts; the product of the first with a whole number of 11 bits is exact. */
const LN2 = [0.6931471803691238, 1.9082149292705877e-10, 1.1612227229362532e-26] as const;

/** Beyond these, the result is more than the greatest number, or less than half of the smallest. */
const MAX_POWER = 709.782712893384;
const MIN_POWER = -745.1332191019412;

/** Terms of the series: within half of ln 2, what follows is less than 2^-90. */
const TERMS = 20;

/** The first of them need all the bits; the error of the others counts less than 2^-90, too. */
const EXACT_TERMS = 10;

/** 2^27 + 1. */
const SPLITTER = 134_217_729;

/**
 * e^x, rounded rightly but for about one number in 2^35 that lies too near between two, unless it is under 2^-1022.
 *
 * ECMAScript leaves `Math.exp` to its hosts, and they differ in the last bit, two versions of V8 for one number in ten. This is made of additions,
 * multiplications and divisions, which are the same everywhere, with twice the bits of a number; it takes about 2 µs.
 *
 * x = k ln 2 + r with |r| <= ln 2 / 2; e^x = 2^k e^r; e^r = 1 + r/1 (1 + r/2 (1 + r/3 (…))).
 */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > MAX_POWER) return Infinity;
  if (x < MIN_POWER) return 0;
  const k = Math.round(x / Math.LN2);
  const [middle, rest] = product(k, LN2[1]);
  const [high, low] = sum(x - k * LN2[0], -middle);
  const r = sum(high, low - rest - k * LN2[2]);
  let tail = 1;
  for (let n = TERMS; n > EXACT_TERMS; n--) tail = 1 + (r[0] * tail) / n;
  let series: Double = [tail, 0];
  for (let n = EXACT_TERMS; n > 0; n--) series = onePlus(quotient(times(r, series), n));
  return scaled(series[0], k);
}

/** Exactly a + b. */
function sum(a: number, b: number): Double {
  const high = a + b;
  const ofB = high - a;
  return [high, a - (high - ofB) + (b - ofB)];
}

/** Exactly a b. @see Dekker, A floating-point technique for extending the available precision, 1971 */
function product(a: number, b: number): Double {
  const high = a * b;
  const [aHigh, aLow] = halves(a);
  const [bHigh, bLow] = halves(b);
  return [high, aHigh * bHigh - high + aHigh * bLow + aLow * bHigh + aLow * bLow];
}

/** A number as the sum of two of 26 bits. */
function halves(a: number): Double {
  const scaledUp = SPLITTER * a;
  const high = scaledUp - (scaledUp - a);
  return [high, a - high];
}

function times([aHigh, aLow]: Double, [bHigh, bLow]: Double): Double {
  const [high, low] = product(aHigh, bHigh);
  return sum(high, low + (aHigh * bLow + aLow * bHigh));
}

function quotient([high, low]: Double, n: number): Double {
  const first = high / n;
  const [back, rest] = product(first, n);
  return sum(first, (high - back - rest + low) / n);
}

function onePlus([high, low]: Double): Double {
  const [whole, rest] = sum(1, high);
  return sum(whole, rest + low);
}

/** a 2^k, in two steps where 2^k alone may be no number. @param k - From -1075 to 1024. */
function scaled(a: number, k: number): number {
  if (Math.abs(k) <= 1000) return a * powerOfTwo(k);
  const half = Math.sign(k) * 500;
  return a * powerOfTwo(k - half) * powerOfTwo(half);
}

const bits = new DataView(new ArrayBuffer(8));

/** 2^k from its bits: `**` is up to the host, too. @param k - From -1022 to 1023. */
function powerOfTwo(k: number): number {
  bits.setUint32(0, (k + 1023) << 20);
  return bits.getFloat64(0);
}
