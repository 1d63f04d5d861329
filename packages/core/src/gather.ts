import { type Activation, type ReadyQueue, UNARMED } from "./activation.ts";
import {
  checkElements,
  differentOf,
  inPlaces,
  futuresOf,
  type Gatherable,
  type Gathered,
  loopOf,
} from "./elements.ts";
import { CancelledError, checkNames } from "./errors.ts";
import { Future, RAISED } from "./future.ts";
import type { Loop } from "./loop.ts";
import { pendingText } from "./names.ts";
import type { WaitSubject } from "./wait.ts";

/**
 * Options of `gather`.
 *
 * @category Tasks
 */
export interface GatherOptions<R extends boolean = boolean> {
  /** Wait for all and give a PromiseSettledResult for each, instead of throwing the first error. */
  readonly returnExceptions?: R | undefined;
}

/**
 * A child of `gather` has settled. It is bookkeeping in all but inheritance, and made for each child: V8
 * does not inline the constructor of a derived class.
 */
class ChildDone implements Activation {
  cause = 0;
  timer: number = UNARMED;
  readonly #gathering: Gathering;
  readonly #child: Future<unknown>;

  constructor(gathering: Gathering, child: Future<unknown>) {
    this.#gathering = gathering;
    this.#child = child;
  }

  get taskId(): number {
    return -1;
  }

  get dropped(): boolean {
    return false;
  }

  get quiet(): boolean {
    return true;
  }

  ripen(ready: ReadyQueue): void {
    ready.enqueue(this);
  }

  activate(): boolean {
    const { observer } = this.#child.loop;
    // What happens now happens because of the child, not of whatever ran before.
    if (observer !== null) observer.within = this.cause;
    this.#gathering.childDone(this.#child);
    return false;
  }
}

/** The future that `gather` answers (CPython's _GatheringFuture, Lib/asyncio/tasks.py). */
class Gathering extends Future<unknown[]> {
  readonly #children: readonly Future<unknown>[];
  readonly #returnExceptions: boolean;
  #left: number;
  #cancelRequested: string | null = null;
  #isBeingCancelled = false;

  constructor(
    loop: Loop,
    children: readonly Future<unknown>[],
    different: readonly Future<unknown>[],
    returnExceptions: boolean,
  ) {
    super(loop);
    this.#children = children;
    this.#returnExceptions = returnExceptions;
    this.#left = different.length;
    const done = different.filter((child) => child.done());
    for (const child of different) {
      if (!child.done()) child.addWaiter(new ChildDone(this, child));
    }
    if (different.length === 0) this.setResult([]);
    for (const child of done) this.childDone(child);
  }

  override get kind(): string {
    return "gather";
  }

  override get subject(): WaitSubject {
    const pending = this.#children.filter((child) => !child.done());
    return {
      kind: this.kind,
      id: this.id,
      path: this.path,
      detail: pendingText(pending, this.#children.length),
      blockers: pending.flatMap((child) => child.subject.blockers ?? []),
    };
  }

  /** Cancels the children; this settles when they have ended. */
  override cancelNow(message: string): boolean {
    if (this.done()) return super.cancelNow(message);
    let any = false;
    this.#isBeingCancelled = true;
    try {
      for (const child of this.#children) {
        // A ring: what is being cancelled already need not be asked again.
        if (!child.isBeingCancelled) any = child.cancelNow(message) || any;
      }
    } finally {
      this.#isBeingCancelled = false;
    }
    // A ring closes here, and nothing else would end it.
    if (this.#children.some((child) => child.isBeingCancelled)) return super.cancelNow(message);
    if (any) this.#cancelRequested = message;
    return any;
  }

  override get isBeingCancelled(): boolean {
    return this.#isBeingCancelled;
  }

  childDone(child: Future<unknown>): void {
    this.#left--;
    if (this.done()) {
      child.retrieve();
      return;
    }
    if (!this.#returnExceptions) {
      const error = errorOf(child);
      if (error !== null) {
        this.settle(RAISED, error.error);
        return;
      }
    }
    if (this.#left > 0) return;
    const results = this.#children.map((one) => this.#resultOf(one));
    if (this.#cancelRequested === null) this.setResult(results);
    // Also when every child has swallowed it. As in CPython that is an exception, not a cancelled future.
    else this.settle(RAISED, new CancelledError(this.#cancelRequested, { time: this.loop.now }));
  }

  #resultOf(child: Future<unknown>): unknown {
    if (!this.#returnExceptions) return child.result();
    const error = errorOf(child);
    return error === null
      ? { status: "fulfilled", value: child.result() }
      : { status: "rejected", reason: error.error };
  }
}

function errorOf(future: Future<unknown>): { readonly error: unknown } | null {
  if (!future.cancelled() && !future.raised) return null;
  try {
    future.result();
    return null;
  } catch (error) {
    return { error };
  }
}

/**
 * Runs all of `list` at the same time. The future that it answers has their results, in the order of
 * `list`; the first error, or the cancellation of one, is thrown at once and the others go on.
 * Cancelling it cancels all of them. A function is called for each place where it stands; the same
 * coroutine or future twice counts once.
 *
 * ```ts
 * import { gather, now, run, sleep } from "@tickless/core";
 *
 * await run(async () => {
 *   const [one, two] = await gather([() => sleep(3, "one"), () => sleep(5, "two")]);
 *   console.log(one, two, now()); // => one two 5
 * });
 * ```
 *
 * @category Tasks
 */
export function gather<const L extends readonly Gatherable<unknown>[]>(
  list: L,
  options: { readonly returnExceptions: true },
): Future<{ -readonly [K in keyof L]: PromiseSettledResult<Gathered<L[K]>> }>;
export function gather<const L extends readonly Gatherable<unknown>[]>(
  list: L,
  options?: GatherOptions,
): Future<{ -readonly [K in keyof L]: Gathered<L[K]> }>;
export function gather(
  list: readonly Gatherable<unknown>[],
  options: GatherOptions = {},
): Future<unknown> {
  const elements = checkElements(list, "gather");
  checkNames(options, ["returnExceptions"]);
  const loop = loopOf(elements, "gather");
  const futures = futuresOf(differentOf(elements), loop);
  const children = inPlaces(elements, futures);
  return new Gathering(loop, children, futures, options.returnExceptions === true);
}
