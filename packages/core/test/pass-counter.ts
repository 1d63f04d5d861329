// How many passes a wait takes, for both kinds of bodies.
import { type Coroutine, createTask, getRunningLoop, run, sleep, type Task } from "@tickless/core";
import { type Kind, type Script, wait } from "./kinds.ts";

/** Counts passes: its callback is the first of every pass that follows `start`. */
class PassCounter {
  passes = 0;
  #counting = false;

  start(): void {
    this.passes = 0;
    this.#counting = true;
    this.#schedule();
  }

  /** Answers the number of passes since `start`. */
  stop(): number {
    this.#counting = false;
    return this.passes;
  }

  #schedule(): void {
    getRunningLoop().callSoon(() => {
      this.passes++;
      if (this.#counting) this.#schedule();
    });
  }
}

function* settled(script: Script<unknown>): Script<void> {
  try {
    yield* script;
  } catch {
    // Only when it ends matters.
  }
}

/** Passes from the step in which the wait begins to the step in which the task goes on. */
export function passesOf({ of }: Kind, make: () => Coroutine<unknown>): Promise<number> {
  return run(
    of(function* () {
      const counter = new PassCounter();
      counter.start();
      yield* settled(wait(make()));
      return counter.stop();
    }),
  );
}

/** Passes from the pass in which a timer fires at time 1 to the step in which the task goes on. */
export function passesFromTimer({ of }: Kind, make: () => Coroutine<unknown>): Promise<number> {
  return run(
    of(function* () {
      const counter = new PassCounter();
      getRunningLoop().callAt(1, () => counter.start());
      yield* settled(wait(make()));
      return counter.stop();
    }),
  );
}

/** Passes from `act` of another task to the step in which the waiting task goes on. */
export function passesFrom(
  { of }: Kind,
  make: () => Coroutine<unknown>,
  act: (task: Task<number>) => void,
): Promise<number> {
  return run(
    of(function* () {
      const counter = new PassCounter();
      const waiter = of(function* () {
        yield* settled(wait(make()));
        return counter.stop();
      });
      const task = createTask(waiter);
      yield* wait(sleep(1));
      counter.start();
      act(task);
      yield* wait(sleep(1));
      return task.result();
    }),
  );
}
