import type { Future, Task } from "@tickless/core";

import { ScenarioError } from "./exceptions.ts";
import type { Arg } from "./scenario.ts";
import { asText, MalformedScenarioError } from "./scenario.ts";

/** The global table of tasks and futures, and the names under which the log shows them. */
export class Names {
  readonly #latest = new Map<string, Future<unknown>>();
  readonly #shown = new Map<Future<unknown>, string>();
  readonly #uses = new Map<string, number>();

  /** The display name of the next coroutine called `name`: `A`, then `A#2`, `A#3` … */
  display(name: string): string {
    const uses = (this.#uses.get(name) ?? 0) + 1;
    this.#uses.set(name, uses);
    return uses === 1 ? name : `${name}#${uses}`;
  }

  /** The coroutine that got the latest display name was never made. */
  giveBack(name: string): void {
    this.#uses.set(name, (this.#uses.get(name) ?? 0) - 1);
  }

  /** `future` is what `name` stands for from now on. */
  enter(name: string, future: Future<unknown>, display: string): void {
    this.#latest.set(name, future);
    this.#shown.set(future, display);
  }

  future(name: Arg): Future<unknown> {
    const future = this.#latest.get(asText(name));
    if (future === undefined) throw new ScenarioError("KeyError");
    return future;
  }

  task(name: Arg): Task<unknown> {
    const future = this.future(name);
    if (!("cancelling" in future)) {
      throw new MalformedScenarioError(`"${asText(name)}" is a future, the op needs a task`);
    }
    return future as Task<unknown>;
  }

  shown(future: Future<unknown>): string | undefined {
    return this.#shown.get(future);
  }
}
