import type { RandomStream } from "@tickless/core";

/** So many bytes come of one number of a stream: 48 of its 53 random bits. */
const BYTES_PER_DRAW = 6;
const RANGE = 2 ** (8 * BYTES_PER_DRAW);

/**
 * Fills `bytes` from `stream`, six bytes a number, the highest first. Integers alone are used, so the
 * bytes are the same on every host (rule S9).
 */
export function fillFrom(stream: RandomStream, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += BYTES_PER_DRAW) {
    let rest = Math.floor(stream() * RANGE);
    for (let i = Math.min(at + BYTES_PER_DRAW, bytes.length) - 1; i >= at; i--) {
      bytes[i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  }
}

function uuidOf(bytes: Uint8Array, version: number): string {
  bytes[6] = ((bytes[6] as number) & 0x0f) | (version << 4);
  // The variant of RFC 9562.
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** A UUID of version 4 (RFC 9562, 5.4): three numbers of the stream. */
export function uuidFrom(stream: RandomStream): string {
  const bytes = new Uint8Array(16);
  fillFrom(stream, bytes);
  return uuidOf(bytes, 4);
}

/** A UUID of version 7 (RFC 9562, 5.7) of Unix time `nowMs`: it sorts by that time. */
export function timedUuidFrom(stream: RandomStream, nowMs: number): string {
  const bytes = new Uint8Array(16);
  let rest = Math.floor(nowMs);
  for (let i = 5; i >= 0; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  fillFrom(stream, bytes.subarray(6));
  return uuidOf(bytes, 7);
}
