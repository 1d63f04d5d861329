import type { Probe } from "@tickless/core/kit";
import { getRunningLoop } from "@tickless/core";
import type { Choices } from "../choices.ts";

/** Places in the numbers that a worker shares with whoever watches it. */
const STOP = 0;
const BEATS = 1;
const SCHEDULE = 2;
const DONE = 3;
const PATH_BYTES = 4;
const CHOICES = 5;
/** 0: the thread has not ended of itself; else its exit code and 1. */
const EXIT = 6;
const NUMBERS = 7;

const LONGEST_PATH_BYTES = 1024;
/** What a step that never ends may have been led to by; longer, and it is told without a repro line. */
const MOST_CHOICES = 100_000;

/** Memory of one job: `detailed` has room for where a step is, and for what led there. */
export interface SharedPulse {
  readonly numbers: SharedArrayBuffer;
  readonly detail: SharedArrayBuffer | null;
}

function viewsOf(detail: SharedArrayBuffer): {
  readonly time: Float64Array;
  readonly path: Uint8Array;
  readonly choices: Int32Array;
} {
  return {
    time: new Float64Array(detail, 0, 1),
    path: new Uint8Array(detail, 8, LONGEST_PATH_BYTES),
    choices: new Int32Array(detail, 8 + LONGEST_PATH_BYTES),
  };
}

/** Where the step was that did not end. */
export interface Whereabouts {
  /** Path of the task; null: a callback, or between two steps. */
  readonly task: string | null;
  readonly now: number;
  /** null: too many to be kept. */
  readonly choices: readonly { readonly count: number; readonly picked: number }[] | null;
}

/** The watching end of a job. */
export class Watched {
  readonly shared: SharedPulse;
  readonly #numbers: Int32Array;

  constructor(detailed: boolean) {
    const size = 8 + LONGEST_PATH_BYTES + 8 * MOST_CHOICES;
    this.shared = {
      numbers: new SharedArrayBuffer(4 * NUMBERS),
      detail: detailed ? new SharedArrayBuffer(size) : null,
    };
    this.#numbers = new Int32Array(this.shared.numbers);
    this.#numbers[SCHEDULE] = -1;
  }

  /** Asks it to end after the schedule that it is at. */
  stop(): void {
    Atomics.store(this.#numbers, STOP, 1);
  }

  /** Grows with each step; 0: it has not begun. */
  get beats(): number {
    return Atomics.load(this.#numbers, BEATS);
  }

  /** Which schedule it is at; -1: the program is being loaded. */
  get schedule(): number {
    return Atomics.load(this.#numbers, SCHEDULE);
  }

  /** How many of its schedules it has run. */
  get done(): number {
    return Atomics.load(this.#numbers, DONE);
  }

  /** The code with which the program has ended the thread; null: it has not. */
  get exitCode(): number | null {
    const exit = Atomics.load(this.#numbers, EXIT);
    return exit === 0 ? null : exit - 1;
  }

  whereabouts(): Whereabouts | null {
    const { detail } = this.shared;
    if (detail === null || this.schedule < 0) return null;
    const { time, path, choices } = viewsOf(detail);
    const bytes = path.slice(0, Atomics.load(this.#numbers, PATH_BYTES));
    const count = Atomics.load(this.#numbers, CHOICES);
    return {
      task: bytes.length === 0 ? null : new TextDecoder().decode(bytes),
      now: time[0] as number,
      choices:
        count > MOST_CHOICES
          ? null
          : Array.from({ length: count }, (_, i) => ({
              count: choices[2 * i] as number,
              picked: choices[2 * i + 1] as number,
            })),
    };
  }
}

/** The end of a job that is watched. Its probe tells of each step, so that one that never ends is found. */
export class Pulse {
  readonly #numbers: Int32Array;
  readonly #detail: SharedArrayBuffer | null;
  /** The choices of the schedule in progress. */
  choices: Choices | null = null;

  constructor({ numbers, detail }: SharedPulse) {
    this.#numbers = new Int32Array(numbers);
    this.#detail = detail;
    this.beat();
  }

  get stopped(): boolean {
    return Atomics.load(this.#numbers, STOP) === 1;
  }

  beat(): void {
    (this.#numbers[BEATS] as number)++;
  }

  /** The thread ends in the middle of the job. */
  exits(code: number): void {
    Atomics.store(this.#numbers, EXIT, (code & 255) + 1);
  }

  begins(schedule: number, done: number): void {
    this.beat();
    this.#numbers[CHOICES] = 0;
    this.#numbers[PATH_BYTES] = 0;
    Atomics.store(this.#numbers, SCHEDULE, schedule);
    Atomics.store(this.#numbers, DONE, done);
  }

  /** Where nobody asks for details it costs one addition for each step. */
  probe(): Probe {
    const numbers = this.#numbers;
    const detail = this.#detail;
    if (detail === null) {
      const beat = (): void => {
        (numbers[BEATS] as number)++;
      };
      return { step: beat, callback: beat };
    }
    const views = viewsOf(detail);
    const tell = (_event: number, _cause: number, task: number): void => {
      const loop = getRunningLoop();
      views.time[0] = loop.now;
      const path = loop.tasks.find(({ id }) => id === task)?.path ?? "";
      const { written } = new TextEncoder().encodeInto(path, views.path);
      Atomics.store(numbers, PATH_BYTES, written);
      this.#writeChoices(views.choices);
      this.beat();
    };
    return { step: tell, callback: tell };
  }

  #writeChoices(into: Int32Array): void {
    const { choices } = this;
    if (choices === null) return;
    for (let i = this.#numbers[CHOICES] as number; i < choices.length && i < MOST_CHOICES; i++) {
      into[2 * i] = choices.count(i);
      into[2 * i + 1] = choices.picked(i);
    }
    Atomics.store(this.#numbers, CHOICES, choices.length);
  }
}
