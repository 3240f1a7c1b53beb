/**
 * SHA-256 of a text, as hexadecimal digits. Written out because the core imports nothing of Node; a short
 * non-cryptographic hash would do against accidents, but a saved plan is compared with what strangers can edit.
 */
export function sha256(text: string): string {
  const state = new Int32Array(INITIAL);
  const schedule = new Int32Array(64);
  const bytes = new Uint8Array(BUFFER_BYTES);
  const view = new DataView(bytes.buffer);
  const consume = (end: number): void => {
    for (let offset = 0; offset < end; offset += BLOCK) compress(state, schedule, view, offset);
  };
  // Piece by piece: the bytes of a large plan are never there as a whole.
  const encoder = new TextEncoder();
  let [kept, length] = [0, 0];
  for (let from = 0; from < text.length;) {
    const to = endOfPiece(text, from);
    const { written } = encoder.encodeInto(text.slice(from, to), bytes.subarray(kept));
    const end = kept + written;
    const whole = end - (end % BLOCK);
    consume(whole);
    bytes.copyWithin(0, whole, end);
    kept = end - whole;
    length += written;
    from = to;
  }
  consume(pad(bytes, view, { kept, length }));
  return [...state].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

const BLOCK = 64;
const PIECE = 16_384;
/** A piece in UTF-8, behind what is left of the one before. */
const BUFFER_BYTES = PIECE * 3 + BLOCK;

/** Where the next piece ends: never between the two halves of one character. */
function endOfPiece(text: string, from: number): number {
  const to = Math.min(from + PIECE, text.length);
  const last = text.charCodeAt(to - 1);
  const isHalf = to < text.length && last >= 0xd8_00 && last <= 0xdb_ff;
  return isHalf ? to - 1 : to;
}

const FIRST_PRIMES = firstPrimes(64);
const INITIAL = FIRST_PRIMES.slice(0, 8).map((prime) => fractionBits(Math.sqrt(prime)));
const ROUND = new Int32Array(FIRST_PRIMES.map((prime) => fractionBits(Math.cbrt(prime))));

function fractionBits(value: number): number {
  return ((value - Math.floor(value)) * 2 ** 32) >>> 0;
}

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate += 1) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}

/** Ends the message behind what is kept of it; answers how many bytes there are now. */
function pad(
  bytes: Uint8Array,
  view: DataView,
  { kept, length }: { readonly kept: number; readonly length: number },
): number {
  const end = Math.ceil((kept + 9) / BLOCK) * BLOCK;
  bytes.fill(0, kept, end);
  bytes[kept] = 0x80;
  view.setUint32(end - 8, Math.floor(length / 2 ** 29));
  view.setUint32(end - 4, (length * 8) >>> 0);
  return end;
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

function at(words: Int32Array, index: number): number {
  return words[index] ?? 0;
}

/** Signed words throughout: an unsigned one above 2^31 would be an object of its own, and there are millions. */
function compress(state: Int32Array, w: Int32Array, view: DataView, offset: number): void {
  for (let i = 0; i < 16; i += 1) w[i] = view.getInt32(offset + i * 4);
  for (let i = 16; i < 64; i += 1) {
    const near = at(w, i - 15);
    const far = at(w, i - 2);
    const s0 = rotate(near, 7) ^ rotate(near, 18) ^ (near >>> 3);
    const s1 = rotate(far, 17) ^ rotate(far, 19) ^ (far >>> 10);
    w[i] = (at(w, i - 16) + s0 + at(w, i - 7) + s1) | 0;
  }
  let a = at(state, 0);
  let b = at(state, 1);
  let c = at(state, 2);
  let d = at(state, 3);
  let e = at(state, 4);
  let f = at(state, 5);
  let g = at(state, 6);
  let h = at(state, 7);
  for (let i = 0; i < 64; i += 1) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = (h + s1 + ((e & f) ^ (~e & g)) + at(ROUND, i) + at(w, i)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  state[0] = at(state, 0) + a;
  state[1] = at(state, 1) + b;
  state[2] = at(state, 2) + c;
  state[3] = at(state, 3) + d;
  state[4] = at(state, 4) + e;
  state[5] = at(state, 5) + f;
  state[6] = at(state, 6) + g;
  state[7] = at(state, 7) + h;
}
