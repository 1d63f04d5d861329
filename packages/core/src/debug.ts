import type { Activation } from "./activation.ts";
import { currentScope, driver, type Flow, type Scope } from "./context.ts";
import { LimitError, TicklessError } from "./errors.ts";
import { type Future, RETURNED } from "./future.ts";
import type { Loop } from "./loop.ts";
import { Notes, Place, whereText } from "./place.ts";
import type { Resource } from "./resource.ts";
import { SlowSteps } from "./slow-steps.ts";
import { Task } from "./task.ts";
import { Wait } from "./wait.ts";

/** A coroutine, for reports. */
interface Labelled {
  readonly label: string;
}

/** A coroutine that has begun and is no single wait: a timeout, a group, a wrapped function. */
interface Begun {
  readonly place: Place;
  readonly task: Task<unknown> | undefined;
  /** Number of the step in which it did. */
  readonly step: number;
  /** The generator that an async function awaits by it. */
  flow: Flow | null;
}

/** The scope of code that has none of its own. It changes nothing: it tells where that code was begun. */
class PlacedScope implements Scope {
  readonly outer: Scope;
  readonly place: Place;

  constructor(outer: Scope, place: Place) {
    this.outer = outer;
    this.place = place;
  }

  get task(): Task<unknown> {
    return this.outer.task;
  }
}

/**
 * Debug mode of one loop: where things were made, where tasks wait, which steps are slow. All of it is
 * kept beside the objects, in tables of this one, so that without debug mode there is nothing of it:
 * `driver.debugged` and `loop.debugMode` are null. It only takes notes: no event, order or time depends
 * on it (rule S8).
 */
export class DebugMode {
  /** It knows places for whoever asks, and says nothing by itself: neither reports, nor in errors. */
  quiet = false;
  readonly #loop: Loop;
  readonly #slow: SlowSteps;
  /** Coroutines that nobody has used yet, in the order in which they were made. */
  readonly #unused = new Map<Labelled, Place>();
  readonly #waits: Notes<Wait<unknown>>;
  readonly #begun: Notes<object, Begun>;
  /** Generators that async functions await, by where they do. */
  readonly #flows: Notes<Flow>;
  /** Where futures and tasks were made. */
  readonly #made: Notes<Future<unknown>>;
  /** Where callbacks were scheduled. */
  readonly #scheduled: Notes<Activation>;
  /** Where a task waited before it went on for the last time. */
  readonly #wentOn = new Map<Task<unknown>, Place>();
  /** Where a task hands over, which is no wait of its. */
  readonly #handsOver = new Map<Task<unknown>, Place>();
  /** Where a task waited when it was cancelled. */
  readonly #cancelled = new Map<Task<unknown>, Place>();
  readonly #taken: Notes<Resource, Notes<Task<unknown>>>;
  /** The coroutine that an async function has begun to await last. */
  #awaited: Begun | null = null;
  /** Of the wait that is tried to be satisfied, or was last. */
  #attempted: Place | undefined;

  constructor(loop: Loop) {
    this.#loop = loop;
    this.#slow = new SlowSteps(loop);
    this.#waits = new Notes(() => {
      const waits = new Set(loop.tasks.flatMap((task) => task.waits));
      return (wait) => waits.has(wait);
    });
    // What `Promise.race` leaves behind in a task never ends.
    this.#begun = new Notes(
      () =>
        (_, { task }) =>
          task?.done() === false,
    );
    this.#flows = new Notes(
      () =>
        ({ scope }) =>
          !scope.task.done(),
    );
    this.#made = new Notes(() => (future) => !future.done() || loop.reports.isUnseen(future));
    this.#scheduled = new Notes(() => (handle) => !handle.dropped);
    this.#taken = new Notes(() => (resource) => resource.held.length > 0);
  }

  /** A coroutine was made. */
  created(coroutine: Labelled): void {
    this.#unused.set(coroutine, new Place());
  }

  /** A coroutine was refused: nobody can await it any more. */
  refused(coroutine: Labelled): void {
    this.#unused.delete(coroutine);
  }

  /** It begins; `resolve` is what its `then` was given, if that is how. */
  used(coroutine: Labelled, resolve?: (value: never) => void): void {
    const made = this.#unused.get(coroutine);
    this.#unused.delete(coroutine);
    const task = currentScope()?.task;
    const step = this.#loop.steps;
    const outer = this.#awaited;
    // What a coroutine waits for as it begins may have been begun by Tickless's own code alone.
    const within = outer?.task === task && outer?.step === step ? outer?.place : undefined;
    const place = new Place([made, within], this.#around());
    if (resolve !== undefined) place.awaitedBy(resolve);
    if (coroutine instanceof Wait) {
      this.#waitBegins(coroutine as Wait<unknown>, place);
      return;
    }
    const begun: Begun = { place, task, step, flow: null };
    this.#begun.set(coroutine, begun);
    if (resolve !== undefined) this.#awaited = begun;
  }

  /** The scope in which the function of `coroutine`, which has just begun, runs. */
  within(coroutine: object, outer: Scope): Scope {
    const begun = this.#begun.get(coroutine);
    return begun === undefined ? outer : new PlacedScope(outer, begun.place);
  }

  /** It has ended; not told of waits, of which tasks keep a list. */
  over(coroutine: object): void {
    const begun = this.#begun.get(coroutine);
    if (begun === undefined) return;
    this.#begun.delete(coroutine);
    if (begun.flow !== null) this.#flows.delete(begun.flow);
    if (this.#awaited === begun) this.#awaited = null;
  }

  /** A future or a task is made. */
  made(future: Future<unknown>): void {
    this.#made.set(future, new Place());
    if (!(future instanceof Task)) return;
    const task = future as Task<unknown>;
    // On the object and not in the class: so a task's first step costs nothing without debug mode.
    task.start = (...values) => {
      if (this.#isOn)
        this.#slow.begin("It was created", this.#made.get(task), () => `task \`${task.path}\``);
      Task.prototype.start.apply(task, values);
    };
  }

  /** A callback is scheduled. */
  scheduled(activation: Activation): void {
    this.#scheduled.set(activation, new Place());
  }

  /** A callback runs. Answers where it was scheduled. */
  called(activation: Activation, name: string): Place | undefined {
    const place = this.#scheduled.get(activation);
    this.#scheduled.delete(activation);
    const whose = name === "" ? "a callback" : `callback ${name}`;
    this.#slow.begin("It was scheduled", place, () => whose);
    return place;
  }

  /** The loop runs no step now. */
  paused(): void {
    this.#slow.end();
  }

  /** A resource is taken, in whole or in part. */
  acquired(resource: Resource): void {
    const task = currentScope()?.task;
    if (task === undefined) return;
    let taken = this.#taken.get(resource);
    if (taken === undefined) {
      taken = new Notes(() => {
        const holders = new Set(resource.held.map((holding) => holding.task));
        return (holder) => holders.has(holder);
      });
      this.#taken.set(resource, taken);
    }
    taken.set(task, new Place([this.#attempted]));
  }

  /** A task has ended: reports what it did with its cancellation and its waits. */
  ended(task: Task<unknown>, how: number): void {
    const { waits, path } = task;
    const { reports } = this.#loop;
    if (waits.length > 0) {
      const labels = waits.map((wait) => wait.label).join(", ");
      reports.note(
        `Task \`${path}\` ended while it still waited for ${labels}; these waits were withdrawn.`,
        ...waits.map((wait) => whereText(`${wait.label} was begun`, this.placeOf(wait))),
      );
    }
    if (how === RETURNED && task.cancelling() > 0) {
      reports.note(
        `Task \`${path}\` was cancelled and returned a result nevertheless. If a \`catch\` was not ` +
          "meant to stop the cancellation, begin it with `if (isCancelled(error)) throw error;`.",
        whereText("It was cancelled while it waited", this.#cancelled.get(task)),
      );
    }
    this.#wentOn.delete(task);
    this.#cancelled.delete(task);
  }

  /** `error` comes out of a wait or a block: its stack shows where that was. */
  located(error: Error, coroutine: object): void {
    if (this.quiet) return;
    const place =
      coroutine instanceof Wait ? this.placeOf(coroutine) : this.#begun.get(coroutine)?.place;
    const frames = place?.frames ?? [];
    if (frames.length === 0) return;
    const header = error.message === "" ? error.name : `${error.name}: ${error.message}`;
    error.stack = [header, ...frames.map((frame) => `    ${frame}`)].join("\n");
  }

  /** `error` fails the run: says where the task was that it names. */
  explain(error: unknown): void {
    if (this.quiet || !(error instanceof TicklessError) || error.task === undefined) return;
    if (!(error instanceof LimitError) && error.code !== "ERR_OUTSIDE_STEP") return;
    const task = this.#loop.tasks.find(({ path }) => path === error.task);
    const place = task && (this.#wentOn.get(task) ?? this.#made.get(task));
    const text = whereText(`\n\`${error.task}\` had last waited`, place);
    if (text === "") return;
    const { message, stack = "" } = error;
    error.message = `${message}\n${text}`;
    error.stack = stack.replace(message, () => error.message);
  }

  /** Where the wait began that is tried to be satisfied, or was last. */
  get attempted(): Place | undefined {
    return this.#attempted;
  }

  /** Where a wait began. */
  placeOf(wait: Wait<unknown>): Place | undefined {
    return this.#waits.get(wait);
  }

  /** `task` hands over; `goesOn` is what its `await` has given to `then`, or its generator. */
  handsOver(task: Task<unknown>, goesOn: Flow | (() => void)): void {
    const place = new Place();
    if (typeof goesOn === "function") place.awaitedBy(goesOn);
    this.#handsOver.set(task, place);
  }

  /** It goes on. */
  handedOver(task: Task<unknown>): void {
    this.#handsOver.delete(task);
  }

  /** Where a task hands over; undefined if it does not. */
  placeOfHandOver(task: Task<unknown>): Place | undefined {
    return this.#handsOver.get(task);
  }

  /** Where a future or task was made. */
  placeMade(future: Future<unknown>): Place | undefined {
    return this.#made.get(future);
  }

  /** Where a task waited before it went on for the last time. */
  placeBefore(task: Task<unknown>): Place | undefined {
    return this.#wentOn.get(task);
  }

  /** Coroutines that nobody has used, with where they were made. */
  get unused(): [Labelled, Place][] {
    return [...this.#unused];
  }

  /** Resources that somebody may hold, with where each task took them. */
  get taken(): [Resource, Notes<Task<unknown>>][] {
    return this.#taken.entries;
  }

  /** The loop is closed. */
  clear(): void {
    const tables = [this.#unused, this.#wentOn, this.#handsOver, this.#cancelled];
    for (const table of tables) table.clear();
    for (const notes of [this.#waits, this.#begun, this.#flows, this.#made]) notes.clear();
    for (const notes of [this.#scheduled, this.#taken]) notes.clear();
    this.#awaited = null;
    this.#attempted = undefined;
  }

  /** False when debug mode was switched off meanwhile. */
  get #isOn(): boolean {
    return this.#loop.debugMode === this;
  }

  #waitBegins(wait: Wait<unknown>, place: Place): void {
    this.#waits.set(wait, place);
    this.#attempted = place;
    // On the object and not in the class: so that a wait costs nothing without debug mode. It must not
    // hold on to the place: a stack holds on to the wait that led to it, and so to all before it.
    wait.activate = () => {
      if (this.#isOn && !wait.quiet) this.#goesOn(wait);
      return Wait.prototype.activate.call(wait);
    };
  }

  #goesOn(wait: Wait<unknown>): void {
    const { task } = wait;
    const place = this.#waits.get(wait);
    this.#slow.begin("It had waited", place, () => `task \`${task.path}\``);
    this.#attempted = place;
    if (place === undefined) return;
    this.#wentOn.set(task, place);
    if (wait.cancelled) this.#cancelled.set(task, place);
  }

  /** Where the code was begun that is not on the stack, nor awaits what is. */
  #around(): Place | null {
    const { flow } = driver;
    if (flow === null) {
      for (let scope = currentScope(); scope !== null; scope = scope.outer) {
        const place = scope instanceof PlacedScope ? scope.place : this.#begun.get(scope)?.place;
        if (place !== undefined) return place;
      }
      return null;
    }
    // The generator of a task is on the stack from its first frame on.
    if (flow instanceof Task) return null;
    const known = this.#flows.get(flow);
    if (known !== undefined || this.#awaited === null) return known ?? null;
    // It has just begun, by the coroutine that was awaited last.
    this.#awaited.flow = flow;
    this.#flows.set(flow, this.#awaited.place);
    return this.#awaited.place;
  }
}
