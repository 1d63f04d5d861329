import { Worker } from "node:worker_threads";

/** How long a step may take before SIGINT does not wait for its end any more. */
const PATIENCE_MS = 1000;
const BEAT_MS = 100;

const host = globalThis as { [key: symbol]: unknown };

/** How often a step is found still going on, a second apart, before that is told. */
const TELL_AFTER = 2;

/** By this name the watch finds what lets go of SIGINT. */
const LET_GO = "tickless.letGoOfSigint";

/**
 * Runs beside a program, in a thread of its own. A step that never ends keeps every handler of a
 * signal from running, and the handler keeps the signal from ending the process. Only the inspector
 * gets through to such a step.
 */
const watch = `
  const { workerData: { beats, off, patienceMs, letGo } } = require("node:worker_threads");
  const { Session } = require("node:inspector");
  const expression = \`globalThis[Symbol.for("\${letGo}")]?.()\`;
  let seen = -1;
  setInterval(() => {
    const beat = Atomics.load(beats, 0);
    if (beat === seen && beat !== off) {
      const session = new Session();
      session.connectToMainThread();
      session.post("Runtime.evaluate", { expression }, () => session.disconnect());
    }
    seen = beat;
  }, patienceMs);
`;

/** Stands for a heart that has been stopped on purpose. */
const OFF = -2;

/**
 * Keeps SIGINT from ending the process: it calls `interrupted` instead, between two steps of
 * whatever program runs. Where a step has taken longer than a second, it ends the process after all.
 */
export class Sigint {
  readonly #interrupted: () => void;
  readonly #stuck: (tell: boolean) => void;
  readonly #beats = new Int32Array(new SharedArrayBuffer(4));
  readonly #heart: NodeJS.Timeout;
  readonly #watch: Worker;
  #held = false;
  #found = 0;

  /** `stuck` is called each second while a step does not end, from inside it; once it is to tell of it. */
  constructor(interrupted: () => void, stuck: (tell: boolean) => void) {
    this.#interrupted = interrupted;
    this.#stuck = stuck;
    this.#beat();
    this.#heart = setInterval(() => this.#beat(), BEAT_MS).unref();
    host[Symbol.for(LET_GO)] = () => {
      this.#stuck(++this.#found === TELL_AFTER);
      this.#letGo();
    };
    const workerData = { beats: this.#beats, off: OFF, patienceMs: PATIENCE_MS, letGo: LET_GO };
    this.#watch = new Worker(watch, { eval: true, execArgv: [], workerData });
    this.#watch.unref();
    // A Node.js without inspector has no watch: there SIGINT waits for the end of a step.
    this.#watch.on("error", () => undefined);
  }

  /** The program is over. SIGINT stays without effect while its recording is written. */
  endWatch(): void {
    clearInterval(this.#heart);
    delete host[Symbol.for(LET_GO)];
    Atomics.store(this.#beats, 0, OFF);
    void this.#watch.terminate();
  }

  /** SIGINT ends the process again. */
  giveBack(): void {
    this.endWatch();
    this.#letGo();
  }

  #beat(): void {
    Atomics.add(this.#beats, 0, 1);
    if (!this.#held) process.on("SIGINT", this.#interrupted);
    this.#held = true;
    this.#found = 0;
  }

  #letGo(): void {
    process.off("SIGINT", this.#interrupted);
    this.#held = false;
  }
}
