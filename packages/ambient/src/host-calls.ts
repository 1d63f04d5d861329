import type { Loop } from "@tickless/core";
import { noteReading, whereNow } from "@tickless/core/kit";
import { isAside } from "./caller.ts";
import { ruleOf, type Rule } from "./rules.ts";

/** A call of code of a run that only the host can answer. */
export interface HostCall {
  /** As programs write it: `Date.now()`, `new Date()`, `fs.readFile()`. */
  readonly what: string;
  /** What there is to say about it. */
  readonly rule: Rule;
  /** Path of the task that called; empty in a callback. */
  readonly task: string;
  /**
   * Where in the program: lines as `at worker (jobs.ts:8:28)`, innermost first; empty where nobody knows.
   * null: it was called so often that nobody looks any more.
   */
  readonly where: readonly string[] | null;
}

/** Who wants to know of such calls. */
export interface Watcher {
  /** Is told before the host is called; what it throws, the program gets instead of an answer. */
  called(call: HostCall): void;
  /** The run is over. */
  over(): void;
}

/** So many calls of one kind get a place and a note; a stack costs some microseconds, a note some bytes. */
const MOST_NOTED = 1000;

/** Tells who watches of the calls of one loop, and notes them in the recording of the run. */
export class HostCalls {
  readonly #loop: Loop;
  readonly #watchers: Watcher[] = [];
  readonly #counts = new Map<string, number>();
  /** Taking a stack, or what is called itself, may call such functions again. */
  #busy = false;

  constructor(loop: Loop) {
    this.#loop = loop;
  }

  watch(watcher: Watcher): void {
    this.#watchers.push(watcher);
  }

  /** Code of the run calls `what`. */
  tell(what: string): void {
    const rule = this.#busy || this.#watchers.length === 0 ? null : ruleOf(what);
    if (rule === null) return;
    const count = (this.#counts.get(what) ?? 0) + 1;
    const noted = count <= MOST_NOTED;
    if (noted && this.within(isAside)) return;
    this.#counts.set(what, count);
    const call = noted ? this.#noted(what, rule) : { what, rule, task: "", where: null };
    for (const watcher of this.#watchers) watcher.called(call);
  }

  /** Runs what may call such functions on its own account. */
  within<R>(body: () => R): R {
    const before = this.#busy;
    this.#busy = true;
    try {
      return body();
    } finally {
      this.#busy = before;
    }
  }

  #noted(what: string, rule: Rule): HostCall {
    const loop = this.#loop;
    const where = this.within(() => whereNow()());
    const id = loop.currentTaskId();
    const task = id < 0 ? "" : (loop.tasks.find((one) => one.id === id)?.path ?? "");
    noteReading(loop, what, placeText(where));
    return { what, rule, task, where };
  }

  over(): void {
    for (const watcher of this.#watchers.splice(0)) watcher.over();
  }
}

/** The innermost line of the program, as it stands in a sentence: `worker (jobs.ts:8:28)`. */
export function placeText(where: readonly string[]): string {
  return where[0]?.replace(/^at /, "").replace("file://", "") ?? "";
}
