import { Call } from "./call.ts";
import { cleanup, Contestant } from "./contestant.ts";
import { driver, type Flow, type Scope, waitingScope } from "./context.ts";
import { ensureFuture } from "./current.ts";
import { checkElements, differentOf, type Gatherable, type Gathered } from "./elements.ts";
import { badRange, isCancelled } from "./errors.ts";
import { isFuture } from "./future.ts";
import { settlement } from "./settlement.ts";
import {
  brandCoroutine,
  type Coroutine,
  isCoroutine,
  notInFlow,
  SUSPENDED,
  type Suspension,
  thenForAwait,
  usedTwice,
} from "./suspension.ts";
import type { Task } from "./task.ts";
import { Wait } from "./wait.ts";

// The life of a race.
const NEW = 0;
const BEGINNING = 1;
const RACING = 2;
/** Somebody has won, and tasks that have lost are still cleaning up. */
const ENDING = 3;
const OVER = 4;
const TAKEN = 5;

/** One wait of a race. It goes on by itself, like a generator, until it has a result. */
class Leg implements Flow {
  readonly scope: Race<unknown>;
  readonly wait: Wait<unknown>;
  /** The task that was made for it. */
  readonly task: Task<unknown> | null;

  constructor(whole: Race<unknown>, waiter: Wait<unknown>, task: Task<unknown> | null) {
    this.scope = whole;
    this.wait = waiter;
    this.task = task;
  }

  static of(whole: Race<unknown>, element: Gatherable<unknown>): Leg {
    if (element instanceof Wait) return new Leg(whole, element as Wait<unknown>, null);
    if (element instanceof Call) return new Leg(whole, element.toWait() as Wait<unknown>, null);
    if (isFuture(element)) return new Leg(whole, new Wait(settlement, element), null);
    const task = ensureFuture(element) as Task<unknown>;
    return new Leg(whole, new Wait<unknown>(new Contestant(task), task), task);
  }

  resume(): void {
    this.scope.resume(this);
  }

  /** Answers the outcome, or null while it waits. */
  advance(): Outcome | null {
    const around = driver.flow;
    driver.flow = this;
    try {
      const result = this.wait.next();
      return result === SUSPENDED ? null : { failed: false, value: result.value };
    } catch (error) {
      return { failed: true, value: error };
    } finally {
      driver.flow = around;
    }
  }
}

interface Outcome {
  readonly failed: boolean;
  readonly value: unknown;
}

/** Debug mode must not take for forgotten what is not begun because it would have lost. */
function passOver(element: Gatherable<unknown>): void {
  if (driver.debugged === null || !isCoroutine(element) || isFuture(element)) return;
  driver.debugged.refused(element as Coroutine<unknown> & { readonly label: string });
}

/**
 * Several waits of one task of which one is to end. Each goes on by itself, and the step of the one that
 * ends first takes all others back before the task goes on: between the two nothing else runs, so that
 * what a loser waited for stays where it is (rule S6).
 *
 * The race is the scope of its waits, and lies in no other scope while it begins and while it ends: a
 * request to cancel is not spent on a wait that is then taken back, and not on the cleanup, after which
 * the winner's value must not be lost. It stays owed to the next wait that begins around the race.
 */
class Race<T> implements Coroutine<T>, Scope {
  readonly alternatives = true;
  readonly #elements: readonly Gatherable<unknown>[];
  readonly #legs: Leg[] = [];
  #state: number = NEW;
  #scope: Scope | null = null;
  #outcome: Outcome | null = null;
  /** Who goes on: a generator, or (if `#reject` is there) an async function. */
  #goesOn: Flow | ((value: never) => void) | null = null;
  #reject: ((error: unknown) => void) | null = null;

  static {
    brandCoroutine(this.prototype);
  }

  constructor(elements: readonly Gatherable<unknown>[]) {
    this.#elements = elements;
    driver.debugged?.created(this);
  }

  get label(): string {
    return "race(…)";
  }

  get task(): Task<unknown> {
    return (this.#scope as Scope).task;
  }

  get outer(): Scope | null {
    return this.#state === BEGINNING || this.#state === ENDING ? null : this.#scope;
  }

  then(resolve: (value: T) => void, reject: (error: unknown) => void): void {
    if (typeof reject !== "function") throw thenForAwait(this.label);
    try {
      this.#begin(waitingScope(this), resolve);
    } catch (error) {
      if (driver.loop?.halted !== true) reject(error);
      return;
    }
    this.#goesOn = resolve;
    this.#reject = reject;
    if (this.#state === OVER) this.#goOn();
  }

  toPromise(): Promise<T> {
    return new Promise((resolve, reject) => this.then(resolve, reject));
  }

  [Symbol.iterator](): Iterator<Suspension, T, unknown> {
    return this;
  }

  /** One turn of `yield*`. */
  next(): IteratorResult<Suspension, T> {
    const { flow } = driver;
    if (flow === null) throw notInFlow(this.label);
    if (this.#state === NEW) {
      this.#goesOn = flow;
      this.#begin(flow.scope);
    } else if (this.#state !== OVER || this.#goesOn !== flow) {
      throw usedTwice(this.label);
    }
    if (this.#state !== OVER) return SUSPENDED;
    const { failed, value } = this.#taken();
    if (failed) throw value;
    return { done: true, value: value as T };
  }

  /** A wait of the race was woken. */
  resume(leg: Leg): void {
    // A task of the race that has ended came first, though its turn comes later in this pass. What it
    // has may be gone if it loses; what a wait was woken for is taken only now, or passed on.
    const first = this.#legs.find(({ task }) => task?.done() === true);
    const winner = leg.task === null && this.#state === RACING && first !== undefined ? first : leg;
    if (winner !== leg) this.task.removeWait(winner.wait);
    const outcome = winner.advance();
    if (outcome === null) return;
    if (this.#state === RACING) this.#decide(winner, outcome);
    if (!this.#cleanUp()) return;
    const scope = this.#scope as Scope;
    // Code that nothing else identifies counts to the step; it must not count to the race, which is over.
    driver.step = scope;
    // One CancelledError tells of all requests so far (CANCEL-07).
    if ((this.#outcome as Outcome).failed && isCancelled((this.#outcome as Outcome).value)) {
      this.task.payOwed(scope);
    }
    this.#goOn();
  }

  #begin(scope: Scope, resolve?: (value: T) => void): void {
    const { loop } = scope.task;
    if (loop.halted) return;
    const elements = differentOf(this.#take(resolve));
    this.#scope = scope;
    this.#state = BEGINNING;
    for (const element of elements) {
      if (this.#outcome === null) this.#enter(element);
      else passOver(element);
      if (loop.halted) return;
    }
    if (this.#outcome !== null) {
      this.#cleanUp();
      return;
    }
    this.#state = RACING;
    const message = scope.task.payOwed(scope);
    if (message === null) return;
    for (const leg of this.#legs) if (!leg.wait.cancelWait(message)) leg.wait.owe(message);
  }

  /** Its elements, and those of races among them. They are used by that. */
  #take(resolve?: (value: T) => void): Gatherable<unknown>[] {
    if (this.#state !== NEW) throw usedTwice(this.label);
    this.#state = TAKEN;
    driver.debugged?.used(this, resolve);
    return this.#elements.flatMap((element) => {
      if (!(element instanceof Race)) return [element];
      const elements: Gatherable<unknown>[] = element.#take();
      driver.debugged?.over(element);
      return elements;
    });
  }

  #enter(element: Gatherable<unknown>): void {
    let leg: Leg | null = null;
    let outcome: Outcome | null;
    try {
      leg = Leg.of(this, element);
      this.#legs.push(leg);
      outcome = leg.advance();
    } catch (error) {
      outcome = { failed: true, value: error };
    }
    if (outcome !== null) this.#decide(leg, outcome);
  }

  /** Takes back all waits but the winner's. */
  #decide(winner: Leg | null, outcome: Outcome): void {
    const { task } = this;
    // What failed is a probe, and nothing goes on.
    if (task.loop.halted) return;
    this.#outcome = outcome;
    for (const leg of this.#legs) {
      if (leg === winner) continue;
      task.removeWait(leg.wait);
      leg.wait.abandon();
    }
  }

  /** Answers whether all tasks that have lost have ended; else `resume` is called when they have. */
  #cleanUp(): boolean {
    if (this.#outcome === null) return false;
    if (this.#state !== ENDING) {
      const losers = this.#legs.flatMap(({ task }) => (task === null || task.done() ? [] : [task]));
      if (losers.length > 0) {
        this.#state = ENDING;
        new Leg(this, new Wait<unknown>(cleanup, losers), null).advance();
        return false;
      }
    }
    this.#state = OVER;
    return true;
  }

  #goOn(): void {
    if (this.task.loop.halted) return;
    if (this.#reject === null) {
      (this.#goesOn as Flow).resume();
      return;
    }
    const { failed, value } = this.#taken();
    if (failed) this.#reject(value);
    else (this.#goesOn as (value: unknown) => void)(value);
  }

  #taken(): Outcome {
    this.#state = TAKEN;
    driver.debugged?.over(this);
    return this.#outcome as Outcome;
  }
}

/**
 * Waits for the first of `list` to end: its value, or what it has thrown. What has lost takes nothing:
 * its waits are taken back in the very step in which somebody wins, and an element whose turn would come
 * after one that is ready at once is never begun. A function, or a coroutine that is made of one
 * (`timeout(…)`, `lock.withLock(…)`), runs as a task; if it loses it is cancelled, and the race lasts
 * until it has cleaned up. A future or task that loses goes on.
 *
 * ```ts
 * import { Queue, race, run, sleep } from "tickless";
 *
 * await run(async () => {
 *   const queue = new Queue<string>();
 *   console.log(await race([queue.get(), sleep(5, "nothing came")])); // => nothing came
 *   queue.putNowait("late");
 *   console.log(queue.qsize()); // => 1
 * });
 * ```
 *
 * Cancelling the task that races cancels all of it, as it would each wait by itself. After the race is
 * decided a cancellation no longer takes the winner's value away; it comes at the next wait.
 *
 * @throws TypeError if an element is no future, coroutine or function; RangeError if there are none
 * @category Tasks
 */
export function race<const L extends readonly Gatherable<unknown>[]>(
  list: L,
): Coroutine<Gathered<L[number]>> {
  const elements = checkElements(list, "race");
  if (elements.length === 0) throw badRange("list", "an array with at least one element", list);
  return new Race<Gathered<L[number]>>([...elements]);
}
