// A3.1, A3.5: what callbacks throw that code of a run has handed to the host.
import { createTask, getRunningLoop, run, runSync, simulate, sleep } from "@tickless/core";
import { subscribe, unsubscribe, channel } from "node:diagnostics_channel";
import { EventEmitter } from "node:events";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { guard, virtualize } from "../src/index.ts";
import { changedSince, surface } from "./surface.ts";
import { pause } from "./virtual.ts";

const saved = { setImmediate, queueMicrotask, nextTick: process.nextTick.bind(process), Date };
const drains = ["auto", "reference"] as const;

// What Node itself loads when it is first looked at is there from now on.
const first = async (): Promise<void> => {
  AbortSignal.timeout(1).addEventListener("abort", () => undefined);
  await pause(2);
};
await run(guard(virtualize(first)));
surface();

/** What reached the process, with what its handler found there. */
const host: { readonly message: string; readonly virtual: boolean }[] = [];
const note = (error: Error): void => {
  const virtual = setImmediate !== saved.setImmediate || Date.now() < Date.UTC(2020);
  host.push({ message: error.message, virtual });
};
/** Turns of the host, in which it tells of what has reached it. */
const turns = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => void saved.setImmediate(resolve));
};

let others: NodeJS.UncaughtExceptionListener[] = [];
let before: ReadonlyMap<string, unknown>;
beforeEach(() => {
  host.length = 0;
  others = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", note);
  before = surface();
});
afterEach(async () => {
  await turns();
  // oxlint-disable-next-line no-standalone-expect -- of every test
  expect([changedSince(before), process.hasUncaughtExceptionCaptureCallback()]).toEqual([
    [],
    false,
  ]);
  process.removeAllListeners("uncaughtException");
  for (const other of others) process.on("uncaughtException", other);
});

const error = new Error("thrown");
const boom = (): never => {
  throw error;
};

/** Each hands `boom` to the host. */
const throwing: Readonly<Record<string, () => unknown>> = {
  setTimeout: () => setTimeout(boom, 5),
  setImmediate: () => setImmediate(boom),
  setInterval: () => {
    const interval = setInterval(() => {
      clearInterval(interval);
      boom();
    }, 5);
  },
  queueMicrotask: () => queueMicrotask(boom),
  "process.nextTick": () => process.nextTick(boom),
  "a tick of a timer": () => setTimeout(() => process.nextTick(boom), 5),
  "a microtask of an immediate": () => setImmediate(() => queueMicrotask(boom)),
  "a tick of a task that is done": () => {
    void createTask(async () => {
      setTimeout(() => process.nextTick(boom), 5);
    });
  },
  "a tick of a callback of the loop": () =>
    getRunningLoop().callLater(5, () => process.nextTick(boom)),
  "a listener of AbortSignal.timeout": () => AbortSignal.timeout(5).addEventListener("abort", boom),
  "onabort of AbortSignal.timeout": () => {
    // oxlint-disable-next-line prefer-add-event-listener -- programs do
    AbortSignal.timeout(5).onabort = boom;
  },
  "a listener of AbortSignal.any": () =>
    AbortSignal.any([AbortSignal.timeout(5)]).addEventListener("abort", boom),
  "a listener of a controller's signal": () => {
    const control = new AbortController();
    control.signal.addEventListener("abort", boom);
    setTimeout(() => control.abort(), 5);
  },
  "a stream without a listener of errors": () => new Readable({ read: boom }).resume(),
  "an emitter that captures rejections": () => {
    const emitter = new EventEmitter({ captureRejections: true });
    emitter.on("event", async () => boom());
    emitter.emit("event");
  },
  "a channel of node:diagnostics_channel": () => {
    subscribe("tickless", boom);
    channel("tickless").publish({});
    unsubscribe("tickless", boom);
  },
};

describe.each(drains)(
  "A3.5: an exception fails the run with that very error, with drain %s",
  (drain) => {
    test.each(Object.keys(throwing))("of %s", async (name) => {
      const main = virtualize(async () => {
        throwing[name]?.();
        await pause(10);
      });
      await expect(run(main, { drain })).rejects.toBe(error);
      expect((await simulate(main, { drain })).outcome).toEqual({
        status: "rejected",
        reason: error,
      });
      await turns();
      expect(host).toEqual([]);
    });

    test("also when main has ended in that very step", async () => {
      const main = virtualize(() => process.nextTick(boom));
      await expect(run(main, { drain })).rejects.toBe(error);
    });

    test("also of a generator main", async () => {
      const main = virtualize(function* () {
        process.nextTick(boom);
        yield* sleep(5);
      });
      await expect(run(main, { drain })).rejects.toBe(error);
    });

    test.each(["queueMicrotask", "nextTick"] as const)(
      "of a %s that was saved before the run; or it reaches the process, whose handlers find the real globals",
      async (name) => {
        const main = virtualize(async () => {
          saved[name](boom);
          await pause(10);
        });
        const end: unknown = await run(main, { drain }).catch((thrown: unknown) => thrown);
        await turns();
        // Node 20 and 22 do not say whose code has thrown.
        const told = end === error ? [] : [{ message: "thrown", virtual: false }];
        expect(host).toEqual(told);
      },
    );

    test("and no other run's", async () => {
      const program = (year: number, throws: boolean) =>
        virtualize(
          async () => {
            for (let i = 0; i < 300; i++) await pause(1);
            if (throws) queueMicrotask(boom);
            for (let i = 0; i < 300; i++) await pause(1);
            return new Date().getUTCFullYear();
          },
          { startDate: `${year}-06-01` },
        );
      const ends = [1, 2, 3].map((n) => run(program(2000 + n, n === 2), { drain }));
      expect(await Promise.allSettled(ends)).toEqual([
        { status: "fulfilled", value: 2001 },
        { status: "rejected", reason: error },
        { status: "fulfilled", value: 2003 },
      ]);
    });

    test("the first counts; the exception handler is told of others, also while tasks clean up", async () => {
      const told: unknown[] = [];
      const throws = (message: string) => () => {
        throw new Error(message);
      };
      const main = virtualize(async () => {
        void createTask(async () => {
          try {
            await sleep(100);
          } finally {
            setTimeout(throws("third"), 5);
            await pause(10);
          }
        });
        await pause(1);
        process.nextTick(throws("first"));
        process.nextTick(throws("second"));
        await pause(10);
      });
      const options = {
        drain,
        exceptionHandler: (_: unknown, context: { message: string; exception?: unknown }) =>
          void told.push([context.message, (context.exception as Error).message]),
      };
      await expect(run(main, options)).rejects.toThrow("first");
      expect(told).toEqual([
        [
          "Exception in a callback of process.nextTick at t=1 ms, when the run had failed already",
          "second",
        ],
        ["Something else failed when the run had failed already, at t=6 ms", "third"],
      ]);
      expect(host).toEqual([]);
    });

    test("the order of ticks and microtasks, their arguments and their errors are the host's", async () => {
      const log: unknown[] = [];
      const refused: unknown[] = [];
      const main = virtualize(async () => {
        queueMicrotask(() => log.push("microtask"));
        void Promise.resolve().then(() => log.push("promise"));
        process.nextTick((...args: unknown[]) => log.push(["tick", ...args]), 1, "two");
        for (const call of [
          () => queueMicrotask(5 as never),
          () => Reflect.apply(process.nextTick.bind(process), undefined, [5]),
        ]) {
          try {
            call();
          } catch (thrown) {
            refused.push((thrown as { code?: string }).code);
          }
        }
        await pause(1);
      });
      await run(main, { drain });
      expect(log).toEqual([["tick", 1, "two"], "microtask", "promise"]);
      expect(refused).toEqual(["ERR_INVALID_ARG_TYPE", "ERR_INVALID_ARG_TYPE"]);
    });
  },
);

describe.each(drains)("A2.3: what is not the run's goes to the process, with drain %s", (drain) => {
  test.each(["nextTick", "queueMicrotask", "saved nextTick", "saved queueMicrotask"])(
    "outside code that goes on in a step, and throws in %s: its handlers find the real globals",
    async (how) => {
      let go = (): void => undefined;
      const gate = new Promise<void>((resolve) => {
        go = resolve;
      });
      const outside = (async () => {
        await gate;
        const from = how.startsWith("saved")
          ? saved
          : { nextTick: process.nextTick.bind(process), queueMicrotask };
        (how.endsWith("nextTick") ? from.nextTick : from.queueMicrotask)(boom);
      })();
      const main = virtualize(async () => {
        await pause(5);
        go();
        await pause(5);
        return Date.now();
      });
      expect(await run(main, { drain })).toBe(Date.UTC(2000, 0, 1) + 10);
      await outside;
      await turns();
      expect(host).toEqual([{ message: "thrown", virtual: false }]);
    },
  );

  test("nothing is taken from a program that has such a callback of its own", async () => {
    const own: unknown[] = [];
    process.setUncaughtExceptionCaptureCallback((thrown) => own.push(thrown));
    try {
      await run(
        virtualize(async () => {
          saved.queueMicrotask(boom);
          await pause(5);
        }),
        { drain },
      );
    } finally {
      process.setUncaughtExceptionCaptureCallback(null);
    }
    expect(own).toEqual([error]);
  });

  test("a run that is guarded and not virtual changes nothing of it", async () => {
    await run(
      guard(async () => {
        queueMicrotask(boom);
        await sleep(5);
      }),
      { drain },
    );
    await turns();
    expect(host.map(({ message }) => message)).toEqual(["thrown"]);
  });
});

test("under runSync, where nothing is drained, they reach the process when the run is over", async () => {
  runSync(
    virtualize(function* () {
      queueMicrotask(boom);
      yield* sleep(5);
    }),
  );
  await turns();
  expect(host).toEqual([{ message: "thrown", virtual: false }]);
});
