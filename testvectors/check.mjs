// A second implementation of Tallystick's codes, written from reserve/SPEC.md and
// testvectors/README.md. It has no dependencies: Node 20 or newer is enough.
//
//     node testvectors/check.mjs                  checks SPEC.md's examples and every vector
//     node testvectors/check.mjs inspect CODE…    prints as JSON what codes say
//     node testvectors/check.mjs audit BUNDLE FILE…
//                                                 verifies proofs and checkpoints of a journal with
//                                                 the trust bundle in a file, and prints what they say
//
// References in comments are to the sections of reserve/SPEC.md.

import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

// ---- Refusals ("Conventions") ----

/** A refusal has the identifier that SPEC.md gives it, and perhaps the line of the text at fault. */
class Refusal extends Error {
  constructor(id, detail = {}) {
    super(id);
    this.id = id;
    Object.assign(this, detail);
  }
}

function refuse(id, detail) {
  throw new Refusal(id, detail);
}

function must(condition, id, detail) {
  if (!condition) refuse(id, detail);
}

/** The named fields of an object. */
function pick(object, names) {
  return Object.fromEntries(names.split(' ').map((name) => [name, object[name]]));
}

// ---- Bytes ("Integers and strings") ----

const utf8 = (text) => Buffer.from(text, 'utf8');
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const unhex = (text) => Buffer.from(text, 'hex');
const cat = (...parts) => Buffer.concat(parts);
const u8 = (n) => Buffer.from([n]);

function u16(n) {
  const out = Buffer.alloc(2);
  out.writeUInt16BE(n);
  return out;
}

function u64(n) {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt(n));
  return out;
}

function uv(n) {
  const out = [];
  for (; n > 127; n = Math.floor(n / 128)) out.push((n % 128) + 128);
  out.push(n);
  return Buffer.from(out);
}

const bs = (bytes) => cat(uv(bytes.length), bytes);

/** Reads one message. What does not parse is refused with the identifier given. */
class Reader {
  constructor(bytes, id) {
    this.bytes = bytes;
    this.at = 0;
    this.id = id;
  }

  must(condition) {
    must(condition, this.id);
  }

  take(n) {
    this.must(n <= this.bytes.length - this.at);
    this.at += n;
    return this.bytes.subarray(this.at - n, this.at);
  }

  u8() {
    return this.take(1)[0];
  }

  u16() {
    return this.take(2).readUInt16BE();
  }

  uv() {
    let value = 0;
    for (let i = 0; i < 5; i++) {
      const byte = this.u8();
      value += (byte & 127) * 128 ** i;
      if (byte < 128) {
        this.must((byte !== 0 || i === 0) && value < 2 ** 32);
        return value;
      }
    }
    return refuse(this.id);
  }

  bs(limit) {
    const length = this.uv();
    this.must(length <= limit);
    return this.take(length);
  }

  /** A list whose first fields have to ascend. */
  ascending(count, readItem) {
    const items = [];
    for (let i = 0; i < count; i++) {
      const item = readItem();
      this.must(i === 0 || item.key > items[i - 1].key);
      items.push(item);
    }
    return items;
  }

  end() {
    this.must(this.at === this.bytes.length);
  }
}

// ---- Framing, digests, signatures ("Framing" to "Fingerprints") ----

const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest();
const hmac = (key, text) => crypto.createHmac('sha256', key).update(text).digest();

const pae = (...fields) => cat(u64(fields.length), ...fields.flatMap((f) => [u64(f.length), f]));
const labeled = (label, ...fields) => cat(utf8(label), u8(0), pae(...fields));
const D = (label, ...fields) => sha256(labeled(label, ...fields));

const SUITE_ED25519 = 1;
const P = 2n ** 255n - 19n;
const mod = (n) => ((n % P) + P) % P;

function power(base, exponent) {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = mod(b * b)) {
    if (e & 1n) result = mod(result * b);
  }
  return result;
}

const EDWARDS_D = mod(-121665n * power(121666n, P - 2n));
const SQRT_MINUS_1 = power(2n, (P - 1n) / 4n);

/** The point that a public key encodes canonically, or null (RFC 8032, section 5.1.3). */
function decodePoint(key) {
  const number = BigInt(`0x${hex(Buffer.from(key).reverse())}`);
  const sign = number >> 255n;
  const y = number & (2n ** 255n - 1n);
  if (y >= P) return null;
  const u = mod(y * y - 1n);
  const v = mod(EDWARDS_D * y * y + 1n);
  let x = mod(u * v ** 3n * power(u * v ** 7n, (P - 5n) / 8n));
  if (mod(v * x * x) === mod(-u)) x = mod(x * SQRT_MINUS_1);
  if (mod(v * x * x) !== u || (x === 0n && sign === 1n)) return null;
  return { x: (x & 1n) === sign ? x : mod(-x), y };
}

/** Whether eight times the point is the identity: three doublings, with Z as denominator. */
function hasSmallOrder(point) {
  let { x: X, y: Y } = point;
  let Z = 1n;
  for (let i = 0; i < 3; i++) {
    const H = mod(X * X + Y * Y);
    const E = mod(H - (X + Y) ** 2n);
    const G = mod(X * X - Y * Y);
    const F = mod(2n * Z * Z + G);
    [X, Y, Z] = [mod(E * F), mod(G * H), mod(F * G)];
  }
  return X === 0n && Y === Z;
}

const keyVerdicts = new Map();

function isValidKey(key) {
  const name = hex(key);
  if (!keyVerdicts.has(name)) {
    const point = key.length === 32 ? decodePoint(key) : null;
    keyVerdicts.set(name, point !== null && !hasSmallOrder(point));
  }
  return keyVerdicts.get(name);
}

const GROUP_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** "Signatures": Node verifies without the cofactor and compares R byte for byte. */
function verifies(publicKey, signature, message) {
  if (signature.length !== 64 || !isValidKey(publicKey)) return false;
  const S = BigInt(`0x${hex(Buffer.from(signature.subarray(32)).reverse())}`);
  if (S >= GROUP_ORDER) return false;
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') };
  return crypto.verify(null, message, crypto.createPublicKey({ key: jwk, format: 'jwk' }), signature);
}

function signer(seed) {
  const key = crypto.createPrivateKey({
    key: cat(unhex('302e020100300506032b657004220420'), seed),
    format: 'der',
    type: 'pkcs8',
  });
  const { x } = crypto.createPublicKey(key).export({ format: 'jwk' });
  return {
    publicKey: Buffer.from(x, 'base64url'),
    sign: (message) => crypto.sign(null, message, key),
  };
}

const keyFingerprint = (suite, publicKey) => sha256(cat(u8(suite), publicKey));

/** "Fingerprints": the first 80 bits, as people compare them. */
function shownFingerprint(digest) {
  return base32(digest.subarray(0, 10)).match(/.{4}/g).join('-');
}

// ---- Days, printable text ("Days", "Printable text") ----

const DAY_ONE = Date.UTC(2020, 0, 1);
const DAY_LENGTH = 86400000;

function dayOf(date) {
  return (Date.parse(`${date}T00:00:00Z`) - DAY_ONE) / DAY_LENGTH;
}

function dateOf(day) {
  return day === 0 ? null : new Date(DAY_ONE + day * DAY_LENGTH).toISOString().slice(0, 10);
}

// What newer versions of Unicode than 15.0.0 assign among L, M, N, P and S.
const LATER_THAN_UNICODE_15_0 = `
  88f 897 c5c cdc 1acf-1add 1ae0-1aeb 1b4e-1b4f 1b7f 1c89-1c8a 20c1 2427-2429 2b96 2ffc-2fff
  31e4-31e5 31ef a7cb-a7cf a7d2 a7d4 a7da-a7dc a7f1 fbc3-fbd2 fd90-fd91 fdc8-fdce 105c0-105f3
  10940-10959 10d40-10d65 10d69-10d85 10d8e-10d8f 10ec2-10ec7 10ed0-10ed8 10efa-10efc 11380-11389
  1138b 1138e 11390-113b5 113b7-113c0 113c2 113c5 113c7-113ca 113cc-113d5 113d7-113d8 113e1-113e2
  116d0-116e3 11b60-11b67 11bc0-11be1 11bf0-11bf9 11db0-11ddb 11de0-11de9 11f5a 13460-143fa
  16100-16139 16d40-16d79 16ea0-16eb8 16ebb-16ed3 16ff2-16ff6 187f8-187ff 18cff 18d09-18d1e
  18d80-18df2 1cc00-1ccfc 1cd00-1ceb3 1ceba-1ced0 1cee0-1cef0 1e5d0-1e5fa 1e5ff 1e6c0-1e6de
  1e6e0-1e6f5 1e6fe-1e6ff 1f6d8 1f777-1f77a 1f8b2-1f8bb 1f8c0-1f8c1 1f8d0-1f8d8 1fa54-1fa57
  1fa89-1fa8a 1fa8e-1fa8f 1fabe 1fac6 1fac8 1facd 1fadc 1fadf 1fae9-1faea 1faef 1fbcb-1fbef 1fbfa
  2b73a-2b73f 2cea2-2cead 2ebf0-2ee5d 323b0-33479`;

const notYet = LATER_THAN_UNICODE_15_0.trim().split(/\s+/).map((range) => {
  const [from, to = from] = range.split('-');
  return `\\u{${from}}-\\u{${to}}`;
});
const PRINTABLE = new RegExp(`^(?![${notYet.join('')}])[ \\p{L}\\p{M}\\p{N}\\p{P}\\p{S}]$`, 'u');

const isPrintable = (text) => [...text].every((character) => PRINTABLE.test(character));

/** The text that UTF-8 says, or null. */
function decodeUtf8(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

// ---- Kinds ("Registry") ----

const KINDS = {
  1: { letter: 'R', name: 'request', limit: 1024 },
  2: { letter: 'A', name: 'authorization', limit: 16384 },
  3: { letter: 'C', name: 'receipt', limit: 13 },
  4: { letter: 'S', name: 'status report', limit: 1024 },
  5: { letter: 'U', name: 'usage report', limit: 4096, reserved: true },
  6: { letter: 'K', name: 'acknowledgment', limit: 1024, reserved: true },
  7: { letter: 'T', name: 'trust root', limit: 32768, reserved: true },
  8: { letter: 'G', name: 'quota grant', limit: 16384, reserved: true },
  9: { letter: 'Y', name: 'synchronization', limit: 1048576, reserved: true },
  10: { letter: 'B', name: 'trust bundle', limit: 614400 },
};
const ALL_KINDS = Object.keys(KINDS).map(Number);
const REQUEST = 1;
const AUTHORIZATION = 2;
const RECEIPT = 3;
const STATUS = 4;
const ROOT = 7;
const BUNDLE = 10;

// ---- Alphabet and folding ("Alphabet") ----

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const VALUE = new Map([...ALPHABET].map((character, value) => [character, value]));
const RECEIPT_BITS = 100;
const RECEIPT_CHARACTERS = 28;

/** Cuts bytes into numbers of `width` bits, the last one filled up with zero bits. */
function split(bytes, bits, width) {
  const out = [];
  for (let at = 0; at < bits; at += width) {
    let value = 0;
    for (let i = at; i < at + width; i++) {
      const bit = i < bits ? (bytes[i >> 3] >> (7 - (i & 7))) & 1 : 0;
      value = (value << 1) | bit;
    }
    out.push(value);
  }
  return out;
}

/** Joins numbers of `width` bits to bytes: `bits` of them, and null if a filling bit is set. */
function join(numbers, width, bits) {
  const out = Buffer.alloc(Math.ceil(bits / 8));
  for (let at = 0; at < numbers.length * width; at++) {
    const bit = (numbers[Math.floor(at / width)] >> (width - 1 - (at % width))) & 1;
    if (bit && at >= bits) return null;
    if (bit) out[at >> 3] |= 128 >> (at & 7);
  }
  return out;
}

const toText = (values) => values.map((value) => ALPHABET[value]).join('');
const base32 = (bytes) => toText(split(bytes, bytes.length * 8, 5));

/** The bytes, or null if no bytes are written like this. */
function unbase32(values) {
  const bytes = Math.floor((values.length * 5) / 8);
  return values.length === Math.ceil((bytes * 8) / 5) ? join(values, 5, bytes * 8) : null;
}

const IGNORED = new RegExp(
  '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000' +
    '\\u002d\\u00ad\\u058a\\u05be\\u1400\\u1806\\u2010-\\u2015\\u2212\\u2e17\\u2e1a\\u2e3a\\u2e3b' +
    '\\u2e40\\u2e5d\\u301c\\u3030\\u30a0\\ufe31\\ufe32\\ufe58\\ufe63\\uff0d\\u{10ead}' +
    '"\'`\\u00ab\\u00b4\\u00bb\\u2018-\\u201f\\u2039\\u203a]',
  'gu',
);
const SPACE = '\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const LINE_END = /\r\n|[\n-\r\u0085\u2028\u2029]/;
const LABEL = new RegExp(`^[${SPACE}]*([0-9]{1,2})(?:/([0-9]{1,2}))?:`);

/** Folding without labels: five-bit values. What does not fold is refused with its group. */
function fold(text) {
  const upper = text.replace(IGNORED, '').replace(/[a-z]/g, (c) => c.toUpperCase());
  return [...upper.replace(/O/g, '0').replace(/[IL]/g, '1').replace(/U/g, 'V')].map((character, i) => {
    must(VALUE.has(character), 'code-character', { group: (i >> 2) + 1 });
    return VALUE.get(character);
  });
}

const foldLine = (line) => fold(dropLabel(line));

function dropLabel(line) {
  const label = LABEL.exec(line);
  const isNumber = (digits) => digits === undefined || (Number(digits) >= 1 && Number(digits) <= 26);
  return label && isNumber(label[1]) && isNumber(label[2]) ? line.slice(label[0].length) : line;
}

const inGroups = (text) => text.match(/.{1,4}/g).join(' ');

// ---- The line code ("Typed lines") ----

const FIELD = 1023;
const EXP = [];
const LOG = [];
for (let i = 0, x = 1; i < FIELD; i++) {
  EXP[i] = x;
  LOG[x] = i;
  x = x << 1;
  if (x > FIELD) x ^= 0b10000001001;
}

const mul = (x, y) => (x === 0 || y === 0 ? 0 : EXP[(LOG[x] + LOG[y]) % FIELD]);
const div = (x, y) => (x === 0 ? 0 : EXP[(LOG[x] - LOG[y] + FIELD) % FIELD]);
const CHECKS = 4;
const LAST = 512;
const LINE_BYTES = 20;
const MOST_LINES = 26;
const MOST_TYPED = 512;

/** (x+a)(x+a^2)(x+a^3)(x+a^4), the highest power first. */
const GENERATOR = [1, 2, 3, 4].reduce((product, j) => {
  const shifted = [...product, 0];
  return shifted.map((value, i) => value ^ (i === 0 ? 0 : mul(product[i - 1], EXP[j])));
}, [1]);

/** The remainder of the word with zeros for the check symbols. */
function checkSymbols(symbols) {
  const rest = [...symbols, 0, 0, 0, 0];
  for (let i = 0; i < symbols.length; i++) {
    const factor = rest[i];
    GENERATOR.forEach((value, j) => { rest[i + j] ^= mul(factor, value); });
  }
  return rest.slice(-CHECKS);
}

/** The contributions of one symbol at one power to the four syndromes. */
const contribution = (value, at) => [1, 2, 3, 4].map((j) => mul(value, EXP[(j * at) % FIELD]));
const add = (s, t) => [s[0] ^ t[0], s[1] ^ t[1], s[2] ^ t[2], s[3] ^ t[3]];
const isZero = (s) => (s[0] | s[1] | s[2] | s[3]) === 0;

function syndromes(symbols) {
  const highest = symbols.length - 1;
  return symbols.reduce((s, value, i) => add(s, contribution(value, highest - i)), [0, 0, 0, 0]);
}

/** The one value at one position that makes the syndromes zero, or null. */
function oneError(s) {
  if (s[0] === 0 || s[1] === 0) return null;
  const x = div(s[1], s[0]);
  if (mul(s[1], x) !== s[2] || mul(s[2], x) !== s[3]) return null;
  return { at: LOG[x], value: div(s[0], x) };
}

/** The values at two given positions that make the syndromes zero, or null. */
function errorsAt(s, p, q) {
  const X = EXP[p];
  const Y = EXP[q];
  const first = div(s[1] ^ mul(s[0], Y), mul(X, X ^ Y));
  const second = div(s[1] ^ mul(s[0], X), mul(Y, X ^ Y));
  const rest = add(s, add(contribution(first, p), contribution(second, q)));
  return isZero(rest) ? [first, second] : null;
}

/** Two values at two of the first `count` positions; five symbols apart, there is one way at most. */
function twoErrors(s, count) {
  for (let p = 1; p < count; p++) {
    for (let q = 0; q < p; q++) {
      const values = errorsAt(s, p, q);
      if (!values || !values[0] || !values[1]) continue;
      return [{ at: p, value: values[0] }, { at: q, value: values[1] }];
    }
  }
  return null;
}

const symbolsText = (symbols) => inGroups(toText(symbols.flatMap((s) => [s >> 5, s & 31])));

function encodeLine(kind, order, bits, bytes) {
  const data = split(bytes, bits, 10);
  const checks = checkSymbols([kind, order, bits, ...data]);
  return { data, checks, text: symbolsText([...data, ...checks]) };
}

/** A payload's typed lines, or null if it has none. */
function encodeLines(kind, payload) {
  if (kind === RECEIPT) return [encodeLine(kind, LAST + 1, RECEIPT_BITS, payload).text];
  if (payload.length > MOST_TYPED) return null;
  const lines = [];
  for (let at = 0; at < payload.length; at += LINE_BYTES) {
    const piece = payload.subarray(at, at + LINE_BYTES);
    const last = at + LINE_BYTES >= payload.length ? LAST : 0;
    lines.push(encodeLine(kind, lines.length + 1 + last, piece.length * 8, piece).text);
  }
  return lines;
}

// ---- Reading one line ("Correction") ----

/** Whether a line of so many bits can stand at this place. */
function canBeLine(kind, number, last, bits) {
  if (number < 1 || number > MOST_LINES) return false;
  if (kind === RECEIPT) return number === 1 && last && bits === RECEIPT_BITS;
  const end = (number - 1) * LINE_BYTES + bits / 8;
  if (!last) return bits === LINE_BYTES * 8 && end < MOST_TYPED;
  return bits % 8 === 0 && end >= 4 && end <= MOST_TYPED;
}

function possibleBits(dataSymbols) {
  const out = dataSymbols * 10 === RECEIPT_BITS ? [RECEIPT_BITS] : [];
  for (let bits = 8; bits <= LINE_BYTES * 8; bits += 8) {
    if (Math.ceil(bits / 10) === dataSymbols) out.push(bits);
  }
  return out;
}

const assumptionCache = new Map();

/** Everything that the symbols not shown can be in line `number` with so many shown symbols. */
function assumptions(shown, number, kinds) {
  const name = `${shown} ${number} ${kinds}`;
  if (!assumptionCache.has(name)) assumptionCache.set(name, listAssumptions(shown, number, kinds));
  return assumptionCache.get(name);
}

function listAssumptions(shown, number, kinds) {
  const out = [];
  for (const bits of possibleBits(shown - CHECKS)) {
    for (const kind of kinds) {
      for (const last of [false, true]) {
        if (!canBeLine(kind, number, last, bits)) continue;
        const order = number + (last ? LAST : 0);
        const hidden = [kind, order, bits].map((value, i) => contribution(value, shown + 2 - i));
        out.push({ kind, number, last, bits, hidden: hidden.reduce(add) });
      }
    }
  }
  return out;
}

function pairs(values) {
  const out = [];
  for (let i = 0; i < values.length; i += 2) out.push((values[i] << 5) | values[i + 1]);
  return out;
}

function correctedSymbols(symbols, errors) {
  const out = [...symbols];
  for (const { at, value } of errors) out[symbols.length - 1 - at] ^= value;
  return out;
}

/** A reading, or null if its filling bits are not zero. */
function reading(assumed, symbols, cost) {
  const data = join(symbols.slice(0, -CHECKS), 10, assumed.bits);
  if (data === null) return null;
  const text = symbolsText(symbols);
  const { kind, number, last, bits } = assumed;
  return { kind, number, last, bits, data, text, cost };
}

/** Readings of whole symbols with no more than `most` wrong ones, none of them at `except`. */
function readSymbols(symbols, number, kinds, most, except = -1) {
  const base = syndromes(symbols);
  const out = [];
  for (const assumed of assumptions(symbols.length, number, kinds)) {
    const errors = findErrors(add(base, assumed.hidden), symbols.length, most, except);
    if (errors) out.push(reading(assumed, correctedSymbols(symbols, errors), errors.length));
  }
  return out.filter((found) => found !== null);
}

function findErrors(s, shown, most, except) {
  if (isZero(s)) return [];
  const one = most >= 1 ? oneError(s) : null;
  if (one) return one.at < shown && one.at !== except ? [one] : null;
  return most >= 2 ? twoErrors(s, shown) : null;
}

/** Step 1, its end: two whole groups exchanged. */
function readExchanged(values, number, kinds) {
  const out = [];
  const groups = Math.floor(values.length / 4);
  for (let i = 1; i < groups; i++) {
    for (let j = 0; j < i; j++) {
      const swapped = [...values];
      swapped.splice(i * 4, 4, ...values.slice(j * 4, j * 4 + 4));
      swapped.splice(j * 4, 4, ...values.slice(i * 4, i * 4 + 4));
      const found = readSymbols(pairs(swapped), number, kinds, 0);
      out.push(...found.map((one) => ({ ...one, cost: 2, isExchange: true })));
    }
  }
  return out;
}

/** Steps 2 and 3: every line with one character more or less, and the symbol that was completed. */
function oddVariants(values) {
  const out = [];
  for (let at = 0; at <= values.length; at++) {
    for (let value = 0; value < 32; value++) {
      const symbols = pairs([...values.slice(0, at), value, ...values.slice(at)]);
      out.push({ symbols, except: symbols.length - 1 - (at >> 1), edit: { by: -1, at } });
    }
  }
  for (let at = 0; at < values.length; at++) {
    const symbols = pairs([...values.slice(0, at), ...values.slice(at + 1)]);
    out.push({ symbols, except: -1, edit: { by: 1, at } });
  }
  return out;
}

function readOdd(values, number, kinds) {
  return oddVariants(values).flatMap(({ symbols, except, edit }) => {
    const found = readSymbols(symbols, number, kinds, 1, except);
    return found.map((one) => ({ ...one, cost: one.cost + 1, edit }));
  });
}

function readAsLine(values, number, kinds) {
  if (values.length % 2 === 1) return readOdd(values, number, kinds);
  const found = readSymbols(pairs(values), number, kinds, 2);
  return found.length > 0 ? found : readExchanged(values, number, kinds);
}

/** The line with its order unknown and at most `most` wrong symbols. */
function readAnyOrder(symbols, kinds, most) {
  const shown = symbols.length;
  const base = syndromes(symbols);
  const out = [];
  for (const bits of possibleBits(shown - CHECKS)) {
    for (const kind of kinds) {
      const s = add(base, add(contribution(kind, shown + 2), contribution(bits, shown)));
      for (const { order, errors } of ordersOf(s, shown, most)) {
        const assumed = { kind, bits, number: order & (LAST - 1), last: order >= LAST };
        if (!canBeLine(kind, assumed.number, assumed.last, bits)) continue;
        out.push(reading(assumed, correctedSymbols(symbols, errors), errors.length));
      }
    }
  }
  return out.filter((found) => found !== null);
}

/** The orders that make the syndromes zero, with the wrong symbols that each of them needs. */
function ordersOf(s, shown, most) {
  const alone = oneError(s);
  if (alone) return alone.at === shown + 1 ? [{ order: alone.value, errors: [] }] : [];
  const out = [];
  for (let at = 0; most > 0 && at < shown; at++) {
    const values = errorsAt(s, at, shown + 1);
    if (values && values[0]) out.push({ order: values[1], errors: [{ at, value: values[0] }] });
  }
  return out;
}

function readInOtherPlace(values, number, kinds, hasReading) {
  if (values.length % 2 === 0) {
    return readAnyOrder(pairs(values), kinds, 1).filter((found) => found.number !== number);
  }
  if (hasReading) return [];
  return oddVariants(values)
    .flatMap(({ symbols }) => readAnyOrder(symbols, kinds, 0))
    .filter((found) => found.number !== number)
    .map((found) => ({ ...found, cost: 1 }));
}

/** The number of a line without a mistake, of any kind and any number of bits; 0 if it is none. */
function foreignNumber(values) {
  if (values.length % 2 === 1) return 0;
  const symbols = pairs(values);
  const shown = symbols.length;
  const base = syndromes(symbols);
  const data = symbols.slice(0, -CHECKS);
  for (let bits = data.length * 10; bits > (data.length - 1) * 10; bits--) {
    const hidden = errorsAt(add(base, contribution(bits, shown)), shown + 1, shown + 2);
    if (hidden === null || join(data, 10, bits) === null) continue;
    const [order, kind] = hidden;
    const number = order & (LAST - 1);
    if (kind >= 1 && number >= 1 && number <= MOST_LINES) return number;
  }
  return 0;
}

/** Whether it reads without a mistake when characters are left off its end. */
function isTooLong(values, number, kinds) {
  const even = values.length - (values.length % 2);
  for (let length = even; length >= 10; length -= 2) {
    if (readSymbols(pairs(values.slice(0, length)), number, kinds, 0).length > 0) return true;
  }
  return false;
}

function distinct(readings) {
  const best = new Map();
  for (const found of readings) {
    const name = `${found.kind} ${found.last} ${found.bits} ${found.text}`;
    if (!best.has(name) || best.get(name).cost > found.cost) best.set(name, found);
  }
  return [...best.values()].sort((x, y) => x.cost - y.cost);
}

const cheapest = (readings) => Math.min(Infinity, ...readings.map((found) => found.cost));

/** All readings of a folded line that is expected to have this number, cheapest first. */
function readLine(values, number, kinds) {
  must(values.length >= 9 && values.length <= 41, 'code-length', { line: number });
  const readings = distinct(readAsLine(values, number, kinds));
  if (cheapest(readings) === 0) return readings.filter((found) => found.cost === 0);
  const elsewhere = distinct(readInOtherPlace(values, number, kinds, readings.length > 0));
  if (cheapest(elsewhere) < cheapest(readings)) {
    refuse('code-line-order', { line: number, actual: elsewhere[0].number });
  }
  if (readings.length === 0) refuse(unreadable(values, number, kinds), { line: number });
  return readings;
}

/** Why a line has no reading. */
function unreadable(values, number, kinds) {
  if (foreignNumber(values) > 0) return number === 1 ? 'code-unknown-kind' : 'code-mixed-kinds';
  return isTooLong(values, number, kinds) ? 'code-length' : 'code-mistyped';
}

// ---- The two forms of a code ("Codes", "Paste form") ----

function codeDigest(kind, body) {
  return sha256(cat(utf8('TS1/code'), u8(0), u16(kind), body)).subarray(0, 4);
}

const payloadOf = (kind, body) => (kind === RECEIPT ? body : cat(body, codeDigest(kind, body)));

/** The body of a payload whose digest holds, or null. */
function bodyOf(kind, payload) {
  if (payload.length < 4) return null;
  const body = payload.subarray(0, -4);
  return codeDigest(kind, body).equals(payload.subarray(-4)) ? body : null;
}

function pasteForm(kind, body) {
  const payload = payloadOf(kind, body);
  const text = kind === RECEIPT ? encodeLines(kind, payload)[0].replaceAll(' ', '') : base32(payload);
  return `TS1${KINDS[kind].letter}:${text}`;
}

function wrap(text, width) {
  return text.match(new RegExp(`.{1,${width}}`, 'g')).join('\n');
}

/** The refusal that an action ends in, or null and its value. */
function attempt(action) {
  try {
    return { value: action(), refusal: null };
  } catch (error) {
    if (error instanceof Refusal) return { value: null, refusal: error };
    throw error;
  }
}

// ---- Joining lines ("Joining lines") ----

const MOST_COMBINATIONS = 1024;
const MOST_SPELLINGS = 16;

/** The lines of a text that have a character, with how many, and folded if they can be. */
function linesOfText(text) {
  return text.split(LINE_END)
    .map((line) => ({ size: sizeOf(line), ...attempt(() => foldLine(line)) }))
    .filter(({ size }) => size > 0);
}

/** How many characters a line has, whether codes use them or not. */
const sizeOf = (line) => [...dropLabel(line).replace(IGNORED, '')].length;

const isLikelyLine = (values) => values.length >= 9 && values.length <= 41;

/** Steps 1 to 3, and the rest. */
function readPlainLines(lines, kinds) {
  must(lines.some(({ size }) => size >= 9), 'code-empty');
  lines.forEach(({ refusal }, i) => {
    if (refusal) refuse(refusal.id, { ...refusal, line: i + 1 });
  });
  lines.forEach(({ value }, i) => must(isLikelyLine(value), 'code-length', { line: i + 1 }));
  return joinLines(lines.map(({ value }) => value), kinds);
}

/** Step 4. */
function joinLines(texts, kinds) {
  const lines = texts.map((values) => ({ values, known: knownAs(values, kinds) }));
  const known = lines.flatMap((line) => line.known ?? []);
  if (known.length === 0) return joinUnknownLines(lines, kinds);
  const [{ kind }] = known;
  for (const line of known) must(line.kind === kind, 'code-mixed-kinds', { line: line.number });
  const { value, refusal } = codeOfLines(lines, kind, [kind]);
  if (value) return value;
  throw refusal;
}

/** What a line is, whichever of a code it is: the cheapest reading, or null. */
function knownAs(values, kinds) {
  if (values.length % 2 === 1) return null;
  return distinct(readAnyOrder(pairs(values), kinds, 1))[0] ?? null;
}

/** None of the lines is known: each kind is tried, those with a digest first. */
function joinUnknownLines(lines, kinds) {
  for (const { values } of lines) {
    const line = foreignNumber(values);
    must(line === 0, 'code-unknown-kind', { line });
  }
  const inTurn = [...kinds].sort((x, y) => Number(x === RECEIPT) - Number(y === RECEIPT));
  const tries = inTurn.map((kind) => codeOfLines(lines, kind, kinds));
  const found = tries.find(({ value }) => value !== null);
  if (found) return found.value;
  throw tries.reduce((best, one) => (one.linesRead > best.linesRead ? one : best)).refusal;
}

/** Steps 5 and 6: the code or why there is none, and how many of the lines read. */
function codeOfLines(lines, kind, kinds) {
  const taken = [];
  const result = attempt(() => {
    takeLines(lines, kind, kinds, taken);
    return kind === RECEIPT ? receiptOf(taken[0]) : codeWithDigest(kind, taken);
  });
  return { ...result, linesRead: taken.length };
}

/** Step 5. */
function takeLines(lines, kind, kinds, taken) {
  let passedOver = null;
  lines.forEach(({ values, known }, i) => {
    const due = taken.length + 1;
    if (known && known.number < due) {
      mustBeAgain(known, taken[known.number - 1]);
      passedOver = known.number;
      return;
    }
    const isOver = taken.length > 0 && !taken.at(-1).readings.some(({ last }) => !last);
    must(!isOver, 'code-damaged', { line: known?.number ?? due });
    if (known && known.number > due) refuseGap(due, passedOver, known.number, lines.slice(i + 1));
    const isLast = i === lines.length - 1;
    const readings = known ? readingsOf(values, known) : readDue(values, due, kind, kinds, isLast);
    taken.push({ values, number: due, readings });
    passedOver = null;
  });
  const isWhole = taken.at(-1).readings.some(({ last }) => last);
  if (!isWhole) refuseGap(taken.length + 1, passedOver, null, []);
}

/** What was there before says the same. */
function mustBeAgain(known, { number, readings }) {
  const isSame = readings.some(({ text, last }) => text === known.text && last === known.last);
  must(isSame, 'code-damaged', { line: number });
}

/** Line `due` is missing; line `here` stands in its place, or nothing. */
function refuseGap(due, passedOver, here, further) {
  const numbers = further.map(({ known }) => known?.number);
  const isElsewhere = here !== null && (numbers.includes(due) || numbers.includes(here));
  const actual = passedOver ?? here;
  must(passedOver === null && !isElsewhere, 'code-line-order', { line: due, actual });
  refuse('code-incomplete', { line: due });
}

function readingsOf(values, known) {
  if (known.cost === 0) return [known];
  return readLine(values, known.number, [known.kind]).filter(({ last }) => last === known.last);
}

/** A line that is not known. Before another one it has to be full. */
function readDue(values, due, kind, kinds, isLast) {
  const { value, refusal } = attempt(() => readLine(values, due, [kind]));
  if (value) return value;
  must(refusal.id !== 'code-line-order', refusal.id, refusal);
  const id = unreadable(values, due, kinds);
  const isShort = !isLast && values.length < 39 && id === 'code-mistyped';
  return refuse(isShort ? 'code-length' : id, { line: due });
}

/** Step 6. */
function codeWithDigest(kind, lines) {
  for (const way of combinations(lines)) {
    const body = bodyOf(kind, cat(...way.map((found) => found.data)));
    if (body) return codeOf(kind, [body], lines, way);
  }
  return refuse('code-damaged');
}

function receiptOf(line) {
  const spellings = line.readings.slice(0, MOST_SPELLINGS);
  return codeOf(RECEIPT, spellings.map(({ data }) => data), [line], [spellings[0]]);
}

/** All ways to choose one reading of each line such that the last one alone says that it is. */
function combinations(lines) {
  let chosen = [[]];
  lines.forEach(({ readings }, i) => {
    const isEnd = i === lines.length - 1;
    chosen = chosen.flatMap((before) => readings
      .filter(({ last }) => last === isEnd)
      .map((found) => [...before, found])).slice(0, MOST_COMBINATIONS);
  });
  return chosen;
}

function codeOf(kind, bodies, read, way) {
  const wrong = way.map((found, i) => ({ ...read[i], found })).filter(({ found }) => found.cost > 0);
  return {
    kind,
    body: bodies[0],
    candidates: bodies,
    pasted: false,
    corrected: wrong.map(({ found }) => found.text),
    corrections: wrong.flatMap(({ values, number, found }) => corrections(values, number, found)),
  };
}

/** What was typed and what was meant, by groups. */
function corrections(values, number, found) {
  const typed = alignedGroups(toText(values), found);
  const meant = found.text.split(' ');
  const wrong = meant.map((group, i) => i).filter((i) => typed[i] !== meant[i]);
  const both = (groups) => wrong.map((i) => groups[i]).join(' ');
  const entry = (i, was, is) => ({ line: number, group: i + 1, typed: was, meant: is });
  if (found.isExchange) return [entry(wrong[0], both(typed), both(meant))];
  return wrong.map((i) => entry(i, typed[i], meant[i]));
}

/** The typed characters, cut where the groups of the meant line are. */
function alignedGroups(typed, { edit = { by: 0, at: 0 }, text }) {
  const groups = text.split(' ');
  const edited = Math.min(edit.at >> 2, groups.length - 1);
  let start = 0;
  return groups.map((group, i) => {
    const end = start + group.length + (i === edited ? edit.by : 0);
    const part = typed.slice(start, end);
    start = end;
    return part;
  });
}

// ---- Reading a text ("Reading a text") ----

const MOST_TEXT = 1572864;

/** A text of typed lines; other text is passed over where the rest reads without a mistake. */
function readTyped(text, kinds) {
  const lines = linesOfText(text);
  const { value, refusal } = attempt(() => readPlainLines(lines, kinds));
  if (value) return value;
  const folded = lines.flatMap((line) => (line.value ? [line.value] : []));
  const pieces = foldablePieces(text).filter((values) => isExactLine(values, kinds));
  for (const some of [folded.filter(isLikelyLine), cutAnew(folded), pieces]) {
    const code = readExactly(some, kinds);
    if (code) return code;
  }
  throw refusal;
}

/** The line without a mistake that these characters are, wherever it stands; or null. */
function placeOf(values, kinds) {
  if (!isLikelyLine(values) || values.length % 2 === 1) return null;
  return readAnyOrder(pairs(values), kinds, 0)[0] ?? null;
}

const isExactLine = (values, kinds) => placeOf(values, kinds) !== null;

/** The code of these lines, or null if there are none or one of them has a mistake. */
function readExactly(lines, kinds) {
  if (lines.length === 0 || !lines.every((values) => isExactLine(values, kinds))) return null;
  return attempt(() => joinLines(lines, kinds)).value;
}

/** Lines whose ends were lost on the way: all but the last have 40 characters. */
function cutAnew(lines) {
  const all = lines.flat();
  const out = [];
  for (let at = 0; at < all.length; at += 40) out.push(all.slice(at, at + 40));
  return out;
}

/** What stands between characters that codes do not use: prompts, marks of quotation, tables. */
function foldablePieces(text) {
  return text.split(LINE_END).flatMap((line) => line.split(REFUSED)).map(fold);
}

const REFUSED = new RegExp(`(?!${IGNORED.source})[^0-9A-Za-z]`, 'u');
const MARK = /(?<![0-9A-Za-z])TS([0-9IL])([A-Z]):/gi;

/** Every code of a text in paste form. */
function readPasted(text, kinds) {
  const marks = [...text.matchAll(MARK)];
  return marks.map((mark, i) => {
    must(/[1IL]/i.test(mark[1]), 'code-version');
    const letter = mark[2].toUpperCase();
    const kind = kinds.find((number) => KINDS[number].letter === letter);
    must(kind !== undefined, 'code-unknown-kind');
    const after = text.slice(mark.index + mark[0].length, marks[i + 1]?.index);
    const read = kind === RECEIPT ? readPastedReceipt : (rest) => readPastedPayload(kind, rest);
    const { value, refusal } = attempt(() => read(after));
    return value ?? attempt(() => read(withoutOtherText(after))).value ?? refuse(refusal.id);
  });
}

/** Marks of quotation, and lines with characters that codes do not use, are passed over. */
function withoutOtherText(text) {
  const lines = text.split(LINE_END).map((line) => line.replace(new RegExp(`^[${SPACE}>|]+`), ''));
  return lines.filter((line) => attempt(() => fold(line)).refusal === null).join('\n');
}

/** The runs of characters after a mark. What was pasted may end after each of them. */
function runsOf(text) {
  const [before] = text.split(REFUSED, 1);
  return before.split(new RegExp(`${IGNORED.source}+`, 'u')).filter((run) => run !== '').map(fold);
}

function readPastedPayload(kind, text) {
  const most = KINDS[kind].limit + 4;
  const body = findPasted(kind, runsOf(text), most);
  if (body) return { kind, body, pasted: true, corrected: [], corrections: [] };
  const inOnePiece = text.split(LINE_END).map((line) => line.trim()).join('');
  const [first] = runsOf(inOnePiece);
  must(first === undefined || bytesIn32(first.length) <= most, 'code-too-long');
  return refuse('code-damaged');
}

const bytesIn32 = (characters) => Math.floor((characters * 5) / 8);

/** The body that ends at the first place at which the digest holds; nothing is hashed twice. */
function findPasted(kind, runs, most) {
  const hash = crypto.createHash('sha256').update(cat(utf8('TS1/code'), u8(0), u16(kind)));
  const values = [];
  let hashed = 0;
  for (const run of runs) {
    for (const value of run) values.push(value);
    if (bytesIn32(values.length) > most) return null;
    const payload = values.length < 7 ? null : unbase32(values);
    if (payload === null) continue;
    hash.update(payload.subarray(hashed, payload.length - 4));
    hashed = payload.length - 4;
    const holds = hash.copy().digest().subarray(0, 4).equals(payload.subarray(-4));
    if (holds) return payload.subarray(0, -4);
  }
  return null;
}

/** Its line is in one piece, or in several; it is corrected as a typed line is. */
function readPastedReceipt(text) {
  const reads = [];
  let values = [];
  for (const run of runsOf(text)) {
    values = [...values, ...run];
    if (values.length > RECEIPT_CHARACTERS + 1) break;
    const { value: readings } = attempt(() => readLine(values, 1, [RECEIPT]));
    if (readings) reads.push({ values, number: 1, readings });
  }
  must(reads.length > 0, 'code-damaged');
  reads.sort((x, y) => x.readings[0].cost - y.readings[0].cost);
  return { ...receiptOf(reads[0]), pasted: true };
}

/** Beside a pasted code only its own typed lines may stand. */
function checkLinesBeside(text, { kind, body }, kinds) {
  const own = encodeLines(kind, payloadOf(kind, body)) ?? [];
  for (const { value } of linesOfText(text)) {
    const place = value && placeOf(value, kinds);
    const isOwn = !place || (place.kind === kind && own[place.number - 1] === place.text);
    must(isOwn, 'code-damaged', { line: place?.number });
  }
}

const isSameCode = (x, y) => x.kind === y.kind && x.body.equals(y.body);

/** The code that a text holds, for a reader that knows these kinds. */
function decode(text, kinds = ALL_KINDS) {
  must(Buffer.byteLength(text) <= MOST_TEXT, 'code-too-long');
  const shown = text.replace(/^\ufeff/, '');
  const pasted = readPasted(shown, kinds);
  if (pasted.length === 0) return readTyped(shown, kinds);
  must(pasted.every((other) => isSameCode(other, pasted[0])), 'code-damaged');
  checkLinesBeside(shown, pasted[0], kinds);
  return pasted[0];
}

// ---- Headers and extensions ("Codes", "Registry") ----

/** Checks size and header and leaves the reader behind it. Returns the flags. */
function readHeader(reader, kind, knownFlags) {
  must(reader.bytes.length <= KINDS[kind].limit, 'code-malformed');
  must(reader.bytes.length >= 2, 'code-malformed');
  const first = reader.u8();
  const flags = reader.u8();
  must(first >> 4 === 1, 'code-unsupported');
  must((first & 15) === kind, 'code-malformed');
  must((flags & ~knownFlags) === 0, 'code-unsupported');
  return flags;
}

const MOST_EXTENSIONS = 15;
const MOST_EXTENSION_DATA = 4096;

function readExtensions(reader, count) {
  reader.must(count <= MOST_EXTENSIONS);
  const readItem = () => ({ key: reader.u8(), data: reader.bs(MOST_EXTENSION_DATA) });
  const items = reader.ascending(count, readItem);
  return items.map(({ key, data }) => ({ type: key, data }));
}

const hasCritical = (extensions) => extensions.some(({ type }) => type >= 128);

function writeExtensions(extensions) {
  return cat(...extensions.map(({ type, data }) => cat(u8(type), bs(data))));
}

// ---- UDI ("UDI") ----

const PACKED = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ._/+=-:';
const PRODUCT_ID = /^[A-Z0-9][A-Z0-9._/+=-]{0,31}$/;
const UDI = /^[A-Z0-9][A-Z0-9._/+=-]{0,31}:[A-Z0-9][A-Z0-9._/+=-]{0,63}$/;

function packUdi(udi) {
  const values = [...udi].map((character) => PACKED.indexOf(character));
  const bits = [];
  for (let i = 0; i < values.length; i += 2) {
    const isPair = i + 1 < values.length;
    const number = isPair ? values[i] * 43 + values[i + 1] : values[i];
    bits.push(...number.toString(2).padStart(isPair ? 11 : 6, '0'));
  }
  return cat(u8(udi.length), join(bits.map(Number), 1, bits.length));
}

function readUdi(reader) {
  const length = reader.u8();
  const pairCount = length >> 1;
  const size = pairCount * 11 + (length & 1) * 6;
  const bytes = reader.take(Math.ceil(size / 8));
  const bits = split(bytes, bytes.length * 8, 1);
  reader.must(bits.slice(size).every((bit) => bit === 0));
  const number = (from, to) => parseInt(bits.slice(from, to).join(''), 2);
  let text = '';
  for (let i = 0; i < pairCount; i++) {
    const value = number(i * 11, i * 11 + 11);
    reader.must(value < 43 * 43);
    text += PACKED[Math.floor(value / 43)] + PACKED[value % 43];
  }
  if (length & 1) {
    const value = number(pairCount * 11, size);
    reader.must(value < 43);
    text += PACKED[value];
  }
  reader.must(UDI.test(text));
  return text;
}

// ---- SHA-256, block by block ----
// A search for a position takes two million hashes of two blocks; calls of node:crypto would take
// three times as long.

const PRIMES = [];
for (let n = 2; PRIMES.length < 64; n++) {
  if (PRIMES.every((prime) => n % prime !== 0)) PRIMES.push(n);
}
const fraction = (x) => ((x % 1) * 2 ** 32) | 0;
const SHA256_START = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const SHA256_ROUND = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));

/** FIPS 180-4, section 6.2.2: one block, in the first 16 of 64 words. */
function compress(state, w) {
  for (let t = 16; t < 64; t++) {
    const p = w[t - 15];
    const q = w[t - 2];
    const s0 = ((p >>> 7) | (p << 25)) ^ ((p >>> 18) | (p << 14)) ^ (p >>> 3);
    const s1 = ((q >>> 17) | (q << 15)) ^ ((q >>> 19) | (q << 13)) ^ (q >>> 10);
    w[t] = (w[t - 16] + s0 + w[t - 7] + s1) | 0;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let t = 0; t < 64; t++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + SHA256_ROUND[t] + w[t]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

// ---- Device identity and receipt chain ("Device identity", "Receipt chain") ----

const POSITIONS = 2048;

const keyDigestOf = (publicKey) => sha256(cat(u8(SUITE_ED25519), publicKey)).subarray(0, 16);
const saltOf = (publicKey, udi) => D('TS1/salt', keyDigestOf(publicKey), utf8(udi)).subarray(0, 16);

/** What a request says about a device, and what follows from it. */
function identity(publicKey, anchor, udi) {
  const did = D('TS1/did', keyDigestOf(publicKey), anchor, u16(POSITIONS), u8(80), utf8(udi));
  return {
    publicKey,
    anchor,
    udi,
    salt: saltOf(publicKey, udi),
    did,
    fingerprint: shownFingerprint(did),
    locator: hex(did).slice(0, 5),
  };
}

/** A device as its seed makes it. */
function deviceFromSeed(seed, udi) {
  const signingSeed = hmac(seed, 'TS1/seed-key');
  const key = signer(signingSeed);
  const salt = saltOf(key.publicKey, udi);
  const chain = [];
  chain[POSITIONS] = hmac(seed, 'TS1/seed-chain').subarray(0, 10);
  for (let i = POSITIONS - 1; i >= 1; i--) chain[i] = walk(salt, chain[i + 1], i + 1, i);
  const anchor = anchorOf(salt, chain[1]);
  return { ...identity(key.publicKey, anchor, udi), signingSeed, chain, sign: key.sign };
}

const anchorOf = (salt, x1) => D('TS1/anchor', salt, x1).subarray(0, 16);

/** What D("TS1/floor", salt, u16(i), x[i+1]) hashes before u16(i), but for the last two bytes. */
const stepHead = (salt) => cat(utf8('TS1/floor'), u8(0), u64(3), u64(16), salt, u64(2).subarray(0, 6));
const STEP_BITS = 70 * 8;

/** x[from] walked down to x[to]: for each step one D("TS1/floor", …), two blocks of SHA-256. */
function walk(salt, x, from, to) {
  const bytes = stepHead(salt);
  const head = Int32Array.from({ length: 12 }, (_, i) => bytes.readInt32BE(i * 4));
  const state = new Int32Array(8);
  const words = new Int32Array(64);
  const out = Buffer.from(x);
  for (let i = from - 1; i >= to; i--) {
    words.set(head);
    words[12] = (2 << 16) | i;
    words[13] = 0;
    words[14] = 10;
    words[15] = out.readInt32BE(0);
    state.set(SHA256_START);
    compress(state, words);
    words.fill(0, 2, 15);
    words[0] = out.readInt32BE(4);
    words[1] = (out.readUInt16BE(8) << 16) | 0x8000;
    words[15] = STEP_BITS;
    compress(state, words);
    out.writeInt32BE(state[0], 0);
    out.writeInt32BE(state[1], 4);
    out.writeUInt16BE(state[2] >>> 16, 8);
  }
  return out;
}

function proves(who, x, p, known) {
  if (known.position === 0) return anchorOf(who.salt, walk(who.salt, x, p, 1)).equals(who.anchor);
  return walk(who.salt, x, p, known.position).equals(known.x);
}

/** "Finding the position". 0 if x stands nowhere in the chain. */
function findPosition(who, x, known, issued) {
  for (let p = known.position, value = known.x; p >= 1; p--) {
    if (value.equals(x)) return p;
    if (p > 1) value = walk(who.salt, value, p, p - 1);
  }
  const likely = issued.flatMap((n) => [2 * n, 2 * n + 1]).filter((p) => p > known.position);
  const found = likely.find((p) => proves(who, x, p, known));
  if (found !== undefined) return found;
  for (let p = known.position + 1; p < POSITIONS; p++) {
    if (proves(who, x, p, known)) return p;
  }
  return 0;
}

const floorOfPosition = (p) => (p + 1) >> 1;

// ---- Request ("Request") ----

function parseRequest(body) {
  const reader = new Reader(body, 'code-malformed');
  readHeader(reader, REQUEST, 0);
  const suite = reader.u8();
  must(suite === SUITE_ED25519, 'code-unsupported');
  const publicKey = reader.take(32);
  reader.must(isValidKey(publicKey));
  const anchor = reader.take(16);
  const root = reader.u16();
  const catalog = reader.u16();
  const udi = readUdi(reader);
  const extensions = readExtensions(reader, reader.u8());
  reader.end();
  must(!hasCritical(extensions), 'code-unsupported');
  return { suite, root, catalog, extensions, ...identity(publicKey, anchor, udi) };
}

function writeRequest({ publicKey, anchor, root, catalog, udi, extensions }) {
  return cat(u8(0x11), u8(0), u8(SUITE_ED25519), publicKey, anchor, u16(root), u16(catalog),
    packUdi(udi), u8(extensions.length), writeExtensions(extensions));
}

// ---- Receipt ("Receipt") ----

function parseReceipt(body) {
  must(body.length === 13 && (body[12] & 15) === 0, 'code-malformed');
  const digits = hex(body);
  return { locator: digits.slice(0, 5), x: unhex(digits.slice(5, 25)) };
}

const writeReceipt = (who, p) => unhex(`${who.locator}${hex(who.chain[p])}0`);

// ---- Trust root ("Trust root") ----

const MOST_ROOT = 32768;
const ROLE_ROOT = 1;
const ROLE_ISSUE = 2;
const ROLE_EXPORT = 4;
const KNOWN_ROLES = 63;
const ACTIVE = 1;
const COMPROMISED = 3;
const TRAINING = 1;

const isOneBit = (n) => n !== 0 && (n & (n - 1)) === 0;

/** Step 3: the content. */
function readRootContent(reader) {
  reader.u8();
  const training = (reader.u8() & TRAINING) !== 0;
  const version = reader.u16();
  const previous = reader.take(32);
  const days = { issued: reader.u16(), expires: reader.u16() };
  const revalidate = reader.u16();
  const name = reader.bs(64);
  const catalog = reader.take(32);
  const keys = listOf(reader.u8(), () => readRootKey(reader));
  const policies = listOf(reader.u8(), () => {
    const [role, threshold, suites] = [reader.u16(), reader.u8(), reader.u16()];
    reader.u16();
    return { role, threshold, suites };
  });
  const extensions = listOf(reader.u8(), () => ({ type: reader.u8(), data: reader.bs(MOST_ROOT) }));
  return { training, version, previous, ...days, revalidate, name, catalog, keys, policies, extensions };
}

const listOf = (length, readItem) => Array.from({ length }, readItem);

function readRootKey(reader) {
  const [index, suite] = [reader.u8(), reader.u8()];
  const [roles, from, to, status] = [reader.u16(), reader.u16(), reader.u16(), reader.u8()];
  const publicKey = reader.bs(2048);
  reader.must(suite !== SUITE_ED25519 || isValidKey(publicKey));
  return { index, suite, roles, from, to, status, publicKey };
}

const mustMatch = (condition) => must(condition, 'trust-mismatch');
const mustKnow = (condition) => must(condition, 'code-unsupported');

/** Step 4: the rules of the table and below it. */
function checkRootRules(root) {
  mustMatch(root.version >= 1 && root.version <= 1024);
  mustMatch(root.version > 1 || root.previous.every((byte) => byte === 0));
  mustMatch(root.issued !== 0 && (root.expires === 0 || root.expires >= root.issued));
  const name = decodeUtf8(root.name);
  mustMatch(root.name.length > 0 && name !== null && isPrintable(name) && name.trim() === name);
  root.keys.forEach(checkRootKey);
  root.policies.forEach((policy, i) => checkPolicy(policy, root.policies[i - 1], root.keys));
  const active = root.keys.filter((key) => key.status === ACTIVE);
  const needed = active.reduce((all, key) => all | key.roles, 0);
  const given = root.policies.reduce((all, policy) => all | policy.role, 0);
  mustMatch(((needed | ROLE_ROOT | ROLE_ISSUE) & ~given) === 0);
  root.extensions.forEach(({ type }, i) => {
    mustMatch(i === 0 || type > root.extensions[i - 1].type);
    mustKnow(type < 128);
  });
}

function checkRootKey(key, i, keys) {
  mustMatch(i === 0 || key.index > keys[i - 1].index);
  mustMatch(key.suite !== 0 && key.publicKey.length > 0 && key.roles !== 0);
  mustKnow((key.roles & ~KNOWN_ROLES) === 0);
  mustMatch(key.status !== 0);
  mustKnow(key.status <= COMPROMISED);
  mustMatch(key.to === 0 || key.to >= key.from);
  mustMatch(keys.slice(0, i).every((other) => !isSameKey(key, other)));
}

const isSameKey = (x, y) => x.suite === y.suite && x.publicKey.equals(y.publicKey);

function checkPolicy(policy, before, keys) {
  mustKnow((policy.role & ~KNOWN_ROLES) === 0);
  mustMatch(isOneBit(policy.role) && (before === undefined || policy.role > before.role));
  mustMatch(policy.threshold >= 1);
  const holders = keys.filter((key) => key.status === ACTIVE && (key.roles & policy.role) !== 0);
  mustMatch(reachesThreshold(policy, holders));
}

/** Whether there are `threshold` of these keys, and as many of each suite that the policy names. */
function reachesThreshold(policy, keys) {
  return keys.length >= policy.threshold && suitesOf(policy).every(
    (suite) => keys.filter((key) => key.suite === suite).length >= policy.threshold,
  );
}

function suitesOf(policy) {
  const bits = Array.from({ length: 16 }, (_, bit) => bit);
  return bits.filter((bit) => (policy.suites >> bit) & 1).map((bit) => bit + 1);
}

/** "The signatures satisfy a policy": `root` is the one whose policy and keys count. */
function satisfy(root, role, signers, otherwise) {
  const policy = root.policies.find((entry) => entry.role === role);
  must(policy !== undefined, otherwise);
  const keys = root.keys.filter((key) => signers.includes(key.index)
    && key.status === ACTIVE && (key.roles & role) !== 0);
  const verified = keys.filter((key) => key.suite === SUITE_ED25519);
  must(suitesOf(policy).every((suite) => suite === SUITE_ED25519), 'code-unsupported');
  if (reachesThreshold(policy, verified)) return;
  must(keys.length === verified.length, 'code-unsupported');
  refuse(otherwise);
}

/** Steps 1 to 5. */
function parseRoot(bytes) {
  must(bytes.length <= MOST_ROOT, 'trust-mismatch');
  must(bytes.length >= 2 && (bytes[0] & 15) === ROOT, 'trust-mismatch');
  must(bytes[0] >> 4 === 1 && (bytes[1] & ~TRAINING) === 0, 'code-unsupported');
  const reader = new Reader(bytes, 'trust-mismatch');
  const root = readRootContent(reader);
  const content = bytes.subarray(0, reader.at);
  checkRootRules(root);
  const count = reader.u8();
  reader.must(count <= 8);
  const signatures = reader.ascending(count, () => ({ key: reader.u8(), signature: reader.bs(4096) }));
  reader.end();
  return { ...root, content, digest: D('TS1/root', content), signatures };
}

/** Step 6. */
function checkSuccession(root, old) {
  if (!old) return mustMatch(root.version === 1);
  mustMatch(root.version === old.version + 1 && root.previous.equals(old.digest));
  mustMatch(root.training === old.training);
  for (const before of old.keys) {
    const now = root.keys.find((key) => key.index === before.index);
    mustMatch(now !== undefined && isSameKey(now, before));
    mustMatch(before.status !== COMPROMISED || now.status === COMPROMISED);
  }
}

/** Step 7. */
function checkRootSignatures(root, old) {
  const signsRoots = (key) => key !== undefined && key.status === ACTIVE && (key.roles & ROLE_ROOT) !== 0;
  for (const { key: index, signature } of root.signatures) {
    const key = root.keys.find((entry) => entry.index === index);
    const before = old?.keys.find((entry) => entry.index === index);
    must(key !== undefined && (signsRoots(key) || signsRoots(before)), 'trust-mismatch');
    if (key.suite !== SUITE_ED25519) continue;
    must(verifies(key.publicKey, signature, labeled('TS1/root', root.content)), 'trust-mismatch');
  }
}

/** A signed trust root after `old`, or the first one. */
function verifyRoot(bytes, old) {
  const root = parseRoot(bytes);
  checkSuccession(root, old);
  checkRootSignatures(root, old);
  const signers = root.signatures.map(({ key }) => key);
  if (old) satisfy(old, ROLE_ROOT, signers, 'trust-mismatch');
  satisfy(root, ROLE_ROOT, signers, 'trust-mismatch');
  return root;
}

function verifyRoots(list) {
  must(list.length > 0, 'trust-mismatch');
  const roots = [];
  for (const bytes of list) roots.push(verifyRoot(bytes, roots.at(-1)));
  return roots;
}

const rootName = (root) => decodeUtf8(root.name);

function writeRootContent(root) {
  const keys = root.keys.map((key) => cat(
    u8(key.index), u8(key.suite), u16(key.roles), u16(key.from), u16(key.to), u8(key.status),
    bs(key.publicKey),
  ));
  const policies = root.policies.map(({ role, threshold, suites }) =>
    cat(u16(role), u8(threshold), u16(suites), u16(0)));
  return cat(
    u8(0x17), u8(root.training ? TRAINING : 0), u16(root.version), root.previous,
    u16(root.issued), u16(root.expires), u16(root.revalidate), bs(utf8(root.name)), root.catalog,
    u8(keys.length), ...keys, u8(policies.length), ...policies, u8(0),
  );
}

const writeSignatures = (signatures) => cat(
  u8(signatures.length),
  ...signatures.map(({ index, signature }) => cat(u8(index), bs(signature))),
);

// ---- Catalog ("Catalog", testvectors/README.md) ----

const MOST_CATALOG = 262144;
const MOST_LEVELS = 8;
const ESCAPED = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** Reads JSON and refuses what JSON.parse lets pass: a field given twice, numbers with a fraction. */
class Json {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  static parse(text) {
    const json = new Json(text);
    const value = json.value(1);
    must(json.token(/$/y) !== null, 'invalid-catalog');
    return value;
  }

  /** What matches after white space, or null. */
  token(pattern) {
    const space = /[ \t\r\n]*/y;
    space.lastIndex = this.at;
    space.exec(this.text);
    pattern.lastIndex = space.lastIndex;
    const match = pattern.exec(this.text);
    if (match) this.at = pattern.lastIndex;
    return match;
  }

  expect(pattern) {
    return this.token(pattern) ?? refuse('invalid-catalog');
  }

  value(level) {
    if (this.token(/\{/y)) return this.object(level);
    if (this.token(/\[/y)) return this.list(level);
    if (this.token(/null\b/y)) return null;
    const number = this.token(/-?[0-9][0-9.eE+-]*/y);
    if (number) return this.number(number[0]);
    return this.string();
  }

  number(text) {
    must(/^(0|[1-9][0-9]*)$/.test(text), 'invalid-catalog');
    return Number(text);
  }

  string() {
    const [quoted] = this.expect(/"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y);
    return quoted.slice(1, -1).replace(/\\(?:u(.{4})|(.))/g, (_, code, character) =>
      (code ? String.fromCharCode(parseInt(code, 16)) : ESCAPED[character]));
  }

  object(level) {
    must(level <= MOST_LEVELS, 'invalid-catalog');
    const fields = new Map();
    this.items(/\}/y, () => {
      const name = this.string();
      must(!fields.has(name), 'invalid-catalog');
      this.expect(/:/y);
      fields.set(name, this.value(level + 1));
    });
    return fields;
  }

  list(level) {
    must(level <= MOST_LEVELS, 'invalid-catalog');
    const items = [];
    this.items(/\]/y, () => items.push(this.value(level + 1)));
    return items;
  }

  items(end, readItem) {
    if (this.token(end)) return;
    do readItem(); while (this.token(/,/y));
    this.expect(end);
  }
}

function catalogMust(condition) {
  must(condition, 'invalid-catalog');
}

function integer(least, most) {
  return (value) => {
    catalogMust(Number.isInteger(value) && value >= least && value <= most);
    return value;
  };
}

function textField(least) {
  return (value) => {
    catalogMust(typeof value === 'string' && !value.includes('\ufffd') && isPrintable(value));
    const size = Buffer.byteLength(value);
    catalogMust(size >= least && size <= 200 && !value.startsWith(' ') && !value.endsWith(' '));
    return value;
  };
}

function oneOf(...values) {
  return (value) => {
    catalogMust(values.includes(value));
    return value;
  };
}

function matching(pattern, most) {
  return (value) => {
    catalogMust(typeof value === 'string' && value.length <= most && pattern.test(value));
    return value;
  };
}

function listField(least, most, readItem) {
  return (value) => {
    catalogMust(Array.isArray(value) && value.length >= least && value.length <= most);
    return value.map(readItem);
  };
}

/** An object with these fields, in canonical order. A default stands for one that is left out or null. */
function record(fields) {
  return (value) => {
    catalogMust(value instanceof Map && [...value.keys()].every((name) => Object.hasOwn(fields, name)));
    const read = ([name, [readField, standard]]) => {
      const given = value.get(name) ?? null;
      catalogMust(given !== null || standard !== undefined);
      return [name, given === null ? standard : readField(given)];
    };
    return Object.fromEntries(Object.entries(fields).map(read));
  };
}

const tag = matching(/^[a-z](?:-?[a-z0-9])*$/, 48);
const MOST_ENTRIES = 4096;

const readCatalogFields = record({
  schema: [oneOf('tallystick/catalog/1')],
  name: [textField(1)],
  version: [integer(1, 65535)],
  evaluation_days: [integer(0, 366), 0],
  terms: [listField(0, 24, matching(/^[1-9][0-9]*[my]$/, 4)), []],
  products: [listField(1, MOST_ENTRIES, record({
    name: [textField(1)],
    product_ids: [listField(1, Infinity, matching(PRODUCT_ID, 32))],
    entitlements: [listField(1, MOST_ENTRIES, tag)],
  }))],
  entitlements: [listField(1, MOST_ENTRIES, record({
    id: [integer(1, 16383)],
    tag: [tag],
    name: [textField(1)],
    includes: [listField(0, MOST_ENTRIES, tag), []],
    metric: [oneOf('user', 'device', 'capacity')],
    unit: [textField(1)],
    class: [oneOf('enforced', 'unenforced', 'export-controlled')],
    grace_days: [integer(0, 366), 0],
    note: [textField(0), ''],
  }))],
  retired: [listField(0, MOST_ENTRIES, record({ id: [integer(1, 16383)], tag: [tag] })), []],
});

const areDistinct = (values) => new Set(values).size === values.length;

function months(term) {
  const count = Number(term.slice(0, -1)) * (term.endsWith('y') ? 12 : 1);
  catalogMust(count <= 120 && (term.endsWith('y') || count % 12 !== 0));
  return count;
}

function checkCatalogRules(catalog) {
  const { terms, products, entitlements, retired } = catalog;
  const lengths = terms.map(months);
  catalogMust(lengths.every((length, i) => i === 0 || length > lengths[i - 1]));
  const all = [...entitlements, ...retired];
  catalogMust(all.length <= MOST_ENTRIES);
  catalogMust(areDistinct(all.map(({ id }) => id)) && areDistinct(all.map((entry) => entry.tag)));
  catalogMust(areDistinct(products.flatMap((product) => product.product_ids)));
  const offered = new Map(entitlements.map((entry) => [entry.tag, entry]));
  const ofProducts = products.map((product) => product.entitlements);
  const ofTiers = entitlements.map((entry) => entry.includes);
  for (const tags of [...ofProducts, ...ofTiers]) {
    catalogMust(areDistinct(tags) && tags.every((name) => offered.has(name)));
  }
  checkTiers(entitlements, offered);
}

/** No circles, at most 16 tiers on one another, and export control above what is controlled. */
function checkTiers(entitlements, offered) {
  const heights = new Map();
  const height = (entry, above) => {
    catalogMust(above < 16);
    if (!heights.has(entry)) {
      const below = entry.includes.map((name) => height(offered.get(name), above + 1));
      heights.set(entry, 1 + Math.max(0, ...below));
    }
    return heights.get(entry);
  };
  for (const entry of entitlements) {
    catalogMust(height(entry, 0) <= 16);
    const controlled = entry.includes.some((name) => offered.get(name).class === 'export-controlled');
    catalogMust(!controlled || entry.class === 'export-controlled');
  }
}

const LEFT_OUT_WHEN_EMPTY = ['includes', 'note', 'retired'];

function canonicalString(value) {
  const escapes = { '"': '\\"', '\\': '\\\\', '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' };
  return `"${value.replace(/["\\<>&]/g, (character) => escapes[character])}"`;
}

function canonicalJson(value) {
  if (typeof value === 'string') return canonicalString(value);
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const fields = Object.entries(value)
    .filter(([name, { length }]) => length !== 0 || !LEFT_OUT_WHEN_EMPTY.includes(name));
  return `{${fields.map(([name, field]) => `"${name}":${canonicalJson(field)}`).join(',')}}`;
}

/** A catalog as people write it, with its canonical form. */
function parseCatalog(bytes) {
  catalogMust(bytes.length <= MOST_CATALOG);
  const written = decodeUtf8(bytes);
  catalogMust(written !== null);
  const catalog = readCatalogFields(Json.parse(written));
  checkCatalogRules(catalog);
  const canonical = utf8(canonicalJson(catalog));
  catalogMust(canonical.length <= MOST_CATALOG);
  return { ...catalog, canonical, isCanonical: canonical.equals(bytes) };
}

/** The tag of every ID, offered or retired. */
function tagsById({ entitlements, retired }) {
  return new Map([...entitlements, ...retired].map((entry) => [entry.id, entry.tag]));
}

/** Whether `next` may replace `old`. */
function checkCatalogReplaces(old, next) {
  catalogMust(next.version > old.version);
  const tags = tagsById(next);
  for (const [id, name] of tagsById(old)) catalogMust(tags.get(id) === name);
  for (const { id, metric } of next.entitlements) {
    const before = old.entitlements.find((entry) => entry.id === id);
    catalogMust(before === undefined || before.metric === metric);
  }
}

// ---- Trust bundle ("Trust bundle") ----

const MOST_ROOTS = 1024;

function parseBundle(body) {
  const reader = new Reader(body, 'code-malformed');
  readHeader(reader, BUNDLE, 0);
  const count = reader.u16();
  reader.must(count <= MOST_ROOTS);
  const signed = Array.from({ length: count }, () => reader.bs(MOST_ROOT));
  const bytes = reader.bs(MOST_CATALOG);
  reader.end();
  const roots = verifyRoots(signed);
  must(sha256(bytes).equals(roots.at(-1).catalog), 'trust-mismatch');
  const catalog = parseCatalog(bytes);
  catalogMust(catalog.isCanonical);
  return { roots, newest: roots.at(-1), first: roots[0], catalog, hint: roots[0].digest.subarray(0, 4) };
}

/** Whether a device that has `old` takes `next`. */
function checkBundleReplaces(old, next) {
  must(next.first.digest.equals(old.first.digest), 'unknown-issuer');
  const same = next.roots[old.newest.version - 1];
  must(same !== undefined && same.digest.equals(old.newest.digest), 'trust-too-old');
  if (next.catalog.canonical.equals(old.catalog.canonical)) return;
  checkCatalogReplaces(old.catalog, next.catalog);
}

function writeBundle(roots, catalog) {
  return cat(u8(0x1a), u8(0), u16(roots.length), ...roots.map(bs), bs(catalog));
}

// ---- Authorization ("Authorization") ----

const MOST_GRANTS = 64;
const MOST_NUMBER = 1023;
const MOST_AHEAD = 128;
const EXPORT = 2;

/** Steps 1 to 7. */
function parseAuthorization(body) {
  const reader = new Reader(body, 'code-malformed');
  const flags = readHeader(reader, AUTHORIZATION, TRAINING | EXPORT);
  const authorization = readAuthorization(reader, flags);
  must(!hasCritical(authorization.extensions), 'code-unsupported');
  must(authorization.number !== 0 && authorization.issued !== 0, 'code-malformed');
  return authorization;
}

/** Step 5. */
function readAuthorization(reader, flags) {
  const device = reader.take(4);
  const issuer = reader.take(4);
  const [root, entry, number, issued] = [reader.u16(), reader.uv(), reader.uv(), reader.u16()];
  reader.must(number <= MOST_NUMBER);
  const grants = readGrants(reader);
  const counts = reader.u8();
  const extensions = readExtensions(reader, counts >> 4);
  const content = reader.bytes.subarray(0, reader.at);
  const countsAt = content.length - writeExtensions(extensions).length - 1;
  reader.must((counts & 15) >= 1 && (counts & 15) <= 8);
  const readSignature = () => ({ key: reader.u8(), signature: reader.take(64) });
  const signatures = reader.ascending(counts & 15, readSignature);
  reader.end();
  return {
    training: (flags & TRAINING) !== 0,
    export: (flags & EXPORT) !== 0,
    device,
    issuer,
    root,
    entry,
    number,
    issued,
    grants,
    extensions,
    signatures,
    content,
    said: cat(content.subarray(0, countsAt), u8(counts & 0xf0), content.subarray(countsAt + 1)),
  };
}

function readGrants(reader) {
  const grants = [];
  let before = -1;
  for (let count = reader.u8(); count !== 0; count = reader.u8()) {
    const ends = reader.u16();
    reader.must(ends > before && grants.length + count <= MOST_GRANTS);
    before = ends;
    grants.push(...reader.ascending(count, () => readGrant(reader, ends)));
  }
  return grants.map(({ id, count, ends }) => ({ id, count, ends }));
}

function readGrant(reader, ends) {
  const id = reader.uv();
  const count = reader.uv();
  reader.must(id >= 1 && id <= 16383 && count >= 1 && count <= 2147483647);
  return { key: id, id, count, ends };
}

/** The digest of an authorization: whoever signed. */
const authorizationDigest = ({ said }) => D('TS1/body', said).subarray(0, 8);

/** "Signed message" */
function authorizationMessage(authorization, who, signerKeys, tags) {
  return labeled(
    'TS1/aut',
    who.did,
    pae(...signerKeys.map(({ suite, publicKey }) => keyFingerprint(suite, publicKey))),
    u16(authorization.export ? ROLE_ISSUE | ROLE_EXPORT : ROLE_ISSUE),
    authorization.content,
    pae(...authorization.grants.map(({ id }) => utf8(tags.get(id)))),
    pae(utf8(who.udi)),
  );
}

/** Steps 9 to 15. */
function checkSigned(authorization, who, trust, isInstalled) {
  const { newest, hint, catalog } = trust;
  if (!authorization.issuer.equals(hint)) {
    refuse(authorization.training && !newest.training ? 'training-code' : 'unknown-issuer');
  }
  must(authorization.training === newest.training, 'training-code');
  must(authorization.device.equals(who.did.subarray(0, 4)), 'wrong-device');
  must(authorization.root <= newest.version, 'trust-too-old');
  const tags = tagsById(catalog);
  must(authorization.grants.every(({ id }) => tags.has(id)), 'catalog-too-old');
  const keys = authorization.signatures.map(({ key }) => signingKey(key, trust, isInstalled));
  const message = authorizationMessage(authorization, who, keys, tags);
  authorization.signatures.forEach(({ signature }, i) => {
    must(verifies(keys[i].publicKey, signature, message), 'bad-signature');
  });
}

/** Step 14. */
function signingKey(index, { roots, newest }, isInstalled) {
  const keyIn = (root) => root.keys.find((entry) => entry.index === index);
  const mayIssue = (root) => ((keyIn(root)?.roles ?? 0) & ROLE_ISSUE) !== 0;
  must((isInstalled ? roots : [newest]).some(mayIssue), 'bad-signature');
  const key = keyIn(newest);
  must(key.suite === SUITE_ED25519, 'code-unsupported');
  return key;
}

/** Steps 16 to 19. */
function checkAllowed(authorization, { newest, catalog }) {
  const { issued, signatures, grants } = authorization;
  must(newest.expires === 0 || newest.expires >= issued, 'trust-too-old');
  const signers = signatures.map(({ key }) => key);
  for (const index of signers) {
    const key = newest.keys.find((entry) => entry.index === index);
    must(key.status !== COMPROMISED, 'key-compromised');
    must(key.status === ACTIVE, 'key-retired');
    must((key.from === 0 || issued >= key.from) && (key.to === 0 || issued <= key.to), 'key-retired');
  }
  satisfy(newest, ROLE_ISSUE, signers, 'threshold-not-met');
  if (authorization.export) satisfy(newest, ROLE_EXPORT, signers, 'threshold-not-met');
  const controlled = catalog.entitlements.filter((entry) => entry.class === 'export-controlled');
  const isGranted = (entry) => grants.some(({ id }) => id === entry.id);
  must(authorization.export || !controlled.some(isGranted), 'threshold-not-met');
}

/** Steps 20 to 22. */
function checkInstallable(authorization, device) {
  const { number, issued, grants } = authorization;
  must(device.installed?.number !== number, 'superseded');
  must(number >= device.floor, 'superseded');
  must(number <= device.floor + MOST_AHEAD, 'out-of-range');
  const day = Math.max(device.latest, issued, device.clock);
  const isLeft = ({ ends }) => ends === 0 || ends >= day;
  must(grants.length === 0 || grants.some(isLeft), 'authorization-expired');
}

function isInstalledAlready(authorization, device) {
  if (!device.installed || !authorization.said.equals(device.installed.said)) return false;
  return attempt(() => checkSigned(authorization, device.who, device.trust, true)).refusal === null;
}

/** "Verification": what a device that receives the body has afterwards. */
function install(body, device) {
  const authorization = parseAuthorization(body);
  const repeated = isInstalledAlready(authorization, device);
  if (!repeated) {
    checkSigned(authorization, device.who, device.trust, false);
    checkAllowed(authorization, device.trust);
    checkInstallable(authorization, device);
  }
  return {
    authorization,
    repeated,
    floor: repeated ? device.floor : authorization.number + 1,
    latest: repeated ? device.latest : Math.max(device.latest, authorization.issued),
    position: 2 * authorization.number,
  };
}

/** The content, with as many signers as are to sign. */
function writeAuthorizationContent(authorization, signers) {
  const { device, issuer, root, entry, number, issued, grants } = authorization;
  const flags = (authorization.training ? TRAINING : 0) | (authorization.export ? EXPORT : 0);
  const days = [...new Set(grants.map(({ ends }) => ends))];
  const groups = days.map((day) => {
    const group = grants.filter(({ ends }) => ends === day);
    return cat(u8(group.length), u16(day), ...group.map(({ id, count }) => cat(uv(id), uv(count))));
  });
  return cat(
    u8(0x12), u8(flags), device, issuer,
    u16(root), uv(entry), uv(number), u16(issued), ...groups, u8(0), u8(signers),
  );
}

// ---- Status report ("Status report") ----

/** Steps 1 to 3. */
function parseStatus(body) {
  const reader = new Reader(body, 'code-malformed');
  readHeader(reader, STATUS, 0);
  const device = reader.take(4);
  const [floor, installed] = [reader.uv(), reader.uv()];
  const authorization = installed === 0 ? Buffer.alloc(0) : reader.take(8);
  const [latest, running, root, statement] = [reader.u16(), reader.uv(), reader.u16(), reader.uv()];
  const previous = reader.take(8);
  const extensions = readExtensions(reader, reader.u8());
  const content = body.subarray(0, reader.at);
  const signature = reader.take(64);
  reader.end();
  reader.must(floor >= 1 && floor <= 1024 && installed < floor && statement >= 1);
  must(!hasCritical(extensions), 'code-unsupported');
  return {
    device, floor, installed, authorization, latest, running, root, statement, previous,
    sum: D('TS1/body', content).subarray(0, 8), extensions, content, signature,
  };
}

const statusMessage = (who, content) => labeled('TS1/sta', who.did, content);

/** Steps 1 to 5. */
function verifyStatus(body, who) {
  const report = parseStatus(body);
  must(report.device.equals(who.did.subarray(0, 4)), 'wrong-device');
  must(verifies(who.publicKey, report.signature, statusMessage(who, report.content)), 'bad-signature');
  return report;
}

function writeStatusContent(report) {
  return cat(
    u8(0x14), u8(0), report.device, uv(report.floor), uv(report.installed), report.authorization,
    u16(report.latest), uv(report.running), u16(report.root), uv(report.statement), report.previous,
    u8(0),
  );
}

// ---- Device ("Device", "Time", "Rights") ----
// A record is what the vectors call one: bundle, installed and report are bodies.

const MOST_DAYS_AHEAD = 30;
const HOUR = 3600;
const MOST_CANCELED = 64;

/** Everything that follows from a record. */
function deviceOfRecord(record) {
  return {
    who: deviceOf(record),
    trust: parseBundle(bytesIn(record.bundle)),
    authorization: record.installed && parseAuthorization(bytesIn(record.installed)),
  };
}

/** The record with its time brought up to date. */
function observed(record, { clock, uptime }, inUse) {
  const ahead = clock - record.latest;
  const passed = uptime >= record.mark ? uptime - record.mark : uptime;
  const elapsed = Math.min(passed, HOUR);
  const isUsedUp = inUse && record.installed === null;
  return {
    ...record,
    latest: ahead > 0 && ahead <= MOST_DAYS_AHEAD ? clock : record.latest,
    ran: record.ran + elapsed,
    mark: uptime,
    evaluation: isUsedUp ? Math.max(0, record.evaluation - elapsed) : record.evaluation,
  };
}

/** While the evaluation runs, only use moves the mark. */
function upToDate(record, clocks) {
  const isEvaluating = record.installed === null && record.evaluation > 0;
  return isEvaluating ? record : observed(record, clocks, false);
}

function createDevice({ seed, udi, bundle, clock, uptime, exists }) {
  const { newest, catalog } = parseBundle(bytesIn(bundle));
  const [productId] = udi.split(':');
  const isListed = catalog.products.some((product) => product.product_ids.includes(productId));
  must(isListed, 'unknown-product');
  must(!exists, 'already-initialized');
  const record = {
    seed, udi, bundle, floor: 1, installed: null, act: 'none', held: false, latest: newest.issued,
    ran: 0, mark: 0, evaluation: catalog.evaluation_days * 24 * HOUR, revalidate: 0, count: 0,
    previous: hex(Buffer.alloc(8)), report: null,
  };
  const versions = { root: newest.version, catalog: catalog.version, extensions: [] };
  const request = writeRequest({ ...deviceOf({ seed, udi }), ...versions });
  return { record: observed(record, { clock, uptime }, false), code: { kind: REQUEST, body: request } };
}

const receiptAt = (device, position) => ({ kind: RECEIPT, body: writeReceipt(device.who, position) });

/** The receipt of the position at which the device stands. */
function lastReceipt(record, device) {
  must(record.act !== 'none', 'nothing-installed');
  const { authorization } = device;
  return receiptAt(device, authorization ? 2 * authorization.number : 2 * record.floor - 1);
}

/** The report that the device signs next. */
function signReport(record, { who, trust, authorization }) {
  const content = writeStatusContent({
    device: who.did.subarray(0, 4),
    floor: record.floor,
    installed: authorization ? authorization.number : 0,
    authorization: authorization ? authorizationDigest(authorization) : Buffer.alloc(0),
    latest: record.latest,
    running: Math.floor(record.ran / HOUR),
    root: trust.newest.version,
    statement: record.count + 1,
    previous: bytesIn(record.previous),
  });
  return cat(content, who.sign(statusMessage(who, content)));
}

function report(record, device) {
  const body = signReport(record, device);
  const { statement, sum } = parseStatus(body);
  const after = { ...record, count: statement, previous: hex(sum), report: hex(body) };
  return { record: after, code: { kind: STATUS, body } };
}

const COUNTED = ['statement', 'previous', 'sum', 'content', 'signature'];

/** Whether the last report says what the next one would, but for the names of `except`. */
function isReported(record, device, except) {
  if (record.report === null) return false;
  const says = (body) => Object.entries(parseStatus(body)).filter(([name]) => !except.includes(name));
  const [last, next] = [bytesIn(record.report), signReport(record, device)].map(says);
  return differences(plain(last), next).length === 0;
}

const reportedAgain = (record) =>
  ({ record, code: { kind: STATUS, body: bytesIn(record.report) } });

/** The table of events. Each returns the record, the code that is shown, and an answer. */
const events = {
  return(record, device, { clocks }) {
    if (record.installed === null) return { record, code: lastReceipt(record, device) };
    const after = { ...upToDate(record, clocks), installed: null, act: 'returned', revalidate: 0 };
    return { record: after, code: receiptAt(device, 2 * record.floor - 1) };
  },

  confirmation(record, device) {
    return { record, code: lastReceipt(record, device) };
  },

  cancel(record, device, { through, clocks }) {
    const { authorization } = device;
    if (through < record.floor) return cancelAgain(record, device, through, clocks);
    must(record.floor <= MOST_NUMBER, 'numbers-exhausted');
    must(through <= Math.min(record.floor + MOST_CANCELED, MOST_NUMBER), 'out-of-range');
    const after = { ...upToDate(record, clocks), floor: through + 1 };
    if (authorization) return report(after, device);
    return { record: { ...after, act: 'canceled' }, code: receiptAt(device, 2 * through + 1) };
  },

  report(record, device, { clocks }) {
    const now = upToDate(record, clocks);
    return isReported(now, device, COUNTED) ? reportedAgain(record) : report(now, device);
  },

  bundle(record, { trust, authorization, who }, { body, clocks }) {
    const next = parseBundle(bytesIn(body));
    checkBundleReplaces(trust, next);
    if (body === record.bundle) return { record, code: null };
    if (authorization) checkSigned(authorization, who, next, true);
    const signers = authorization ? authorization.signatures.map(({ key }) => key) : [];
    const isCompromised = next.newest.keys.some(
      ({ index, status }) => signers.includes(index) && status === COMPROMISED,
    );
    const after = { ...upToDate(record, clocks), bundle: body };
    if (isCompromised && after.revalidate === 0) {
      after.revalidate = Math.max(1, after.ran + next.newest.revalidate * HOUR);
    }
    return { record: after, code: null };
  },

  use(record, device, { tag: name, count, clocks }) {
    const day = Math.max(record.latest, clocks.clock);
    const answer = (state) => mayUse(state, device, name, count, day);
    if (record.installed !== null) {
      const after = observed(record, clocks, false);
      const isDue = after.latest > record.latest || after.ran - record.ran >= HOUR;
      return { record: isDue ? after : record, code: null, licensed: answer(record) };
    }
    const isCounted = answer(record) && offeredAs(device, name).class !== 'unenforced';
    const after = isCounted ? observed(record, clocks, true) : record;
    return { record: after, code: null, licensed: answer(after) };
  },
};

/** A cancellation of what is dead already, or installed. */
function cancelAgain(record, device, through, clocks) {
  const installed = device.authorization?.number ?? 0;
  if (through < installed || installed === 0) return { record, code: lastReceipt(record, device) };
  must(through !== installed, 'out-of-range');
  const others = [...COUNTED, 'latest', 'running', 'root'];
  if (isReported(record, device, others)) return reportedAgain(record);
  return report(upToDate(record, clocks), device);
}

const offeredAs = ({ trust }, name) =>
  trust.catalog.entitlements.find((entry) => entry.tag === name);

/** "Rights" */
function mayUse(record, device, name, count, day) {
  const wanted = offeredAs(device, name);
  if (wanted === undefined) return false;
  if (wanted.class === 'unenforced') return true;
  if (record.installed === null) {
    return !record.held && record.evaluation > 0 && wanted.class !== 'export-controlled';
  }
  if (record.revalidate > 0 && record.ran >= record.revalidate) return false;
  const { authorization } = device;
  const holders = coveringTags(device.trust.catalog, name)
    .map((covering) => offeredAs(device, covering))
    .filter((holder) => authorization.export || holder.class !== 'export-controlled');
  const lasts = ({ ends }, { grace_days: grace }) => ends === 0 || day <= Math.min(ends + grace, 65535);
  const usable = holders.flatMap((holder) => authorization.grants
    .filter((grant) => grant.id === holder.id && lasts(grant, holder)));
  const total = usable.reduce((sum, grant) => sum + grant.count, 0);
  return total >= Math.max(count, 1);
}

/** The tag and those of every entitlement that includes it, through any number of others. */
function coveringTags({ entitlements }, name) {
  const covering = new Set([name]);
  for (const lower of covering) {
    for (const { tag: upper, includes } of entitlements) {
      if (includes.includes(lower)) covering.add(upper);
    }
  }
  return [...covering];
}

// ---- The issuer's books ("Events") ----

/** What changed in the books, and the refusal if the code is refused all the same. */
function outcome(changes, error = null, known = false) {
  return { changes, error, known };
}

/** A receipt in one of its spellings; the first that stands in the chain counts. */
function locateReceipt(bodies, who, books) {
  const known = { position: books.position, x: books.x };
  const issued = books.issued.map(({ number }) => number);
  for (const { locator, x } of bodies.map(parseReceipt)) {
    if (locator !== who.locator) continue;
    const position = findPosition(who, x, known, issued);
    if (position > 0) return { position, x };
  }
  return refuse('receipt-mismatch');
}

function receiveReceipt(bodies, who, books) {
  const { position, x } = locateReceipt(bodies, who, books);
  return { position, ...bookReceipt(position, x, books) };
}

const isIssued = (number, { issued }) => issued.some((entry) => entry.number === number);

/** "Recovery": between a rebased authorization and the one before it. */
function isLost(number, { issued }) {
  return issued.some((entry, i) => {
    const before = i > 0 ? issued[i - 1].number : 0;
    return entry.rebased && before < number && number < entry.number;
  });
}

function bookReceipt(position, x, books) {
  if (position <= books.position) {
    if (books.quarantined) return outcome({}, 'device-quarantined', true);
    return outcome({}, books.suspect ? 'device-suspect' : null, true);
  }
  if (books.quarantined) return outcome({}, 'device-quarantined');
  const moved = { position, x };
  const isEven = position % 2 === 0;
  const number = position / 2;
  if (isEven && number >= books.floor && !isIssued(number, books) && !isLost(number, books)) {
    return outcome({ ...moved, suspect: true }, 'device-suspect');
  }
  const floor = floorOfPosition(position);
  if (books.suspect && (isEven || floor < books.seen)) return outcome(moved, 'device-suspect');
  const proof = { ...moved, floor: Math.max(books.floor, floor), suspect: false };
  const isLater = isEven && isIssued(number, books) && number > books.before;
  return outcome(books.writtenOff && isLater ? { ...proof, lives: true } : proof);
}

/** "A report contradicts, once there was another": two copies of the device exist then. */
function contradicts(report, { statements, sum, seen, current }) {
  const { statement, previous, floor, installed } = report;
  if (statements === 0) return false;
  if (statement === statements) return !report.sum.equals(sum);
  if (statement < statements) {
    return floor > seen || (floor > current && current !== 0 && current !== installed);
  }
  if (statement === statements + 1 && !previous.equals(sum)) return true;
  return floor < seen || (installed !== 0 && installed < seen && installed !== current);
}

function receiveReport(report, books) {
  const { statement, sum, floor, installed } = report;
  if (books.quarantined) return outcome({}, 'device-quarantined');
  if (statement === books.statements && sum.equals(books.sum)) {
    return outcome({}, books.suspect ? 'device-suspect' : null, true);
  }
  if (contradicts(report, books)) {
    return outcome({ quarantined: true, settled: false }, 'device-quarantined');
  }
  const isNewer = statement > books.statements;
  const seen = Math.max(books.seen, floor);
  const noted = isNewer ? { statements: statement, sum, current: installed, seen } : {};
  if (books.writtenOff && isNewer && installed !== 0) Object.assign(noted, { lives: true, settled: false });
  if (books.suspect || isForeign(report, books)) {
    return outcome({ ...noted, suspect: true }, 'device-suspect');
  }
  const issued = books.issued.map((entry) => ({
    ...entry,
    ...(entry.number < floor && entry.number !== installed && { dead: true }),
  }));
  const proven = Math.max(books.floor, installed === 0 ? floor : installed);
  return outcome({ ...noted, floor: proven, issued }, null, !isNewer);
}

/** Whether it has something installed, not below F, that was never issued like this. */
function isForeign({ installed, authorization }, books) {
  if (installed === 0 || installed < books.floor || isLost(installed, books)) return false;
  const entry = books.issued.find(({ number }) => number === installed);
  return entry === undefined || !entry.digest.equals(authorization);
}

// ---- What books come to ("Arithmetic") ----

const aliveIn = ({ issued, floor }) => issued.filter(({ number, dead }) => number >= floor && !dead);

/** What an authorization draws, by lot. */
function drawnFrom({ draws }) {
  const total = new Map();
  for (const { lot, count } of draws) total.set(lot, (total.get(lot) ?? 0) + count);
  return total;
}

/** The authorization that the device proved to have installed, or undefined. */
function confirmedIn(books) {
  const proven = books.position % 2 === 0 ? books.position / 2 : 0;
  const number = Math.max(books.current, proven);
  return books.suspect ? undefined : aliveIn(books).find((entry) => entry.number === number);
}

/** For each lot the most that one of these authorizations draws. */
function mostDrawn(authorizations) {
  const most = new Map();
  for (const drawn of authorizations.map(drawnFrom)) {
    for (const [lot, count] of drawn) most.set(lot, Math.max(most.get(lot) ?? 0, count));
  }
  return most;
}

/** Sums by lot, those of 0 left out. */
const lotsOf = (sums) => [...sums].filter(([, count]) => count > 0).sort(([x], [y]) => x - y);

const chargeOf = (books) => (books.writtenOff ? [] : lotsOf(mostDrawn(aliveIn(books))));

/** What a device that was written off could be holding, whether it has ended or not. */
const exposureOf = (books) =>
  (books.writtenOff && !books.settled ? lotsOf(mostDrawn(aliveIn(books))) : []);

/** The same without the lots whose last day is before the books' day. */
function exposureToday({ ends = [], day, ...books }) {
  const ended = new Set(ends.filter((lot) => lot.day < day).map(({ lot }) => lot));
  return exposureOf(books).filter(([lot]) => !ended.has(lot));
}

function standing(books) {
  const alive = aliveIn(books);
  const confirmed = confirmedIn(books);
  if (books.writtenOff) return exposureToday(books).length > 0 ? 'return-pending' : 'written-off';
  if (books.issued.length === 0) return 'enrolled';
  if (alive.length === 0) return 'empty';
  return alive.length === 1 && alive[0] === confirmed ? 'steady' : 'outstanding';
}

function reckon(books) {
  const confirmed = confirmedIn(books);
  const covered = confirmed ? drawnFrom(confirmed) : new Map();
  const charge = chargeOf(books);
  const listed = (list) => lotsOf(list).map(([lot, count]) => ({ lot, count }));
  return {
    standing: standing(books),
    confirmed: confirmed?.number ?? 0,
    alive: aliveIn(books).map(({ number }) => number),
    charge: listed(charge),
    transit: listed(charge.map(([lot, count]) => [lot, count - (covered.get(lot) ?? 0)])),
    ...(books.writtenOff && { exposure: listed(exposureToday(books)) }),
  };
}

/** The number of an authorization that draws so much. */
function nextNumber(books, draws) {
  must(!books.quarantined, 'device-quarantined');
  must(!books.suspect, 'device-suspect');
  must(!books.writtenOff || draws.length === 0, 'device-written-off');
  return numberAhead(1, books);
}

/** What changes when a device is written off. */
function writeOff(books) {
  if (books.writtenOff) return {};
  must(chargeOf(books).length > 0, 'nothing-issued');
  return { writtenOff: true, before: books.issued.at(-1).number };
}

/** What changes with evidence that it can't be used. */
function settle(books) {
  must(books.writtenOff, 'nothing-issued');
  if (exposureOf(books).length === 0) return {};
  must(!books.quarantined, 'device-quarantined');
  return { settled: true };
}

/** The number so far above all that is known. */
function numberAhead(by, { issued, floor, seen }) {
  const highest = issued.at(-1)?.number ?? 0;
  const next = Math.max(highest, floor - 1, seen - 1) + by;
  must(next <= MOST_NUMBER, 'numbers-exhausted');
  must(next <= Math.max(floor, seen, 1) + MOST_AHEAD, 'out-of-range');
  return next;
}

/** "Recovery": a suspect device is no longer suspect. */
const LOST_NUMBERS = 64;

function rebasedNumber(books, draws) {
  must(!books.quarantined, 'device-quarantined');
  must(!books.writtenOff || draws.length === 0, 'device-written-off');
  return numberAhead(LOST_NUMBERS, books);
}

// ---- Journal ("Entries", "Tree") ----

const LAST_ENTRY = 0xffffffff;
const ENTRY_TEXTS = { kind: [1, 64], actor: [1, 256], subject: [0, 512] };
const MOST_BODY = 1048576;
const MOST_NESTED = 10000;
const ROLE_LOG = 32;

const mustParse = (condition) => must(condition, 'code-malformed');
const mustVerify = (condition) => must(condition, 'bad-signature');
const mustFollow = (condition) => must(condition, 'ledger-damaged');

/** The fields that PAE joined, of exactly these bytes. */
function unpae(bytes, count) {
  const reader = new Reader(bytes, 'code-malformed');
  mustParse(reader.take(8).readBigUInt64BE() === BigInt(count));
  const fields = listOf(count, () => {
    const length = reader.take(8).readBigUInt64BE();
    mustParse(length <= BigInt(bytes.length));
    return reader.take(Number(length));
  });
  reader.end();
  return fields;
}

function entryText(name, bytes) {
  const [least, most] = ENTRY_TEXTS[name];
  const text = decodeUtf8(bytes);
  mustParse(bytes.length >= least && bytes.length <= most && text !== null && !text.includes('\0'));
  return text;
}

/** How many objects and lists stand in one another. */
function nesting(json) {
  let [deepest, level] = [0, 0];
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/gs)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, ++level);
    if (token === ']' || token === '}') level--;
  }
  return deepest;
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function entryBody(bytes) {
  mustParse(bytes.length >= 2 && bytes.length <= MOST_BODY);
  const text = decodeUtf8(bytes);
  mustParse(text !== null && nesting(text) <= MOST_NESTED && isJson(text));
  return text;
}

const ENTRY_LABEL = cat(utf8('TS1/leaf'), u8(0));

/** Step 1. */
function parseEntry(record) {
  mustParse(record.subarray(0, ENTRY_LABEL.length).equals(ENTRY_LABEL));
  const fields = unpae(record.subarray(ENTRY_LABEL.length), 10);
  const [number, previous, time, kind, actor, subject, signer, body, content, signature] = fields;
  mustParse(number.length === 8 && previous.length === 32 && time.length === 8 && content.length === 32);
  const value = number.readBigUInt64BE();
  mustParse(value >= 1n && value <= BigInt(LAST_ENTRY));
  const isSigned = signer.length === 32 && signature.length === 64 && signer.some((byte) => byte !== 0);
  mustParse(isSigned || (signer.length === 0 && signature.length === 0));
  return {
    number: Number(value),
    previous,
    time: String(time.readBigUInt64BE()),
    kind: entryText('kind', kind),
    actor: entryText('actor', actor),
    subject: entryText('subject', subject),
    signer,
    body: entryBody(body),
    content,
    signature,
    signed: labeled('TS1/leaf', ...fields.slice(0, 9)),
    hash: sha256(cat(u8(0), record)),
  };
}

/** The keys of suite 1 in any version of the trust root. */
const everListed = ({ roots }) =>
  roots.flatMap(({ keys }) => keys).filter(({ suite }) => suite === SUITE_ED25519);

/** Step 2. */
function checkEntrySigner({ signer, signature, signed }, trust) {
  if (signer.length === 0) return;
  const key = everListed(trust).find(({ suite, publicKey }) => keyFingerprint(suite, publicKey).equals(signer));
  mustVerify(key !== undefined && verifies(key.publicKey, signature, signed));
}

function verifyEntry(record, trust) {
  const entry = parseEntry(record);
  checkEntrySigner(entry, trust);
  return entry;
}

const nodeHash = (left, right) => sha256(cat(u8(1), left, right));

function treeRoot(leaves) {
  if (leaves.length === 1) return leaves[0];
  let k = 1;
  while (2 * k < leaves.length) k *= 2;
  return nodeHash(treeRoot(leaves.slice(0, k)), treeRoot(leaves.slice(k)));
}

/** Steps for a journal, entry by entry: the hashes. */
function verifyEntries(records, ledger, trust) {
  const hashes = [];
  let previous = D('TS1/ledger', ledger);
  for (const record of records) {
    const entry = verifyEntry(record, trust);
    mustFollow(entry.number === hashes.length + 1 && entry.previous.equals(previous));
    previous = entry.hash;
    hashes.push(entry.hash);
  }
  return hashes;
}

// ---- Checkpoints and proofs ("Checkpoints", "Proofs") ----

const MOST_CHECKPOINT = 4096;
const MOST_SIGNATURE_LINES = 100;
const MOST_PROOF_HASHES = 32;
const CHECKPOINT = /^(tallystick\/([0-9a-f]{32})\/([1-9][0-9]*))\n([1-9][0-9]*)\n([^\n]*)\n(?=\n|$)/;
const SIGNATURE_LINE = /^\u2014 ([^ \n]+) ([^ \n]+)\n/;
const WHITE_SPACE = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** The bytes, or null if this is not the one base64 of any. */
function unbase64(text) {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

/** Step 1. Bytes are taken as Latin-1 where text is not known to be UTF-8: the three lines are ASCII. */
function parseCheckpoint(bytes) {
  mustParse(bytes.length <= MOST_CHECKPOINT);
  const match = CHECKPOINT.exec(bytes.toString('latin1'));
  mustParse(match !== null);
  const [head, origin, ledger, epoch, size, encoded] = match;
  const root = unbase64(encoded);
  mustParse(Number(epoch) <= LAST_ENTRY && Number(size) <= LAST_ENTRY);
  mustParse(root !== null && root.length === 32);
  return { origin, ledger, size: Number(size), root, signed: utf8(head), rest: bytes.subarray(head.length) };
}

/** Step 2: the name, key ID and signature of each line. */
function signatureLines(rest) {
  const text = decodeUtf8(rest);
  mustVerify(text !== null && text.startsWith('\n') && !/[\u0000-\u0009\u000b-\u001f]/.test(text));
  const lines = [];
  for (let left = text.slice(1); left !== ''; ) {
    const match = SIGNATURE_LINE.exec(left);
    mustVerify(match !== null);
    const [line, name, encoded] = match;
    const bytes = unbase64(encoded);
    mustVerify(!WHITE_SPACE.test(name) && !name.includes('+') && bytes !== null && bytes.length >= 5);
    lines.push({ name, id: bytes.subarray(0, 4), signature: bytes.subarray(4) });
    left = left.slice(line.length);
  }
  mustVerify(lines.length >= 1 && lines.length <= MOST_SIGNATURE_LINES);
  return lines;
}

/** Step 3: the public keys that count. */
function logKeys(trust) {
  const isCompromised = (key) => trust.newest.keys.some((now) => isSameKey(now, key) && now.status === COMPROMISED);
  return everListed(trust).filter((key) => (key.roles & ROLE_LOG) !== 0 && !isCompromised(key));
}

function checkCheckpointSignatures({ origin, signed, rest }, trust) {
  const lines = signatureLines(rest).filter(({ name }) => name === origin);
  let verified = 0;
  for (const { publicKey } of logKeys(trust)) {
    const id = sha256(cat(utf8(origin), unhex('0a01'), publicKey)).subarray(0, 4);
    const first = lines.find((line) => line.id.equals(id));
    if (!first) continue;
    mustVerify(verifies(publicKey, first.signature, signed));
    verified++;
  }
  mustVerify(verified > 0);
}

function verifyCheckpoint(bytes, trust) {
  const checkpoint = parseCheckpoint(bytes);
  checkCheckpointSignatures(checkpoint, trust);
  return checkpoint;
}

/** Steps for a journal and a checkpoint that was kept. */
function checkKept(hashes, bytes, ledger, trust) {
  const checkpoint = parseCheckpoint(bytes);
  if (checkpoint.rest.length > 0) checkCheckpointSignatures(checkpoint, trust);
  mustFollow(checkpoint.ledger === hex(ledger) && checkpoint.size <= hashes.length);
  mustFollow(treeRoot(hashes.slice(0, checkpoint.size)).equals(checkpoint.root));
}

/** Steps 1 and 2. */
function parseProof(bytes) {
  const at = bytes.indexOf('\n\n');
  mustParse(at >= 0);
  const [first, extra, index, ...path] = bytes.subarray(0, at).toString('latin1').split('\n');
  mustParse(first === 'c2sp.org/tlog-proof@v1' && extra?.startsWith('extra ') && index?.startsWith('index '));
  const record = unbase64(extra.slice('extra '.length));
  mustParse(record !== null && path.length <= MOST_PROOF_HASHES);
  const hashes = path.map(unbase64);
  mustParse(hashes.every((hash) => hash !== null && hash.length === 32));
  const entry = parseEntry(record);
  const checkpoint = parseCheckpoint(bytes.subarray(at + 2));
  mustParse(index === `index ${entry.number - 1}`);
  return { entry, hashes, checkpoint };
}

const half = (n) => Math.floor(n / 2);

/** Step 5. */
function isInTree(entry, hashes, { size, root }) {
  let [f, s, r] = [entry.number - 1, size - 1, entry.hash];
  for (const p of hashes) {
    if (s === 0) return false;
    if (f % 2 === 1 || f === s) {
      r = nodeHash(p, r);
      while (f % 2 === 0 && f !== 0) [f, s] = [half(f), half(s)];
    } else {
      r = nodeHash(r, p);
    }
    [f, s] = [half(f), half(s)];
  }
  return s === 0 && r.equals(root);
}

function verifyProof(bytes, trust) {
  const { entry, hashes, checkpoint } = parseProof(bytes);
  checkCheckpointSignatures(checkpoint, trust);
  mustParse(entry.number <= checkpoint.size);
  mustVerify(isInTree(entry, hashes, checkpoint));
  checkEntrySigner(entry, trust);
  return { entry, checkpoint };
}

// ---- Comparing ----

/** The disagreements of one file, or of SPEC.md's examples. */
class Tally {
  constructor(name) {
    this.name = name;
    this.tests = 0;
    this.passed = 0;
    this.optional = 0;
    this.problems = [];
  }

  /** Counts a test. `compare` returns its disagreements, or OPTIONAL for a refusal that is allowed. */
  test(label, compare) {
    this.tests++;
    const found = this.compare(label, compare);
    if (found === OPTIONAL) this.optional++;
    if (found === OPTIONAL || found.length === 0) this.passed++;
  }

  /** Compares what is no test of its own. */
  compare(label, compare) {
    let found;
    try {
      found = compare();
    } catch (error) {
      found = [error instanceof Refusal ? `refused: ${error.id}` : error.stack];
    }
    if (found !== OPTIONAL) this.problems.push(...found.map((text) => `${label}: ${text}`));
    return found;
  }

  print() {
    const word = this.problems.length > 0 ? 'FAIL' : 'ok  ';
    const optional = this.optional > 0 ? `, ${this.optional} of them refused as a reader may` : '';
    console.log(`${word}  ${this.name}: ${this.passed} of ${this.tests} agree${optional}`);
    for (const problem of this.problems) console.log(`      ${problem}`);
    return this.problems.length === 0;
  }
}

const OPTIONAL = Symbol('a refusal that is allowed');

/** What is expected and what is had, as JSON shows them: bytes as hex. */
function plain(value) {
  if (value instanceof Uint8Array) return hex(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]));
}

function differences(expected, actual, where = 'output') {
  const had = plain(actual);
  const wanted = typeof had === 'string' && Array.isArray(expected) ? joined(expected) : expected;
  if (isObject(wanted) && isObject(had) && Array.isArray(wanted) === Array.isArray(had)) {
    const names = new Set([...Object.keys(wanted), ...Object.keys(had)]);
    return [...names].flatMap((name) => differences(wanted[name], had[name], `${where}.${name}`));
  }
  return wanted === had ? [] : [`${where} is ${abridged(had)}, expected ${abridged(wanted)}`];
}

const isObject = (value) => typeof value === 'object' && value !== null;

function abridged(value) {
  const text = JSON.stringify(value) ?? 'absent';
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

// ---- The examples in SPEC.md ("A whole life") ----

function examplesOf(markdown) {
  const blocks = markdown.matchAll(/^```text example:(\S+)\n(.*?)^```$/gms);
  return new Map([...blocks].map(([, name, content]) => [name, content.trimEnd()]));
}

const table = (rows) => Object.entries(rows).map(([name, value]) => `${name}  ${value}`).join('\n');
function valueIn(block, name) {
  const line = block.split('\n').find((text) => text.startsWith(name));
  return line.slice(name.length).trim();
}

const hexOf = (block) => block.split('\n').map((line) => line.split('#')[0].trim()).join('');
const exampleSeed = (label) => sha256(utf8(`tallystick example: ${label}`));

const ROUTERS = {
  schema: 'tallystick/catalog/1',
  name: 'Example routers',
  version: 1,
  evaluation_days: 60,
  terms: ['1y', '3y'],
  products: [{
    name: 'Branch router',
    product_ids: ['AC-100'],
    entitlements: ['advantage', 'throughput', 'strong-encryption'],
  }],
  entitlements: [
    ['advantage', 'Advantage', 'device', 'device', 'enforced', 90],
    ['throughput', 'Throughput', 'capacity', 'Mbit/s', 'enforced', 90],
    ['strong-encryption', 'Strong encryption', 'device', 'device', 'export-controlled', 0],
  ].map(([name, title, metric, unit, enforcement, grace], i) => ({
    id: i + 1, tag: name, name: title, metric, unit, class: enforcement, grace_days: grace,
  })),
};

function exampleKey(index, roles, { publicKey }) {
  return { index, suite: SUITE_ED25519, roles, from: 0, to: 0, status: ACTIVE, publicKey };
}

/** Everything that the worked life derives from its three seeds. */
function exampleLife() {
  const rootKey = signer(exampleSeed('root key'));
  const issueKey = signer(exampleSeed('issue key'));
  const catalog = utf8(canonicalJson(ROUTERS));
  const rootContent = writeRootContent({
    training: false, version: 1, previous: Buffer.alloc(32), issued: dayOf('2026-03-02'), expires: 0,
    revalidate: 720, name: ROUTERS.name.replace('routers', 'Networks'), catalog: sha256(catalog),
    keys: [exampleKey(1, ROLE_ROOT, rootKey), exampleKey(2, ROLE_ISSUE | ROLE_EXPORT, issueKey)],
    policies: [ROLE_ROOT, ROLE_ISSUE, ROLE_EXPORT].map((role) => ({ role, threshold: 1, suites: 0 })),
  });
  const rootSignature = rootKey.sign(labeled('TS1/root', rootContent));
  const root = cat(rootContent, writeSignatures([{ index: 1, signature: rootSignature }]));
  const bundle = writeBundle([root], catalog);
  const trust = parseBundle(bundle);
  const device = deviceFromSeed(exampleSeed('device seed'), 'AC-100:FOC2440A1B7');
  const request = writeRequest({ ...device, root: 1, catalog: 1, extensions: [] });
  const codes = exampleCodes(issueKey, trust, device);
  return { rootKey, issueKey, catalog, root, bundle, trust, device, request, ...codes };
}

function exampleCodes(issueKey, trust, device) {
  const short = device.did.subarray(0, 4);
  const content = writeAuthorizationContent({
    training: false, export: true, device: short, issuer: trust.hint, root: 1, entry: 7, number: 1,
    issued: dayOf('2026-03-02'),
    grants: [[1, 1], [2, 200], [3, 1]].map(([id, count]) => ({ id, count, ends: dayOf('2029-03-01') })),
  }, 1);
  const unsigned = parseAuthorization(cat(content, u8(2), Buffer.alloc(64)));
  const message = authorizationMessage(unsigned, device, [trust.newest.keys[1]], tagsById(trust.catalog));
  const authorization = cat(content, u8(2), issueKey.sign(message));
  const statusContent = writeStatusContent({
    device: short, floor: 2, installed: 1, authorization: authorizationDigest(unsigned),
    latest: dayOf('2026-03-04'), running: 39, root: 1, statement: 1, previous: Buffer.alloc(8),
  });
  const status = cat(statusContent, device.sign(statusMessage(device, statusContent)));
  return { message, authorization, status };
}

/** A code as the examples show it: the typed lines, an empty line, the paste form. */
function shownCode(kind, body) {
  const lines = encodeLines(kind, payloadOf(kind, body));
  return `${lines.join('\n')}\n\n${wrap(pasteForm(kind, body), 96)}`;
}

function shownSymbols(kind, order, bits, piece) {
  const { data, checks, text } = encodeLine(kind, order, bits, piece);
  return table({
    'not shown': [kind, order, bits].join(' '),
    data: data.join(' '),
    checks: checks.join(' '),
    line: text,
  });
}

function shownCorrection(typed) {
  const values = fold(typed);
  const symbols = pairs(values);
  const s = syndromes([RECEIPT, LAST + 1, RECEIPT_BITS, ...symbols]);
  const [first, second] = twoErrors(s, symbols.length);
  return table({
    typed,
    syndromes: s.join(' '),
    correction: `add ${first.value} at power ${first.at} and ${second.value} at power ${second.at}`,
    meant: readLine(values, 1, ALL_KINDS)[0].text,
  });
}

const shownKey = (name, { publicKey }) =>
  table({ [name]: hex(publicKey), 'its fingerprint': hex(keyFingerprint(SUITE_ED25519, publicKey)) });

function shownSeeds() {
  return table({
    'root key seed': hex(exampleSeed('root key')),
    'issue key seed': hex(exampleSeed('issue key')),
    'device seed': hex(exampleSeed('device seed')),
  });
}

function shownRootDigest({ first, hint }) {
  return table({
    'TS1/root digest': hex(first.digest),
    fingerprint: shownFingerprint(first.digest),
    'issuer hint': hex(hint),
  });
}

function shownIdentity(device) {
  return table({
    'signing seed': hex(device.signingSeed),
    'public key': hex(device.publicKey),
    'key digest': hex(keyDigestOf(device.publicKey)),
    salt: hex(device.salt),
    ...Object.fromEntries([2048, 2047, 2046, 3, 2, 1].map((p) => [`x[${p}]`, hex(device.chain[p])])),
    anchor: hex(device.anchor),
    DID: hex(device.did),
    fingerprint: device.fingerprint,
    locator: device.locator,
  });
}

const shownSum = (digest) => table({ 'TS1/body digest': hex(digest) });

function shownGenerator() {
  return table({
    generator: GENERATOR.join(' '),
    'a^9, a^10, a^11': [9, 10, 11].map((i) => EXP[i]).join(' '),
    'a^100, a^1022': [100, 1022].map((i) => EXP[i]).join(' '),
  });
}

/** What each example block has to say; bytes stand for a block of hex. */
function exampleValues(examples) {
  const life = exampleLife();
  const { rootKey, issueKey, trust, device } = life;
  const receipt = (p) => writeReceipt(device, p);
  const lastPiece = payloadOf(REQUEST, life.request).subarray(60);
  return {
    seeds: shownSeeds(),
    'issuer-keys': `${shownKey('root key', rootKey)}\n${shownKey('issue key', issueKey)}`,
    catalog: brokenLike(examples.get('catalog'), life.catalog.toString()),
    'catalog-digest': table({ 'SHA-256': hex(sha256(life.catalog)) }),
    root: life.root,
    'root-digest': shownRootDigest(trust),
    bundle: life.bundle,
    'bundle-paste': wrap(pasteForm(BUNDLE, life.bundle), 76),
    identity: shownIdentity(device),
    request: life.request,
    'request-code': shownCode(REQUEST, life.request),
    'request-symbols': shownSymbols(REQUEST, 4 + LAST, lastPiece.length * 8, lastPiece),
    authorization: life.authorization,
    'authorization-sign': life.message,
    'authorization-code': shownCode(AUTHORIZATION, life.authorization),
    'authorization-sum': shownSum(authorizationDigest(parseAuthorization(life.authorization))),
    confirmation: receipt(2),
    'confirmation-code': shownCode(RECEIPT, receipt(2)),
    'confirmation-symbol': shownSymbols(RECEIPT, 1 + LAST, RECEIPT_BITS, receipt(2)),
    correction: shownCorrection(valueIn(examples.get('correction'), 'typed')),
    status: life.status,
    'status-code': shownCode(STATUS, life.status),
    'status-sum': shownSum(parseStatus(life.status).sum),
    return: receipt(3),
    'return-code': shownCode(RECEIPT, receipt(3)),
    generator: shownGenerator(),
  };
}

/** One long line, broken where the example breaks it. */
function brokenLike(example, text) {
  let at = 0;
  return example.split('\n').map((line) => text.slice(at, at += line.length)).join('\n') + text.slice(at);
}

function checkExample(block, value) {
  if (block === undefined) return ['the example is missing'];
  if (value === undefined) return ['nothing is known of this example'];
  if (value instanceof Uint8Array) return differences(hexOf(block), value, 'hex');
  return differences(block.replace(/ {2,}/g, '  '), value, 'text');
}

/** Every code of the worked life, as a device and an issuer who read it would judge it. */
function checkLife(examples) {
  const read = (name) => decode(examples.get(name).split('\n\n')[0]).body;
  const trust = parseBundle(decode(examples.get('bundle-paste')).body);
  const who = parseRequest(read('request-code'));
  const body = read('authorization-code');
  const today = dayOf('2026-03-02');
  const device = { who, trust, floor: 1, installed: null, latest: today, clock: today };
  const { floor, position } = install(body, device);
  const report = verifyStatus(read('status-code'), who);
  const known = { position: 0, x: Buffer.alloc(0) };
  const positions = ['confirmation-code', 'return-code']
    .map((name) => findPosition(who, parseReceipt(read(name)).x, known, [1]));
  const had = [floor, position, report.floor, report.installed, ...positions];
  return differences([2, 2, 2, 1, 2, 3], had, 'life');
}

function checkSpec(root) {
  const examples = examplesOf(fs.readFileSync(path.join(root, 'reserve/SPEC.md'), 'utf8'));
  const values = exampleValues(examples);
  const tally = new Tally('reserve/SPEC.md, examples');
  for (const name of new Set([...examples.keys(), ...Object.keys(values)])) {
    tally.test(name, () => checkExample(examples.get(name), values[name]));
  }
  tally.test('the whole life', () => checkLife(examples));
  return tally.print();
}

// ---- Vectors (testvectors/README.md) ----

/** A string that repeats itself may be a list of parts. */
function joined(value) {
  if (!Array.isArray(value)) return value;
  return value.map((part) => (typeof part === 'string' ? part : expanded(part))).join('');
}

function expanded({ repeat, times, from = 1, to = times }) {
  return Array.from({ length: to - from + 1 }, (_, i) => repeat.replaceAll('{n}', from + i)).join('');
}

const bytesIn = (value) => unhex(joined(value));

/** Each operation takes input and context and returns the output, or { output, … } with more fields. */
const operations = {
  encode({ kind, body }) {
    const bytes = bytesIn(body);
    const lines = encodeLines(kind, payloadOf(kind, bytes));
    return { output: { lines, paste: pasteForm(kind, bytes) } };
  },

  decode({ text, kinds }) {
    return decodeResult(decode(joined(text), kinds));
  },

  line({ text, line, kinds }) {
    const values = foldLine(text);
    const found = readLine(values, line, kinds);
    const output = { readings: found.map((one) => pick(one, 'kind last bits text cost')) };
    if (found[0].cost === 0) return { output };
    return { result: 'corrected', corrections: corrections(values, line, found[0]), output };
  },

  fold({ text }) {
    const values = joined(text).split(LINE_END).flatMap(foldLine);
    return { output: { text: toText(values) } };
  },

  identity({ seed, udi }, context, expected) {
    must(UDI.test(udi), 'code-malformed');
    const device = deviceOf({ seed, udi });
    const keyDigest = keyDigestOf(device.publicKey);
    const chain = expected.chain.map(({ position }) => ({ position, x: device.chain[position] }));
    const names = 'signingSeed publicKey salt anchor did fingerprint locator';
    return { output: { ...pick(device, names), keyDigest, chain } };
  },

  udi({ packed }) {
    const reader = new Reader(bytesIn(packed), 'code-malformed');
    const udi = readUdi(reader);
    reader.end();
    return { output: { udi } };
  },

  request({ body }) {
    return { output: parseRequest(bytesIn(body)) };
  },

  authorization(input, context) {
    const given = { ...context, ...input };
    const who = deviceOf(given.device);
    const installed = install(bytesIn(input.body), deviceIn(given, who));
    const { authorization, position } = installed;
    return {
      output: {
        ...authorizationOutput(authorization),
        ...pick(installed, 'repeated floor latest'),
        confirmation: encodeLines(RECEIPT, writeReceipt(who, position))[0],
      },
    };
  },

  creation(input) {
    return { output: createDevice({ ...input, seed: joined(input.seed), bundle: joined(input.bundle) }) };
  },

  event(input, context) {
    const before = Object.fromEntries(Object.entries(context.record)
      .map(([name, value]) => [name, joined(input[name] === undefined ? value : input[name])]));
    const { event, body, ...args } = input;
    const clocks = pick(input, 'clock uptime');
    const given = { ...args, clocks, body: body && joined(body) };
    const { record, ...shown } = events[event](before, deviceOfRecord(before), given);
    const isChanged = ([name, value]) => value !== before[name];
    return { output: { ...shown, record: Object.fromEntries(Object.entries(record).filter(isChanged)) } };
  },

  receipt(input, context) {
    const { who, books } = booksIn(input, context);
    const bodies = input.text ? decode(joined(input.text)).candidates : [bytesIn(input.body)];
    const { position, ...rest } = receiveReceipt(bodies, who, books);
    return booksResult(books, rest, { position });
  },

  status({ body }, context) {
    const report = verifyStatus(bytesIn(body), whoIn(context));
    return { output: pick(report, STATUS_FIELDS) };
  },

  report(input, context) {
    const { who, books } = booksIn(input, context);
    const body = input.text ? decode(joined(input.text)).body : bytesIn(input.body);
    return booksResult(books, receiveReport(verifyStatus(body, who), books), {});
  },

  standing(input, context) {
    return { output: reckon({ ...context.books, ...input }) };
  },

  next({ draws = [], ...input }, context) {
    return { output: { number: nextNumber({ ...context.books, ...input }, draws) } };
  },

  rebase({ draws = [], ...input }, context) {
    return { output: { number: rebasedNumber({ ...context.books, ...input }, draws) } };
  },

  'write-off': (input, context) => ({ output: { books: writeOff({ ...context.books, ...input }) } }),

  settlement: (input, context) => ({ output: { books: settle({ ...context.books, ...input }) } }),

  roots({ roots }) {
    const chain = verifyRoots(roots.map(bytesIn));
    const newest = chain.at(-1);
    const keys = newest.keys.map((key) => ({
      ...pick(key, 'index suite roles status'),
      fingerprint: keyFingerprint(key.suite, key.publicKey),
    }));
    return {
      output: {
        ...pick(newest, 'version training issued expires revalidate digest'),
        name: rootName(newest),
        keys,
        issuer: shownFingerprint(chain[0].digest),
      },
    };
  },

  bundle({ body }) {
    return { output: bundleOutput(parseBundle(bytesIn(body))) };
  },

  update({ body }, context) {
    const next = parseBundle(bytesIn(body));
    checkBundleReplaces(parseBundle(bytesIn(context.bundle)), next);
    return { output: bundleOutput(next) };
  },

  catalog({ text: written }) {
    const { version, canonical, isCanonical } = parseCatalog(utf8(joined(written)));
    const digest = sha256(canonical);
    return { output: { version, canonical: isCanonical, bytes: canonical.length, sha256: digest } };
  },

  'catalog-update': (input) => {
    checkCatalogReplaces(parseCatalog(utf8(joined(input.old))), parseCatalog(utf8(joined(input.new))));
    return { output: {} };
  },

  entry({ record }, context) {
    const entry = verifyEntry(bytesIn(record), trustIn(context));
    return { output: pick(entry, 'number time kind actor subject signer body hash') };
  },

  tree({ leaves }) {
    const bytes = bytesIn(leaves);
    const hashes = listOf(bytes.length / 32, (_, i) => bytes.subarray(32 * i, 32 * i + 32));
    return { output: { root: treeRoot(hashes) } };
  },

  checkpoint(input, context) {
    return { output: pick(verifyCheckpoint(textIn(input), trustIn(context)), 'origin size root') };
  },

  proof(input, context) {
    const { entry, checkpoint } = verifyProof(textIn(input), trustIn(context));
    return { output: { ...pick(entry, 'number hash'), ...pick(checkpoint, 'origin size') } };
  },

  journal({ records, checkpoint }, context) {
    const [ledger, trust] = [bytesIn(context.ledger), trustIn(context)];
    const hashes = verifyEntries(records.map(bytesIn), ledger, trust);
    if (checkpoint !== undefined) checkKept(hashes, utf8(checkpoint), ledger, trust);
    return { output: { size: hashes.length, root: treeRoot(hashes) } };
  },
};

const textIn = ({ text, bytes }) => (bytes === undefined ? utf8(joined(text)) : bytesIn(bytes));

const trusts = new Map();

/** The trust of an issuer, which is verified once for all tests. */
function trustIn({ bundle }) {
  const name = joined(bundle);
  if (!trusts.has(name)) trusts.set(name, parseBundle(unhex(name)));
  return trusts.get(name);
}

const STATUS_FIELDS = 'floor installed authorization latest running root statement previous sum';

function authorizationOutput(authorization) {
  return {
    ...pick(authorization, 'training export root entry number issued grants extensions'),
    signers: authorization.signatures.map(({ key }) => key),
    digest: authorizationDigest(authorization),
  };
}

function decodeResult(read) {
  const result = { result: 'valid', output: pick(read, 'kind body pasted') };
  if (read.corrected.length > 0) {
    Object.assign(result, pick(read, 'corrected corrections'), { result: 'corrected' });
  }
  if (read.candidates?.length > 1) result.candidates = read.candidates;
  return result;
}

const devices = new Map();

/** A device, whose chain of 2048 positions is made once for all tests. */
function deviceOf({ seed, udi }) {
  const name = `${seed} ${udi}`;
  if (!devices.has(name)) devices.set(name, deviceFromSeed(bytesIn(seed), udi));
  return devices.get(name);
}

function deviceIn({ bundle, floor, installed, latest, clock }, who) {
  return {
    who,
    trust: parseBundle(bytesIn(bundle)),
    floor,
    installed: installed === null ? null : parseAuthorization(bytesIn(installed)),
    latest,
    clock,
  };
}

const whoIn = ({ publicKey, anchor, udi }) => identity(bytesIn(publicKey), bytesIn(anchor), udi);

/** What the files leave out of most books. */
const NOT_WRITTEN_OFF = { writtenOff: false, before: 0, settled: false, lives: false };

function booksIn(input, context) {
  const given = { ...context.books, ...input };
  const issued = given.issued.map((entry) => ({ ...entry, digest: bytesIn(entry.digest) }));
  const rest = {
    ...pick(given, 'floor position seen current statements suspect quarantined'),
    ...pick({ ...NOT_WRITTEN_OFF, ...given }, 'writtenOff before settled lives'),
  };
  return { who: whoIn(given), books: { issued, x: bytesIn(given.x), sum: bytesIn(given.sum), ...rest } };
}

/** The fields of the books that changed, also where the code is refused. */
function booksResult(books, { changes, error, known }, more) {
  const isChanged = ([name, value]) => differences(plain(books[name]), value).length > 0;
  const changed = Object.fromEntries(Object.entries(changes).filter(isChanged));
  const output = { ...more, known, books: changed };
  return error ? { result: 'invalid', error, output } : { output };
}

function bundleOutput({ roots, newest, first, catalog, hint }) {
  return {
    versions: roots.length,
    issuer: shownFingerprint(first.digest),
    hint,
    training: newest.training,
    name: rootName(newest),
    catalog: catalog.version,
  };
}

const PLACES = ['line', 'group', 'actual'];

/** What this implementation says to a test, in the test's own shape. */
function resultOf(operation, test, context = {}) {
  try {
    return { result: 'valid', ...operations[operation](test.input, context, test.output ?? {}) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { result: 'invalid', error: error.id, ...pick(error, PLACES.join(' ')) };
  }
}

// What a reader may refuse that the vectors' own reader takes.
const MAY_REFUSE = ['OtherText', 'LostLineEnds'];
const COMPARED = ['result', 'error', 'candidates', 'output'];

const PLACES_AND_CORRECTIONS = [...PLACES, 'corrected', 'corrections'];

function compareTest(test, had) {
  const mayRefuse = test.flags.some((flag) => MAY_REFUSE.includes(flag));
  if (mayRefuse && had.result === 'invalid') return OPTIONAL;
  const places = PLACES_AND_CORRECTIONS.filter((name) => test[name] !== undefined);
  const [wanted, found] = [test, had].map(inOneOrder);
  return [...COMPARED, ...places].flatMap((name) => differences(wanted[name], found[name], name));
}

/** Readings of one cost, and candidates, in an order of their own; any candidate may come first. */
function inOneOrder(result) {
  const { output, candidates } = result;
  if (candidates) {
    const sorted = candidates.map(plain).sort();
    return { ...result, candidates: sorted, output: { ...output, body: sorted[0] } };
  }
  if (!output?.readings) return result;
  const key = ({ cost, kind, last, bits, text }) => `${cost} ${kind} ${last} ${bits} ${text}`;
  const readings = [...output.readings].sort((x, y) => (key(x) < key(y) ? -1 : 1));
  return { ...result, output: { ...output, readings } };
}

function checkVectorFile(directory, name) {
  const tally = new Tally(name);
  const file = JSON.parse(fs.readFileSync(path.join(directory, name), 'utf8'));
  const tests = file.groups.flatMap((group) => group.tests.map((test) => ({ group, test })));
  tally.compare('schema', () => differences('tallystick/vectors/1', file.schema, 'schema'));
  tally.compare('numberOfTests', () => differences(file.numberOfTests, tests.length, 'tests'));
  const ids = new Set(tests.map(({ test }) => test.id));
  tally.compare('ids', () => differences(tests.length, ids.size, 'ids'));
  for (const { group, test } of tests) {
    tally.test(`${test.id} (${group.name}: ${test.comment})`, () =>
      compareTest(test, resultOf(group.operation, test, group.context)));
  }
  return tally.print();
}

// ---- Paste files ----

/** The header's fields and the text after the empty line, byte for byte. */
function parsePasteFile(bytes) {
  const text = bytes.toString('utf8');
  const end = text.indexOf('\n\n');
  const fields = text.slice(0, end).split('\n').map((line) => line.match(/^([^:]+): (.*)$/).slice(1));
  return { header: Object.fromEntries(fields), text: text.slice(end + 2) };
}

/** The header as the test of a vector file. */
function pasteTest({ expect, kind, body, line, flags }) {
  const isRead = ['valid', 'corrected'].includes(expect);
  const test = isRead ? { result: expect } : { result: 'invalid', error: expect };
  if (isRead) test.output = { kind: Number(kind), body, pasted: false };
  if (line !== undefined) test.line = Number(line);
  return { ...test, flags: flags ? flags.split(/[ ,]+/) : [] };
}

function checkPasteFile(bytes) {
  const { header, text } = parsePasteFile(bytes);
  const had = resultOf('decode', { input: { text, kinds: ALL_KINDS } });
  if (had.output) had.output.pasted = false;
  return compareTest(pasteTest(header), had);
}

function checkPasteFiles(directory) {
  const tally = new Tally('paste/*.txt');
  const names = fs.readdirSync(directory).filter((name) => name.endsWith('.txt')).sort();
  tally.compare('files', () => (names.length > 0 ? [] : ['there are none']));
  for (const name of names) {
    tally.test(name, () => checkPasteFile(fs.readFileSync(path.join(directory, name))));
  }
  return tally.print();
}

// ---- inspect ----

/** What a code says, in the words of SPEC.md. */
const sayings = {
  [REQUEST]: (body) => pick(
    parseRequest(body),
    'udi did fingerprint locator suite publicKey anchor root catalog extensions',
  ),

  [AUTHORIZATION]: (body) => {
    const authorization = parseAuthorization(body);
    const grants = authorization.grants.map((grant) => ({ ...grant, ends: dateOf(grant.ends) }));
    return {
      ...pick(authorization, 'device issuer'),
      ...authorizationOutput(authorization),
      issued: dateOf(authorization.issued),
      grants,
    };
  },

  [RECEIPT]: (body) => parseReceipt(body),

  [STATUS]: (body) => {
    const report = parseStatus(body);
    return { ...pick(report, `device ${STATUS_FIELDS}`), latest: dateOf(report.latest) };
  },

  [BUNDLE]: (body) => {
    const trust = parseBundle(body);
    return { ...bundleOutput(trust), catalog: JSON.parse(trust.catalog.canonical) };
  },
};

/** What the other codes prove about one. */
const proofs = {
  [REQUEST]: () => ({}),
  [BUNDLE]: () => ({}),

  [AUTHORIZATION]: (body, { requests, bundles }) => {
    const authorization = parseAuthorization(body);
    const who = requests.find(({ did }) => did.subarray(0, 4).equals(authorization.device));
    if (!who || bundles.length === 0) return {};
    return { verified: outcomeOf(() => {
      checkSigned(authorization, who, bundles[0], false);
      checkAllowed(authorization, bundles[0]);
    }) };
  },

  [RECEIPT]: (body, { requests }, spellings) => {
    const books = { position: 0, x: Buffer.alloc(0), issued: [] };
    for (const who of requests) {
      const { value } = attempt(() => locateReceipt(spellings, who, books));
      if (value === null) continue;
      const { position } = value;
      const installed = position % 2 === 0 ? position / 2 : null;
      const deadBelow = floorOfPosition(position);
      return { x: value.x, verified: 'valid', udi: who.udi, position, installed, deadBelow };
    }
    return requests.length > 0 ? { verified: 'receipt-mismatch' } : {};
  },

  [STATUS]: (body, { requests }) => {
    const { device } = parseStatus(body);
    const who = requests.find(({ did }) => did.subarray(0, 4).equals(device));
    if (!who) return {};
    return { udi: who.udi, verified: outcomeOf(() => verifyStatus(body, who)) };
  },
};

function outcomeOf(action) {
  const { refusal } = attempt(action);
  return refusal ? refusal.id : 'valid';
}

function inspectCode({ kind, body, candidates, corrections: wrong }, others) {
  const head = { kind: KINDS[kind].name, bytes: body.length };
  if (wrong.length > 0) head.corrections = wrong;
  const { value, refusal } = attempt(() => {
    must(!KINDS[kind].reserved, 'code-unsupported');
    return { ...sayings[kind](body), ...proofs[kind](body, others, candidates) };
  });
  return refusal ? { ...head, error: refusal.id } : { ...head, ...value };
}

/** Each argument is a code, pasted or typed. What codes prove about each other is told, too. */
function inspect(texts) {
  const codes = texts.map((text) => attempt(() => decode(text)));
  const parsed = (kind, parse) => codes
    .filter(({ value }) => value?.kind === kind)
    .map(({ value }) => attempt(() => parse(value.body)).value)
    .filter((value) => value !== null);
  const others = { requests: parsed(REQUEST, parseRequest), bundles: parsed(BUNDLE, parseBundle) };
  const said = codes.map(({ value, refusal }) =>
    (value ? inspectCode(value, others) : { error: refusal.id, ...pick(refusal, PLACES.join(' ')) }));
  console.log(JSON.stringify(plain(said), null, 2));
  return said.every(({ error }) => error === undefined);
}

// ---- Proofs and checkpoints in files ----

function auditFile(bytes, trust) {
  if (!bytes.subarray(0, 5).equals(utf8('c2sp.'))) return pick(verifyCheckpoint(bytes, trust), 'origin size root');
  const { entry, checkpoint } = verifyProof(bytes, trust);
  const said = pick(entry, 'number time kind actor subject signer body hash');
  return { ...said, ...pick(checkpoint, 'origin size root') };
}

/** What the files say, as JSON; the issuer's fingerprint is for people to compare. */
function audit(bundleFile, files) {
  const { value: trust, refusal } = attempt(() => {
    const { kind, body } = decode(fs.readFileSync(bundleFile, 'utf8'));
    must(kind === BUNDLE, 'code-kind');
    return parseBundle(body);
  });
  const said = files.map((file) => {
    const read = refusal ? { refusal } : attempt(() => auditFile(fs.readFileSync(file), trust));
    return { file, ...(read.refusal ? { error: read.refusal.id } : read.value) };
  });
  const issuer = trust && shownFingerprint(trust.first.digest);
  console.log(JSON.stringify(plain({ issuer, files: said }), null, 2));
  return said.every(({ error }) => error === undefined);
}

// ---- The program ----

const VECTOR_FILES = [
  'codec', 'request', 'authorization', 'receipt', 'status', 'device', 'books', 'trust',
  'catalog', 'journal',
];

function checkAll() {
  const directory = path.dirname(fileURLToPath(import.meta.url));
  const checks = [
    () => checkSpec(path.dirname(directory)),
    ...VECTOR_FILES.map((name) => () => checkVectorFile(directory, `${name}.json`)),
    () => checkPasteFiles(path.join(directory, 'paste')),
  ];
  return checks.map(isGood).every(Boolean);
}

/** A file that is missing or can't be read is a disagreement like any other. */
function isGood(check) {
  try {
    return check();
  } catch (error) {
    console.log(`FAIL  ${error.message}`);
    return false;
  }
}

const verbs = {
  inspect: { run: inspect, least: 1 },
  audit: { run: ([bundle, ...files]) => audit(bundle, files), least: 2 },
};
const [name, ...rest] = process.argv.slice(2);
const verb = name === undefined ? { run: checkAll, least: 0 } : verbs[name];
if (verb === undefined || rest.length < verb.least) {
  console.error('usage: node testvectors/check.mjs [inspect CODE… | audit BUNDLE FILE…]');
  process.exitCode = 2;
} else {
  process.exitCode = isGood(() => verb.run(rest)) ? 0 : 1;
}
