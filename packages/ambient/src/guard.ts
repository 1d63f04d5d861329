import { getRunningLoop, type Loop } from "@tickless/core";
import { badRange, badType, checkNames } from "@tickless/core/kit";
import { type AnyMain, beginning } from "./beginning.ts";
import { exchanges } from "./exchanges.ts";
import { GuardReport, refusal } from "./guard-report.ts";
import { hostExchanges, hostNames } from "./host-exchanges.ts";
import type { HostCall, Watcher } from "./host-calls.ts";
import { type GuardGroup, groups, ioGroups, isKnown, nameOf } from "./rules.ts";
import { World } from "./world.ts";

/**
 * Options of `guard`.
 *
 * @category Running
 */
export interface GuardOptions {
  /**
   * `throw`: such a call throws an error. `warn`: it is counted and gets the host's answer; where and how
   * often is told once, when the run is over. Default: `throw`.
   */
  readonly mode?: "throw" | "warn" | undefined;
  /**
   * What may be called all the same: names of calls, such as `Date.now` or `fs.readFile`, and groups of
   * them: `timers`, `clocks`, `random`, `crypto`, `weak`, `network`, `dns`, `files`, `processes`,
   * `threads`. Default: nothing.
   */
  readonly allow?: readonly (GuardGroup | (string & {}))[] | undefined;
  /** Whether real I/O is guarded: the groups from `network` to `threads`. Default: true. */
  readonly io?: boolean | undefined;
}

interface Settings {
  readonly warns: boolean;
  readonly allowed: ReadonlySet<string>;
}

function settingsOf(options: GuardOptions): Settings {
  checkNames(options, ["mode", "allow", "io"]);
  const { mode = "throw", allow = [], io = true } = options;
  if (mode !== "throw" && mode !== "warn") throw badRange("mode", "`throw` or `warn`", mode);
  if (typeof io !== "boolean") throw badType("io", "true or false", io);
  if (!Array.isArray(allow)) throw badType("allow", "an array of names", allow, '`["Date.now"]`.');
  for (const name of allow as readonly unknown[]) {
    if (typeof name !== "string") throw badType("allow", "an array of names", name);
    if (isKnown(nameOf(name), hostNames)) continue;
    throw badRange(
      "allow",
      "names of calls that are guarded, or groups of them",
      name,
      `Write a call as \`Date.now\` or \`fs.readFile\`; the groups are ${groups.join(", ")}.`,
    );
  }
  const allowed = new Set([...(allow as readonly string[]).map(nameOf), ...(io ? [] : ioGroups)]);
  return { warns: mode === "warn", allowed };
}

/** Refuses calls of one run, or counts them. */
class Guard implements Watcher {
  /** Whether main has ended well, and so without the error of a call that was refused. */
  returned = false;
  readonly #settings: Settings;
  readonly #report: GuardReport;
  readonly #loop: Loop;

  constructor(loop: Loop, settings: Settings) {
    this.#loop = loop;
    this.#settings = settings;
    this.#report = new GuardReport();
  }

  called(call: HostCall): void {
    const { allowed, warns } = this.#settings;
    if (allowed.has(call.rule.group) || allowed.has(nameOf(call.what))) return;
    this.#report.add(call);
    if (!warns) throw refusal(call, this.#loop);
  }

  over(): void {
    const { warns } = this.#settings;
    // Where main has failed, the error that was thrown has most probably made it fail.
    if (!warns && !this.returned) return;
    const text = this.#report.text(warns);
    if (text === null) return;
    try {
      this.#loop.settings.log(text);
    } catch (error) {
      this.#loop.fail(error);
    }
  }
}

/**
 * Makes a main, or the body of a task, whose run is guarded against what no seed controls: the host's
 * timers, clocks and chance, `WeakRef`, and real I/O that is not in `external(…)`. A call of one throws
 * an error that says which, where, and what to write instead; or, in mode `warn`, is counted and told of
 * when the run is over. It is for all tasks of the run, libraries too, from the first step of `main` on;
 * not for code outside, and not for functions given to `external`.
 *
 * What `virtualize` gives the run of its own is no call of the host, so `guard(virtualize(main))` guards
 * the rest.
 *
 * ```ts
 * import { run } from "@tickless/core";
 * import { guard } from "@tickless/ambient";
 *
 * const main = guard(async () => Date.now());
 * await run(main).catch((error) => console.log(error.code)); // => ERR_GUARDED
 * ```
 *
 * @returns a function of the kind of `main`, with its arguments and its result
 * @category Running
 */
export function guard<F extends AnyMain>(main: F, options: GuardOptions = {}): F {
  if (typeof main !== "function") {
    throw badType("main", "a function", main, "`run(guard(async () => { … }))`.");
  }
  const settings = settingsOf(options);
  const begin = (): Guard => {
    const loop = getRunningLoop();
    const its = new Guard(loop, settings);
    const world = World.of(loop);
    world.add([...exchanges(), ...hostExchanges()]);
    world.hostCalls.watch(its);
    return its;
  };
  return beginning(main, begin, (its) => {
    its.returned = true;
  });
}
