// What is counted during a day, and how it is told. Times are in seconds of virtual time.

/** A day in numbers. */
export interface Summary {
  /** Jobs that a worker has ended, well or not. */
  readonly jobs: number;
  readonly done: number;
  readonly givenUp: number;
  /** Attempts that took too long. */
  readonly timeouts: number;
  /** From a job's arrival to its first attempt. */
  readonly meanWaitS: number;
  readonly medianWaitS: number;
  /** 19 of 20 jobs waited no longer. */
  readonly wait95S: number;
  readonly longestWaitS: number;
  /** Most jobs in the queue at once. */
  readonly longestQueue: number;
  /** How long producers stood before a full queue, all together. */
  readonly heldUpS: number;
  /** How long workers waited for the ledger, all together. */
  readonly ledgerWaitS: number;
  /** When the last worker went home. */
  readonly endS: number;
}

/** Counts during a day. */
export class Tally {
  readonly #waitsS: number[] = [];
  #done = 0;
  #givenUp = 0;
  #timeouts = 0;
  #longestQueue = 0;
  #heldUpS = 0;
  #ledgerWaitS = 0;

  heldUp(forS: number, queueLength: number): void {
    this.#heldUpS += forS;
    this.#longestQueue = Math.max(this.#longestQueue, queueLength);
  }

  begun(waitedS: number): void {
    this.#waitsS.push(waitedS);
  }

  timedOut(): void {
    this.#timeouts++;
  }

  waitedForLedger(forS: number): void {
    this.#ledgerWaitS += forS;
  }

  ended(done: boolean): void {
    if (done) this.#done++;
    else this.#givenUp++;
  }

  summary(endS: number): Summary {
    const waitsS = this.#waitsS.toSorted((one, other) => one - other);
    const ofAll = (share: number): number =>
      waitsS[Math.min(waitsS.length - 1, Math.floor(waitsS.length * share))] ?? 0;
    return {
      jobs: this.#done + this.#givenUp,
      done: this.#done,
      givenUp: this.#givenUp,
      timeouts: this.#timeouts,
      meanWaitS: waitsS.reduce((sum, waitS) => sum + waitS, 0) / Math.max(1, waitsS.length),
      medianWaitS: ofAll(0.5),
      wait95S: ofAll(0.95),
      longestWaitS: ofAll(1),
      longestQueue: this.#longestQueue,
      heldUpS: this.#heldUpS,
      ledgerWaitS: this.#ledgerWaitS,
      endS,
    };
  }
}
