/**
 * Numbers and texts as bytes, for writers. Each function writes at `at` and answers the place behind.
 * There must be room: 8 bytes for any of them but `string`, which takes `stringRoom`.
 */

/** An integer from 0 to 2^53, seven bits a byte, the lowest first; the top bit says that more follow. */
export function varint(bytes: Uint8Array, at: number, value: number): number {
  let place = at;
  let rest = value;
  while (rest > 0x7fffffff) {
    bytes[place++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  while (rest > 127) {
    bytes[place++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  bytes[place++] = rest;
  return place;
}

/** A 32-bit integer of either sign: 0, −1, 1, −2 … are 0, 1, 2, 3 …. */
export function signed(bytes: Uint8Array, at: number, value: number): number {
  return varint(bytes, at, ((value << 1) ^ (value >> 31)) >>> 0);
}

/** Eight bytes of a float64, the lowest first. There is one NaN, as its bits are the engine's choice. */
export function double(view: DataView, at: number, value: number): number {
  if (Number.isNaN(value)) {
    view.setUint32(at, 0, true);
    view.setUint32(at + 4, 0x7ff80000, true);
  } else {
    view.setFloat64(at, value, true);
  }
  return at + 8;
}

/** How many bytes a text takes at most. */
function stringRoom(value: string): number {
  return 5 + value.length * 3;
}

/** The count of UTF-16 code units, and each as a varint: one byte for ASCII, and any text is kept. */
function string(bytes: Uint8Array, at: number, value: string): number {
  const { length } = value;
  let place = varint(bytes, at, length);
  for (let i = 0; i < length; i++) {
    const unit = value.charCodeAt(i);
    if (unit < 128) bytes[place++] = unit;
    else place = varint(bytes, place, unit);
  }
  return place;
}

/** Bytes that grow. */
export class Section {
  bytes: Uint8Array = new Uint8Array(256);
  length = 0;

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    larger.set(this.bytes);
    this.bytes = larger;
  }

  varint(value: number): void {
    this.reserve(8);
    this.length = varint(this.bytes, this.length, value);
  }

  signed(value: number): void {
    this.reserve(8);
    this.length = signed(this.bytes, this.length, value);
  }

  double(value: number): void {
    this.reserve(8);
    this.length = double(new DataView(this.bytes.buffer), this.length, value);
  }

  text(value: string): void {
    this.reserve(stringRoom(value));
    this.length = string(this.bytes, this.length, value);
  }

  append(more: Uint8Array): void {
    this.reserve(more.length);
    this.bytes.set(more, this.length);
    this.length += more.length;
  }

  /** What is there, without a copy. */
  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}
