/** The kinds of events as they stand in the low four bits of an event's first byte. 0 is for later ones. */
export const CODES = {
  begin: 1,
  name: 2,
  time: 3,
  timer: 4,
  step: 5,
  callback: 6,
  wait: 7,
  arm: 8,
  operation: 9,
  settle: 10,
  cancel: 11,
  choice: 12,
  draw: 13,
  external: 14,
  end: 15,
} as const;

/** A kind that a later minor version has added: its number and its length stand before its fields. */
export const LATER = 0;

// The high four bits of the first byte.
/** The task is the one whose step or callback is going on. */
export const SAME_TASK = 16;
/** A wait is for an object, or has an operation. */
export const HAS_OBJECT = 32;
/** How a time is given: as whole units from the present, or as a float64; without either, not at all. */
export const DELTA = 64;
export const DOUBLE = 128;
/** Bits that tell how a time is given. */
export const TIME_BITS = 192;

/** The kinds of notes. */
export const NOTE_CODES = { mark: 1, log: 2, counter: 3 } as const;

// What follows the name of a mark.
export const NO_VALUE = 0;
export const NUMBER_VALUE = 1;
export const TEXT_VALUE = 2;

/** How many strings get a number by which they can come again: a run may make up new ones for ever. */
export const MOST_STRINGS = 4096;
/** How long these may be, in UTF-16 code units. */
export const LONGEST_STRING = 255;
