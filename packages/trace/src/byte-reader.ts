/** Reads what `bytes.ts` writes. A RangeError is thrown where the bytes end too early. */
export class ByteReader {
  readonly bytes: Uint8Array;
  at = 0;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get over(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new RangeError("The section ends in the middle of a value.");
    return byte;
  }

  varint(): number {
    let byte = this.byte();
    if (byte < 128) return byte;
    let value = byte & 127;
    for (let unit = 128; ; unit *= 128) {
      byte = this.byte();
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
  }

  signed(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  double(): number {
    const value = this.#view.getFloat64(this.at, true);
    this.at += 8;
    return value;
  }

  text(): string {
    const length = this.varint();
    if (length > this.bytes.length - this.at) throw new RangeError("A text ends too late.");
    const units: number[] = [];
    for (let i = 0; i < length; i++) units.push(this.varint());
    let value = "";
    // A call takes some tens of thousands of arguments at most.
    for (let i = 0; i < length; i += 4096) {
      value += String.fromCharCode(...units.slice(i, i + 4096));
    }
    return value;
  }
}
