import { Heap } from "./heap.ts";
import { Ring } from "./ring.ts";

type Resolve = () => void;

/** Lets every microtask and tick that is waiting run, from inside a macrotask. */
function exactDrain(): () => void {
  const { _tickCallback } = process as unknown as { readonly _tickCallback?: () => void };
  if (_tickCallback === undefined) {
    throw new Error(
      `The bare async loop needs process._tickCallback, which Node ${process.version} does not have.`,
    );
  }
  return _tickCallback.bind(process);
}

/**
 * The least that can run async functions in virtual time: a heap of resolve functions, and an exact
 * drain after each of them, also where no time passes.
 */
export class AsyncLoop {
  now = 0;
  readonly #timers = new Heap<Resolve>();
  readonly #ready = new Ring<() => unknown>();

  sleep(delay: number): Promise<void> {
    return new Promise((resolve) => this.#timers.push(this.now + delay, resolve));
  }

  /** Wakes whoever awaits the promise of `resolve`, in a turn of its own. */
  wake(resolve: Resolve): void {
    this.#ready.push(resolve);
  }

  /** Calls `body` in a turn of its own: a task begins as it goes on, with a drain after it. */
  start(body: () => unknown): void {
    this.#ready.push(body);
  }

  /** Runs until nothing is left, all in one macrotask. */
  run(): Promise<void> {
    return new Promise((done) => {
      setImmediate(() => {
        const drain = exactDrain();
        for (let resolve = this.#next(); resolve !== undefined; resolve = this.#next()) {
          resolve();
          drain();
        }
        done();
      });
    });
  }

  /** As `run`, with a macrotask for each event: what a loop can do that relies on nothing undocumented. */
  runByMacrotasks(): Promise<void> {
    return new Promise((done) => {
      const step = (): void => {
        const resolve = this.#next();
        if (resolve === undefined) {
          done();
          return;
        }
        resolve();
        setImmediate(step);
      };
      setImmediate(step);
    });
  }

  #next(): (() => unknown) | undefined {
    if (this.#ready.length > 0) return this.#ready.shift();
    if (this.#timers.length === 0) return undefined;
    this.now = this.#timers.topTime();
    return this.#timers.pop();
  }
}
