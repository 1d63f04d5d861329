/* oxlint-disable typescript/no-unnecessary-type-conversion, typescript/no-unnecessary-type-assertion, typescript/no-misused-promises, typescript/unbound-method */
// Small programs of timers, immediates, ticks, microtasks and promises, written with globals alone.
// Each is begun inside a timer callback, as a step of Tickless is, and logs labels. `record.mjs` runs
// them on Node itself and writes the orders down (node-orders.json); programs.test.ts runs them in
// virtual time. Only orders that Node guarantees have a place here: delays that must not meet lie
// 15 ms or more apart, since Node reads its clock anew for every timer.
import { clearTimeout as importedClear, setTimeout as importedTimeout } from "node:timers";
import * as timers from "node:timers/promises";
import { promisify } from "node:util";

/**
 * Logs what it does. What it returns is not awaited. `hold` keeps a real Node busy for some time, so that
 * timers which were armed at two readings of its clock are due in one go; in virtual time they are anyway.
 */
export type Program = (log: (label: string) => void, hold: () => void) => unknown;

const later = (delayMs: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, delayMs));

const nameOf = (error: unknown): string => (error as Error).name;

export const programs: Readonly<Record<string, Program>> = {
  // Delays.
  "equal delays": (log) => {
    for (const name of ["a", "b", "c"]) setTimeout(() => log(name), 5);
  },
  "the shorter delay first": (log) => {
    for (const delayMs of [50, 30, 10]) setTimeout(() => log(`${delayMs}`), delayMs);
  },
  "no delay, 0 and 1 ms are the same": (log) => {
    setTimeout(() => log("1"), 1);
    setTimeout(() => log("0"), 0);
    setTimeout(() => log("none"));
  },
  "a negative delay is 1 ms": (log) => {
    setTimeout(() => log("1"), 1);
    setTimeout(() => log("-1"), -1);
    setTimeout(() => log("-Infinity"), -Infinity);
    setTimeout(() => log("0"), 0);
  },
  "a huge delay is 1 ms": (log) => {
    setTimeout(() => log("20"), 20);
    setTimeout(() => log("2 ** 31"), 2 ** 31);
    setTimeout(() => log("Infinity"), Infinity);
    setTimeout(() => log("1"), 1);
  },
  "what is no number is 1 ms": (log) => {
    setTimeout(() => log("1"), 1);
    for (const odd of [NaN, "soon", {}, null, undefined, [], [20, 30]] as unknown[]) {
      setTimeout(() => log(`${typeof odd} ${JSON.stringify(odd) ?? ""}`), odd as number);
    }
  },
  "strings, lists and true are numbers": (log) => {
    for (const odd of ["40", [20], " 60\n", true, "0x50"] as unknown[]) {
      setTimeout(() => log(JSON.stringify(odd)), odd as number);
    }
  },
  "fractions are cut off": (log) => {
    setTimeout(() => log("10.9"), 10.9);
    setTimeout(() => log("10"), 10);
    setTimeout(() => log("0.9"), 0.9);
    setTimeout(() => log("1"), 1);
  },

  // Timers in timers.
  "a timer armed in a callback goes behind the others": (log) => {
    setTimeout(() => {
      log("a");
      setTimeout(() => log("c"), 5);
    }, 5);
    setTimeout(() => log("b"), 5);
  },
  "0 ms in a callback waits for the callbacks that are due": (log) => {
    setTimeout(() => {
      log("a");
      setTimeout(() => log("in a"), 0);
    }, 1);
    setTimeout(() => log("b"), 1);
    setTimeout(() => log("c"), 0);
  },
  "a chain of timers beside a longer one": (log) => {
    const link = (left: number): void => {
      log(`${left}`);
      if (left > 0) setTimeout(() => link(left - 1), 1);
    };
    link(4);
    setTimeout(() => log("end"), 100);
  },
  "three levels": (log) => {
    setTimeout(() => {
      log("one");
      setTimeout(() => {
        log("two");
        setTimeout(() => log("three"), 0);
        process.nextTick(() => log("tick of two"));
      }, 0);
      void Promise.resolve().then(() => log("promise of one"));
    }, 0);
  },

  // Clearing.
  "clear what is due at the same time": (log) => {
    setTimeout(() => {
      log("a");
      clearTimeout(b);
    }, 5);
    const b = setTimeout(() => log("b"), 5);
    setTimeout(() => log("c"), 5);
  },
  "clear oneself, twice, and nothing": (log) => {
    const timer = setTimeout(() => {
      clearTimeout(timer);
      clearTimeout(timer);
      clearTimeout(undefined);
      clearTimeout(null as unknown as undefined);
      clearTimeout("no timer");
      clearTimeout(-1);
      clearTimeout({} as NodeJS.Timeout);
      log("still there");
    }, 1);
  },
  "clear by number and by string": (log) => {
    const one = setTimeout(() => log("one"), 5);
    const two = setTimeout(() => log("two"), 5);
    const three = setTimeout(() => log("three"), 5);
    clearTimeout(+one);
    clearTimeout(`${+two}`);
    setTimeout(() => log(typeof +three), 20);
  },
  "clearInterval clears timeouts, clearTimeout intervals": (log) => {
    const timeout = setTimeout(() => log("timeout"), 5);
    const interval = setInterval(() => log("interval"), 5);
    clearInterval(timeout);
    clearTimeout(interval);
    setTimeout(() => log("end"), 20);
  },
  "close and dispose": (log) => {
    setTimeout(() => log("closed"), 5).close();
    setTimeout(() => log("disposed"), 5)[Symbol.dispose]();
    setImmediate(() => log("disposed"))[Symbol.dispose]();
    setTimeout(() => log("end"), 20);
  },
  "clear from a tick and from a promise": (log) => {
    setTimeout(() => {
      log("a");
      process.nextTick(() => clearTimeout(b));
      void Promise.resolve().then(() => clearTimeout(c));
    }, 5);
    const b = setTimeout(() => log("b"), 5);
    const c = setTimeout(() => log("c"), 5);
    setTimeout(() => log("d"), 5);
  },

  // Intervals.
  "an interval that clears itself": (log) => {
    let turns = 0;
    const timer = setInterval(() => {
      log(`${++turns}`);
      if (turns === 3) clearInterval(timer);
    }, 2);
  },
  "two intervals take turns": (log) => {
    for (const name of ["a", "b"]) {
      let turns = 0;
      const timer = setInterval(() => {
        log(`${name}${++turns}`);
        if (turns === 3) clearInterval(timer);
      }, 5);
    }
  },
  "an interval and a time-out of the same length": (log) => {
    const timer = setInterval(() => log("interval"), 20);
    setTimeout(() => log("time-out"), 20);
    setTimeout(() => clearInterval(timer), 30);
  },
  "an interval of 0 ms": (log) => {
    let turns = 0;
    const timer = setInterval(
      (name: string) => {
        log(`${name}${++turns}`);
        if (turns === 3) clearInterval(timer);
      },
      0,
      "turn ",
    );
  },
  "an interval with an async callback does not wait for it": (log) => {
    let turns = 0;
    const timer = setInterval(async () => {
      const turn = ++turns;
      if (turn === 2) clearInterval(timer);
      log(`begin ${turn}`);
      await later(75);
      log(`end ${turn}`);
    }, 50);
  },

  // What the functions return.
  "refresh moves a timer behind its equals": (log) => {
    const a = setTimeout(() => log("a"), 20);
    setTimeout(() => log("b"), 20);
    a.refresh();
  },
  "refresh in the callback arms it again": (log) => {
    let turns = 0;
    const timer = setTimeout(() => {
      log(`${++turns}`);
      if (turns < 3) timer.refresh();
    }, 1);
  },
  "refresh of a cleared timer does nothing": (log) => {
    const timer = setTimeout(() => log("cleared"), 1);
    clearTimeout(timer);
    timer.refresh();
    setTimeout(() => log("end"), 20);
  },
  "an unref'd timer alone does not fire": (log) => {
    setTimeout(() => log("unref'd"), 1000).unref();
    setInterval(() => log("unref'd"), 1000).unref();
    setTimeout(() => log("end"), 5);
  },
  "an unref'd timer fires while something else is waited for": (log) => {
    setTimeout(() => log("unref'd"), 5).unref();
    setTimeout(() => log("end"), 30);
  },
  "ref after unref": (log) => {
    const timer = setTimeout(() => log(`fires ${timer.hasRef()}`), 5);
    log(`${timer.hasRef()} ${timer.unref().hasRef()} ${timer.ref().hasRef()}`);
  },
  "an unref'd immediate runs while something else is waited for": (log) => {
    setImmediate(() => log("unref'd")).unref();
    setTimeout(() => log("end"), 20);
  },
  "arguments are passed on": (log) => {
    const show = (...parts: unknown[]): void => log(parts.join(" "));
    setTimeout(show, 1, "timeout", 1, null);
    setImmediate(show, "immediate", 2);
    process.nextTick(show, "tick", 3);
    const timer = setInterval(
      (...parts: unknown[]) => {
        show(...parts);
        clearInterval(timer);
      },
      20,
      "interval",
      4,
    );
  },
  "kinds of objects, and this": (log) => {
    const timer = setTimeout(function (this: unknown) {
      log(`timeout ${this === timer} ${(this as object).constructor.name}`);
    }, 1);
    const immediate = setImmediate(function (this: unknown) {
      log(`immediate ${this === immediate} ${(this as object).constructor.name}`);
    });
    log(`${typeof timer} ${typeof +timer} ${timer instanceof Object}`);
  },
  "no function is an error at once": (log) => {
    for (const arm of [
      setTimeout,
      setInterval,
      setImmediate,
      queueMicrotask,
      process.nextTick.bind(process),
    ]) {
      try {
        arm("log('no')" as unknown as () => void);
      } catch (error) {
        log(`${nameOf(error)} ${(error as { code?: string }).code}`);
      }
    }
  },

  // Ticks and microtasks.
  "ticks before microtasks": (log) => {
    void Promise.resolve().then(() => log("promise"));
    queueMicrotask(() => log("microtask"));
    process.nextTick(() => log("tick"));
    log("now");
  },
  "a tick of a microtask waits for all microtasks": (log) => {
    queueMicrotask(() => {
      log("first");
      process.nextTick(() => log("tick"));
      queueMicrotask(() => log("third"));
    });
    queueMicrotask(() => log("second"));
  },
  "ticks of ticks before microtasks": (log) => {
    queueMicrotask(() => log("microtask"));
    process.nextTick(() => {
      log("tick");
      process.nextTick(() => log("tick of the tick"));
    });
  },
  "ticks and microtasks between two timers": (log) => {
    for (const name of ["a", "b"]) {
      setTimeout(() => {
        log(name);
        void Promise.resolve().then(() => log(`promise of ${name}`));
        process.nextTick(() => log(`tick of ${name}`));
      }, 5);
    }
  },
  "ticks and microtasks between two immediates": (log) => {
    for (const name of ["a", "b"]) {
      setImmediate(() => {
        log(name);
        void Promise.resolve().then(() => log(`promise of ${name}`));
        process.nextTick(() => log(`tick of ${name}`));
      });
    }
  },
  "a long chain of awaits ends before the next timer": (log) => {
    setTimeout(async () => {
      for (let i = 0; i < 500; i++) await Promise.resolve();
      log("500 awaits");
    }, 5);
    setTimeout(() => log("next"), 5);
  },
  "ticks and microtasks in turns end before the next timer": (log) => {
    setTimeout(() => {
      const turn = (left: number): void => {
        if (left === 0) log("60 turns");
        else if (left % 2 === 0) process.nextTick(turn, left - 1);
        else queueMicrotask(() => turn(left - 1));
      };
      turn(60);
    }, 5);
    setTimeout(() => log("next"), 5);
  },
  "async functions, thenables and then": (log) => {
    const thenable = { then: (go: (value: string) => void) => go("thenable") };
    void (async () => log((await (thenable as unknown as Promise<string>)) ?? ""))();
    void (async () => {
      await Promise.resolve();
      log("await");
    })();
    void Promise.resolve().then(() => log("then"));
    void Promise.resolve(Promise.resolve()).then(() => log("promise of a promise"));
  },

  // Immediates.
  "immediates in order": (log) => {
    for (const name of ["a", "b", "c"]) setImmediate(() => log(name));
  },
  "an immediate of an immediate waits for the next turn": (log) => {
    setImmediate(() => {
      log("a");
      setImmediate(() => log("c"));
    });
    setImmediate(() => log("b"));
  },
  "an immediate before a timer of 0 ms": (log) => {
    setTimeout(() => log("timer"), 0);
    setImmediate(() => log("immediate"));
    process.nextTick(() => log("tick"));
  },
  "an immediate of a callback after the callbacks that are due": (log, hold) => {
    setTimeout(() => {
      log("a");
      setImmediate(() => log("immediate"));
      setTimeout(() => log("timer"), 0);
    }, 5);
    setTimeout(() => log("b"), 5);
    hold();
  },
  "clear an immediate from another": (log) => {
    setImmediate(() => {
      log("a");
      clearImmediate(b);
    });
    const b = setImmediate(() => log("b"));
    setImmediate(() => log("c"));
  },
  "clear an immediate from a promise": (log) => {
    const immediate = setImmediate(() => log("never"));
    void Promise.resolve().then(() => clearImmediate(immediate));
    setImmediate(() => log("end"));
  },

  // Promises of timers.
  "await of a timer inside an awaited function": async (log) => {
    const inner = async (): Promise<string> => {
      await later(5);
      return "inner";
    };
    log(await inner());
    await later(0);
    log("outer");
  },
  "two wait for one promise": (log) => {
    const promise = later(5);
    for (const name of ["a", "b"]) void promise.then(() => log(name));
    setTimeout(() => log("c"), 5);
  },
  "all, race and any": async (log) => {
    const after = async (delayMs: number): Promise<number> => {
      await later(delayMs);
      log(`after ${delayMs}`);
      return delayMs;
    };
    log(`race ${await Promise.race([after(40), after(10)])}`);
    log(`any ${await Promise.any([after(80), Promise.reject(new Error("no"))])}`);
    log(`all ${(await Promise.all([after(30), after(5)])).join(" ")}`);
  },
  "for await over timers": async (log) => {
    async function* ticks(): AsyncGenerator<number> {
      for (let i = 0; i < 3; i++) {
        await later(1);
        yield i;
      }
    }
    for await (const i of ticks()) log(`${i}`);
    log("end");
  },
  "a promise's continuation clears what is due": (log) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    void (async () => {
      await later(5);
      log("promise");
      clearTimeout(timer);
    })();
    timer = setTimeout(() => log("timer"), 5);
  },
  "a debounce": (log) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const call = (value: string): void => {
      clearTimeout(timer);
      timer = setTimeout(() => log(value), 40);
    };
    call("a");
    setTimeout(call, 10, "b");
    setTimeout(call, 25, "c");
  },

  // Modules, and AbortSignal. These wait longer, so that what waits in real time under fake timers is told
  // from what does not.
  "node:timers and the globals are one": (log) => {
    importedTimeout(() => log("module"), 60);
    setTimeout(() => log("global"), 60);
    const never = importedTimeout(() => log("never"), 60);
    clearTimeout(never);
    importedClear(setTimeout(() => log("never"), 60));
  },
  "node:timers/promises in line with callbacks": async (log) => {
    setTimeout(() => log("a"), 60);
    void timers.setTimeout(60, "b").then(log);
    setTimeout(() => log("c"), 60);
    log((await timers.setImmediate("immediate")) ?? "");
  },
  "node:timers/promises, aborted": async (log) => {
    const control = new AbortController();
    const { signal } = control;
    setTimeout(() => control.abort(new Error("enough")), 60);
    await timers.setTimeout(1000, 0, { signal }).catch((error: Error) => {
      log(`${error.name} ${(error as { code?: string }).code} ${(error.cause as Error)?.message}`);
    });
    await timers.scheduler.wait(1000, { signal }).catch((error: unknown) => log(nameOf(error)));
    await timers.setImmediate(0, { signal }).catch((error: unknown) => log(nameOf(error)));
    try {
      for await (const _ of timers.setInterval(60, 0, { signal })) log("never");
    } catch (error) {
      log(nameOf(error));
    }
  },
  "an interval of node:timers/promises": async (log) => {
    let turns = 0;
    for await (const value of timers.setInterval(60, "turn")) {
      log(`${value} ${++turns}`);
      if (turns === 3) break;
    }
    log("end");
  },
  "scheduler.wait and scheduler.yield": async (log) => {
    setTimeout(() => log("timer"), 90);
    setImmediate(() => log("immediate"));
    await timers.scheduler.yield();
    log("yield");
    await timers.scheduler.wait(60);
    log("wait");
  },
  promisify: async (log) => {
    setTimeout(() => log("timer"), 60);
    log(await promisify(setTimeout)(60, "promisified"));
    log(await promisify(setImmediate)("immediate"));
  },
  "AbortSignal.timeout": (log) => {
    const signal = AbortSignal.timeout(60);
    signal.addEventListener("abort", () => log(nameOf(signal.reason)));
    setTimeout(() => log(`${signal.aborted}`), 60);
    setTimeout(() => log(`before ${signal.aborted}`), 20);
  },
};
