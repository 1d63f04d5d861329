import {
  coroutine,
  createTask,
  currentTask,
  DeadlockError,
  gather,
  getRunningLoop,
  isCancelled,
  now,
  run,
  runSync,
  sleep,
  type Task,
  type TaskGroup,
  taskGroup,
  timeout,
  TimeoutError,
} from "@tickless/core";
import { describe, expect, expectTypeOf, test } from "vitest";

import { journal } from "./journal.ts";
import { type Kind, kinds, type Script, wait } from "./kinds.ts";
import { firstInFirstOut, lastInFirstOut, randomPolicy } from "./policies.ts";

/** `error` in a word; what a group throws with its parts. */
function word(error: unknown): string {
  if (error instanceof AggregateError) return `group[${error.errors.map(word).join(", ")}]`;
  if (isCancelled(error)) return error.message === "" ? "cancelled" : `cancelled: ${error.message}`;
  if (error instanceof TimeoutError) return "timeout";
  return error instanceof Error ? error.message : String(error);
}

/** What `script` gives or throws, with the time at which it does. */
function* endOf(script: Script<unknown>): Script<string> {
  try {
    return `${String(yield* script)} at ${now()}`;
  } catch (error) {
    return `${word(error)} at ${now()}`;
  }
}

function* sleeping<T>(delay: number, value?: T): Script<T | undefined> {
  return yield* wait(sleep(delay, value));
}

function* failing(delay: number, message: string): Script<never> {
  if (delay > 0) yield* wait(sleep(delay));
  throw new Error(message);
}

/** Sleeps, and takes its time to clean up when it is cancelled. */
function* cleaning(log: string[], name: string, cleanup = 1): Script<void> {
  try {
    yield* sleeping(100);
  } finally {
    yield* sleeping(cleanup);
    log.push(`${name} cleaned at ${now()}`);
  }
}

/** `taskGroup` around a script. */
function grouped<T>({ of }: Kind, script: (group: TaskGroup) => Script<T>): Script<T> {
  const body = (group: TaskGroup): unknown => of(() => script(group))();
  return wait(taskGroup(body)) as Script<T>;
}

/** `timeout` around a script. */
function limited<T>({ of }: Kind, delay: number, script: () => Script<T>): Script<T> {
  const body = (): unknown => of(script)();
  return wait(timeout(delay, body)) as Script<T>;
}

const self = (): Task<unknown> => currentTask() as Task<unknown>;

describe.each(kinds)("taskGroup with $kind bodies", (kind) => {
  const { of } = kind;
  const runScript = <T>(script: () => Script<T>): Promise<T> => run(of(script));
  const spawn = <T>(group: TaskGroup, script: () => Script<T>, name?: string): Task<T> =>
    group.createTask(of(script), { name });

  test("TG-01: ends when all its tasks have ended, with what the body returned", async () => {
    await runScript(function* () {
      const end = yield* endOf(
        grouped(kind, function* (group) {
          void spawn(group, () => sleeping(2));
          void spawn(group, () => sleeping(5));
          yield* sleeping(1);
          return "value";
        }),
      );
      expect(end).toBe("value at 5");
      expect(
        yield* endOf(
          grouped(kind, function* () {
            yield* [];
            return "no task";
          }),
        ),
      ).toBe("no task at 5");
    });
  });

  test("TG-06: a body may return its group, which takes no more tasks", async () => {
    await runScript(function* () {
      const ended = yield* grouped(kind, function* (group) {
        yield* sleeping(1);
        return group;
      });
      expect(() => spawn(ended, () => sleeping(1))).toThrow("is finished");
    });
  });

  test("TG-02: the first task that fails cancels the others and the body, by one request", async () => {
    const log: string[] = [];
    await runScript(function* () {
      const end = yield* endOf(
        grouped(kind, function* (group) {
          void spawn(group, () => failing(1, "x"));
          void spawn(group, () => cleaning(log, "other"));
          try {
            yield* sleeping(9);
          } finally {
            log.push(`body ends at ${now()}, cancelling ${self().cancelling()}`);
          }
        }),
      );
      log.push(end, `cancelling ${self().cancelling()}`);
      log.push(yield* endOf(sleeping(1, "goes on")));
    });
    expect(log).toEqual([
      "body ends at 1, cancelling 1",
      "other cleaned at 2",
      "group[x] at 2",
      "cancelling 0",
      "goes on at 3",
    ]);
  });

  test("TG-02: what it throws is an AggregateError with code, time and task", async () => {
    const error = new Error("x");
    const end = run(
      of(() =>
        grouped(kind, function* (group) {
          yield* [];
          void spawn(group, function* () {
            yield* [];
            throw error;
          });
        }),
      ),
    );
    const thrown = (await end.catch((reason: unknown) => reason)) as AggregateError;
    expect(thrown).toBeInstanceOf(AggregateError);
    expect(thrown).toMatchObject({
      message: "unhandled errors in a TaskGroup (1 sub-exception)",
      code: "ERR_TASK_GROUP",
      time: 0,
      task: "main",
    });
    expect(thrown.errors[0]).toBe(error);
  });

  test("TG-02: the body that awaits the failing task gets a CancelledError, not its error", async () => {
    const log: string[] = [];
    await runScript(function* () {
      const end = yield* endOf(
        grouped(kind, function* (group) {
          const child = spawn(group, () => failing(1, "x"));
          log.push(yield* endOf(wait(child)));
          return "swallowed";
        }),
      );
      log.push(end);
    });
    expect(log).toEqual(["cancelled at 1", "group[x] at 1"]);
  });

  test("TG-03: errors in the order of completion; cancellations are none", async () => {
    await runScript(function* () {
      const end = yield* endOf(
        grouped(kind, function* (group) {
          void spawn(group, function* () {
            try {
              yield* sleeping(9);
            } finally {
              yield* failing(1, "late");
            }
          });
          void spawn(group, () => failing(1, "first"));
          void spawn(group, () => failing(1, "second"));
          void spawn(group, () => sleeping(9));
          yield* [];
        }),
      );
      expect(end).toBe("group[first, second, late] at 2");
    });
  });

  test("TG-04: if the body throws the tasks are cancelled, and its error comes last", async () => {
    const log: string[] = [];
    await runScript(function* () {
      const end = yield* endOf(
        grouped(kind, function* (group) {
          void spawn(group, () => cleaning(log, "task"));
          void spawn(group, function* () {
            try {
              yield* sleeping(9);
            } finally {
              yield* failing(2, "of a task");
            }
          });
          yield* failing(1, "of the body");
        }),
      );
      log.push(end, String(self().cancelling()));
    });
    expect(log).toEqual(["task cleaned at 2", "group[of a task, of the body] at 3", "0"]);
  });

  test("TG-05: cancelled from outside in its body or at its end, it throws the CancelledError", async () => {
    const log: string[] = [];
    await runScript(function* () {
      for (const inBody of [true, false]) {
        const task = createTask(
          of(function* () {
            const end = yield* endOf(
              grouped(kind, function* (group) {
                void spawn(group, () => cleaning(log, "task"));
                if (inBody) yield* sleeping(100);
              }),
            );
            log.push(`${end}, cancelling ${self().cancelling()}`);
          }),
        );
        yield* sleeping(1);
        task.cancel("from outside");
        yield* sleeping(5);
      }
    });
    expect(log).toEqual([
      "task cleaned at 2",
      "cancelled: from outside at 2, cancelling 1",
      "task cleaned at 8",
      "cancelled: from outside at 8, cancelling 1",
    ]);
  });

  test("TG-05: if a task fails when it is cancelled, its error is thrown and the next wait is cancelled", async () => {
    const log: string[] = [];
    await runScript(function* () {
      const task = createTask(
        of(function* () {
          const end = yield* endOf(
            grouped(kind, function* (group) {
              void spawn(group, function* () {
                try {
                  yield* sleeping(100);
                } finally {
                  yield* failing(1, "x");
                }
              });
              yield* sleeping(100);
            }),
          );
          log.push(`${end}, cancelling ${self().cancelling()}`);
          log.push(yield* endOf(sleeping(5)));
          log.push(yield* endOf(sleeping(5, "after that")));
        }),
      );
      yield* sleeping(1);
      task.cancel("lost");
      yield* wait(gather([task], { returnExceptions: true }));
      expect(task.cancelled()).toBe(false);
    });
    expect(log).toEqual(["group[x] at 2, cancelling 1", "cancelled at 2", "after that at 7"]);
  });

  test("TG-13: cancelled while it cancels already, it throws the errors and the next wait is cancelled", async () => {
    const log: string[] = [];
    await runScript(function* () {
      const task = createTask(
        of(function* () {
          const end = yield* endOf(
            grouped(kind, function* (group) {
              void spawn(group, () => failing(1, "x"));
              void spawn(group, () => cleaning(log, "task", 5));
              yield* [];
            }),
          );
          log.push(`${end}, cancelling ${self().cancelling()}`);
          log.push(yield* endOf(sleeping(5)));
        }),
      );
      yield* sleeping(2);
      task.cancel();
      yield* sleeping(1);
      task.cancel();
      yield* wait(task);
    });
    expect(log).toEqual(["task cleaned at 6", "group[x] at 6, cancelling 2", "cancelled at 6"]);
  });

  test("TG-15: a task that fails while the group waits at its end leaves no request behind", async () => {
    await runScript(function* () {
      const end = yield* endOf(
        grouped(kind, function* (group) {
          yield* [];
          void spawn(group, () => failing(1, "x"));
          void spawn(group, () => sleeping(9));
        }),
      );
      expect(end).toBe("group[x] at 1");
      expect(self().cancelling()).toBe(0);
      expect(yield* endOf(sleeping(1, "goes on"))).toBe("goes on at 2");
    });
  });

  test("TG-06: a group that has ended, or cancels its tasks, takes no more", async () => {
    const log: string[] = [];
    const attempt = (group: TaskGroup): void => {
      try {
        void spawn(group, () => sleeping(1));
        log.push("taken");
      } catch (error) {
        log.push(`${(error as { code: string }).code} ${(error as Error).message}`);
      }
    };
    await runScript(function* () {
      let kept: TaskGroup | undefined;
      yield* grouped(kind, function* (group) {
        kept = group;
        attempt(group);
        yield* [];
      });
      attempt(kept as TaskGroup);
      yield* endOf(
        grouped(kind, function* (group) {
          void spawn(group, () => failing(1, "x"));
          try {
            yield* sleeping(9);
          } finally {
            attempt(group);
          }
        }),
      );
    });
    expect(log).toEqual([
      "taken",
      expect.stringMatching(/^ERR_TASK_GROUP_STATE Group `main\/group-1` is finished\./),
      expect.stringMatching(/^ERR_TASK_GROUP_STATE Group `main\/group-2` is shutting down\./),
    ]);
  });

  test("TG-06: the coroutine that was refused is not reported as forgotten", async () => {
    const reports: string[] = [];
    await run(
      of(function* () {
        let kept: TaskGroup | undefined;
        yield* grouped(kind, function* (group) {
          yield* [];
          kept = group;
        });
        expect(() => kept?.createTask(sleep(1))).toThrow("is finished");
        expect(() =>
          kept?.createTask(
            coroutine(
              of(function* () {
                yield* [];
              }),
            )(),
          ),
        ).toThrow("is finished");
      }),
      { debug: true, slowStepMs: Infinity, log: (message) => void reports.push(message) },
    );
    expect(reports).toEqual([]);
  });

  test("TG-07: a task that is cancelled by itself is no error", async () => {
    await runScript(function* () {
      const end = yield* endOf(
        grouped(kind, function* (group) {
          const child = spawn(group, () => sleeping(100));
          void spawn(group, () => sleeping(3));
          yield* sleeping(1);
          child.cancel();
          return "value";
        }),
      );
      expect(end).toBe("value at 3");
    });
  });

  test("TG-08: tasks may add tasks until the last has ended", async () => {
    const log: string[] = [];
    await runScript(function* () {
      yield* grouped(kind, function* (group) {
        yield* [];
        const generation = (left: number): Script<void> =>
          (function* () {
            yield* sleeping(1);
            log.push(`${self().path} at ${now()}`);
            if (left > 0) void spawn(group, () => generation(left - 1));
          })();
        void spawn(group, () => generation(2));
      });
      log.push(`end at ${now()}`);
    });
    expect(log).toEqual(["main/1 at 1", "main/1/1 at 2", "main/1/1/1 at 3", "end at 3"]);
  });

  test("TG-09: groups nest, and so do their errors; a failing task of the outer cancels the inner", async () => {
    const log: string[] = [];
    await runScript(function* () {
      const inner = yield* endOf(
        grouped(kind, function* (outer) {
          void spawn(outer, () => cleaning(log, "outer task"));
          yield* grouped(kind, function* (group) {
            void spawn(group, () => failing(1, "inner"));
            yield* sleeping(9);
          });
        }),
      );
      log.push(inner);
      const outer = yield* endOf(
        grouped(kind, function* (group) {
          void spawn(group, () => failing(1, "outer"));
          const ends = endOf(
            grouped(kind, function* (nested) {
              void spawn(nested, () => cleaning(log, "inner task", 2));
              yield* sleeping(9);
            }),
          );
          log.push(`inner: ${yield* ends}`);
        }),
      );
      log.push(outer, String(self().cancelling()));
    });
    expect(log).toEqual([
      "outer task cleaned at 2",
      "group[group[inner]] at 2",
      "inner task cleaned at 5",
      "inner: cancelled at 5",
      "group[outer] at 5",
      "0",
    ]);
  });

  test("TG-09: both groups fail at once: the inner's errors are among the outer's", async () => {
    await runScript(function* () {
      const end = yield* endOf(
        grouped(kind, function* (outer) {
          void spawn(outer, () => failing(1, "outer"));
          yield* grouped(kind, function* (inner) {
            void spawn(inner, () => failing(1, "inner"));
            yield* sleeping(9);
          });
        }),
      );
      expect(end).toBe("group[outer, group[inner]] at 1");
      expect(self().cancelling()).toBe(0);
      expect(yield* endOf(sleeping(1, "goes on"))).toBe("goes on at 2");
    });
  });

  test("TG-10: tasks are cancelled in the order of creation", async () => {
    const log: string[] = [];
    const noting = (name: string): Script<void> =>
      (function* () {
        try {
          yield* sleeping(100);
        } finally {
          log.push(name);
        }
      })();
    await runScript(function* () {
      yield* endOf(
        grouped(kind, function* (group) {
          for (const name of ["a", "b", "c", "d", "e", "f"]) void spawn(group, () => noting(name));
          yield* failing(1, "x");
        }),
      );
    });
    expect(log).toEqual(["a", "b", "c", "d", "e", "f"]);
  });

  test("TG-16: a task that is woken in the step in which another fails still gets its value", async () => {
    const log: string[] = [];
    await runScript(function* () {
      const future = getRunningLoop().createFuture<string>();
      yield* endOf(
        grouped(kind, function* (group) {
          void spawn(group, function* () {
            log.push(yield* wait(future));
            log.push(yield* endOf(sleeping(9)));
          });
          void spawn(group, function* () {
            yield* sleeping(1);
            future.setResult("value");
            yield* failing(0, "x");
          });
          yield* [];
        }),
      );
    });
    expect(log).toEqual(["value", "cancelled at 1"]);
  });

  test("FUT-09: what a task of a group throws counts as seen", async () => {
    const reports: string[] = [];
    await run(
      of(function* () {
        yield* endOf(
          grouped(kind, function* (group) {
            yield* [];
            void spawn(group, () => failing(1, "x"));
            void spawn(group, () => failing(1, "y"));
          }),
        );
      }),
      { exceptionHandler: (_, { message }) => void reports.push(message) },
    );
    expect(reports).toEqual([]);
  });

  describe("with timeout", () => {
    test("TG-12, TIMEOUT-02: a timeout around cancels body and tasks, and throws when they have ended", async () => {
      const log: string[] = [];
      await runScript(function* () {
        const end = yield* endOf(
          limited(kind, 2, () =>
            grouped(kind, function* (group) {
              void spawn(group, () => cleaning(log, "task"));
              yield* sleeping(9);
            }),
          ),
        );
        log.push(end, String(self().cancelling()));
      });
      expect(log).toEqual(["task cleaned at 3", "timeout at 3", "0"]);
    });

    test("TG-05: a timeout around whose group throws errors cancels the next wait inside it, and none after it", async () => {
      const log: string[] = [];
      await runScript(function* () {
        const end = yield* endOf(
          limited(kind, 2, function* () {
            const group = yield* endOf(
              grouped(kind, function* (its) {
                void spawn(its, function* () {
                  try {
                    yield* sleeping(9);
                  } finally {
                    yield* failing(0, "x");
                  }
                });
                yield* sleeping(9);
              }),
            );
            log.push(`${group}, cancelling ${self().cancelling()}`);
            yield* sleeping(5);
          }),
        );
        log.push(end);
        const swallowed = yield* endOf(
          limited(kind, 2, () =>
            grouped(kind, function* (its) {
              void spawn(its, function* () {
                try {
                  yield* sleeping(9);
                } finally {
                  yield* failing(0, "y");
                }
              });
              yield* sleeping(9);
            }),
          ),
        );
        log.push(swallowed, yield* endOf(sleeping(1, "goes on")), String(self().cancelling()));
      });
      expect(log).toEqual([
        "group[x] at 2, cancelling 1",
        "timeout at 2",
        "group[y] at 4",
        "goes on at 5",
        "0",
      ]);
    });

    test("TIMEOUT-07: of two timeouts around, the outer's request outlives the inner's end", async () => {
      const log: string[] = [];
      await runScript(function* () {
        const end = yield* endOf(
          limited(kind, 2, function* () {
            const inner = limited(kind, 2, () =>
              grouped(kind, function* (group) {
                void spawn(group, function* () {
                  try {
                    yield* sleeping(9);
                  } finally {
                    yield* failing(0, "x");
                  }
                });
                yield* sleeping(9);
              }),
            );
            log.push(yield* endOf(inner));
            log.push(yield* endOf(sleeping(5)));
            return "swallowed";
          }),
        );
        log.push(end, String(self().cancelling()));
      });
      expect(log).toEqual(["group[x] at 2", "cancelled at 2", "swallowed at 2", "0"]);
    });

    test("a timeout in the body or in a task is an error like any other", async () => {
      await runScript(function* () {
        const inBody = grouped(kind, function* (group) {
          void spawn(group, () => sleeping(9));
          yield* limited(kind, 1, () => sleeping(5));
        });
        expect(yield* endOf(inBody)).toBe("group[timeout] at 1");
        const inTask = grouped(kind, function* (group) {
          void spawn(group, () => limited(kind, 1, () => sleeping(5)));
          yield* sleeping(9);
        });
        expect(yield* endOf(inTask)).toBe("group[timeout] at 2");
      });
    });

    test("a failing task and the timeout around it at the same instant: as in asyncio", async () => {
      await runScript(function* () {
        // The deadline was armed first: the task is cancelled before it fails.
        const deadlineFirst = limited(kind, 1, () =>
          grouped(kind, function* (group) {
            void spawn(group, () => failing(1, "x"));
            yield* sleeping(9);
          }),
        );
        expect(yield* endOf(deadlineFirst)).toBe("timeout at 1");
        expect(self().cancelling()).toBe(0);
        expect(yield* endOf(sleeping(1, "goes on"))).toBe("goes on at 2");
      });
    });
  });

  test("S11: a group has a path, and its tasks are named below the task that makes them", async () => {
    const { probe, lines } = journal();
    await run(
      of(function* () {
        const body = (group: TaskGroup): unknown => {
          const unnamed = group.createTask(() => sleep(1));
          return [unnamed.path, group.createTask(() => sleep(1), { name: "worker" }).path];
        };
        const named = taskGroup(body, { name: "workers" });
        expect(yield* wait(named)).toEqual(["main/1", "main/worker"]);
        expect(yield* wait(taskGroup(body))).toEqual(["main/2", "main/worker#2"]);
      }),
      { probes: [probe] },
    );
    expect(lines.filter((line) => line.includes(" group "))).toEqual([
      expect.stringMatching(/^name \d+ \d+ \d+ 0 group workers$/),
      expect.stringMatching(/^wait \d+ \d+ 0 group \d+ NaN$/),
      expect.stringMatching(/^name \d+ \d+ \d+ 0 group group-1$/),
      expect.stringMatching(/^wait \d+ \d+ 0 group \d+ NaN$/),
    ]);
  });

  test("S8.3: probes are told who is cancelled because of which task, and who woke the end", async () => {
    const { probe, lines } = journal();
    const program = of(function* () {
      yield* endOf(
        grouped(kind, function* (group) {
          void spawn(group, () => failing(1, "x"), "bad");
          void spawn(group, () => sleeping(5), "long");
          yield* sleeping(9);
        }),
      );
    });
    await run(program, { probes: [probe] });
    const settled = lines.find((line) => line.endsWith(" raised"))?.split(" ");
    const [bad, cause] = [settled?.[3], settled?.[1]];
    const ids = lines.filter((line) => / task (main|long|bad)$/.test(line));
    const [main, , long] = ids.map((line) => line.split(" ")[3]);
    expect(ids.map((line) => line.split(" ")[3])).toEqual([main, bad, long]);
    const cancels = lines.filter((line) => line.startsWith("cancel "));
    expect(cancels.map((line) => line.split(" ").slice(2))).toEqual([
      [cause, "-1", long],
      [cause, "-1", main],
    ]);
    const last = lines.findLast((line) => line.startsWith("step "));
    const over = lines.find((line) => line.startsWith("settle ") && line.includes(` ${long} c`));
    expect(last?.split(" ")[2]).toBe(over?.split(" ")[1]);
  });

  test.each([
    ["first in, first out", firstInFirstOut],
    ["last in, first out", lastInFirstOut],
    ["random 1", () => randomPolicy(1)],
    ["random 2", () => randomPolicy(2)],
  ])(
    "S10: under a policy (%s) it ends after all its tasks, and leaves no request",
    async (_, policy) => {
      const log: string[] = [];
      await run(
        of(function* () {
          for (let round = 0; round < 5; round++) {
            log.length = 0;
            const end = yield* endOf(
              grouped(kind, function* (group) {
                for (const name of ["a", "b", "c"]) {
                  void spawn(group, function* () {
                    try {
                      yield* sleeping(3);
                      yield* failing(0, name);
                    } finally {
                      log.push(name);
                    }
                  });
                }
                yield* sleeping(3);
              }),
            );
            expect(log.toSorted()).toEqual(["a", "b", "c"]);
            expect(end).toMatch(/^group\[.*\] at/);
            expect(self().cancelling()).toBe(0);
            yield* sleeping(1);
          }
        }),
        { policy: policy() },
      );
    },
  );

  test("S7: a deadlock at the end of a group names its tasks that have not ended", async () => {
    const end = run(
      of(function* () {
        yield* grouped(kind, function* (group) {
          yield* [];
          void spawn(group, () => sleeping(1));
          void spawn(group, () => wait(getRunningLoop().createFuture<void>()), "stuck");
        });
      }),
    );
    const error = (await end.catch((reason: unknown) => reason)) as DeadlockError;
    expect(error).toBeInstanceOf(DeadlockError);
    expect(error.message).toContain(
      "`main` waits for group `main/group-1`, of which 1 of 2 is not done: `main/stuck`, since t=0 ms",
    );
    expect(error.blocked[0]?.waits).toEqual([
      {
        kind: "group",
        path: "main/group-1",
        detail: "of which 1 of 2 is not done: `main/stuck`",
        since: 0,
        blockedBy: ["main/stuck"],
      },
    ]);
  });

  test("S7: after a deadlock the tasks of a group are cancelled with it and clean up", async () => {
    const log: string[] = [];
    const end = run(
      of(function* () {
        try {
          yield* grouped(kind, function* (group) {
            yield* [];
            void spawn(group, function* () {
              try {
                yield* wait(getRunningLoop().createFuture<void>());
              } finally {
                yield* sleeping(3);
                log.push("task");
              }
            });
          });
        } finally {
          log.push(`main at ${now()}`);
        }
      }),
    );
    await expect(end).rejects.toBeInstanceOf(DeadlockError);
    expect(log).toEqual(["task", "main at 3"]);
  });

  test("S8: a probe that throws stops it, at whichever event: nothing runs after that", async () => {
    const program = (log: string[]): (() => unknown) =>
      of(function* () {
        try {
          yield* grouped(kind, function* (group) {
            void spawn(group, () => failing(1, "x"));
            void spawn(group, () => cleaning(log, "task"));
            yield* sleeping(9);
          });
        } catch (error) {
          log.push(word(error));
          throw error;
        }
      });
    const { probe, lines } = journal();
    await run(program([]), { probes: [probe] }).catch(() => undefined);
    const lastStep = lines.findLastIndex((line) => line.startsWith("step "));
    for (let last = 1; last < lines.length - 1; last++) {
      const log: string[] = [];
      const seen: string[] = [];
      const failed = new Error("probe");
      const stops = journal();
      const stopping = Object.fromEntries(
        Object.entries(stops.probe).map(([event, tell]) => [
          event,
          (...values: readonly unknown[]) => {
            if (seen.length >= last) throw failed;
            (tell as (...given: readonly unknown[]) => void)(...values);
            seen.push(event);
          },
        ]),
      );
      await expect(run(program(log), { probes: [stopping] })).rejects.toBe(failed);
      expect(stops.lines).toEqual(lines.slice(0, last));
      expect(log.includes("group[x]")).toBe(last > lastStep);
    }
  });
});

describe("runSync", () => {
  test("a group of generator bodies runs on the caller's stack", () => {
    const result = runSync(function* () {
      const tasks = yield* taskGroup(function* (group) {
        const one = group.createTask(function* () {
          yield* sleep(2);
          return 1;
        });
        yield* sleep(1);
        const two = group.createTask(function* () {
          yield* sleep(4);
          return "two";
        });
        return [one, two] as const;
      });
      return [tasks[0].result(), tasks[1].result(), now()];
    });
    expect(result).toEqual([1, "two", 5]);
  });

  test("a failing task cancels the body", () => {
    const end = (): unknown =>
      runSync(function* () {
        yield* taskGroup(function* (group) {
          void group.createTask(() => {
            throw new Error("x");
          });
          yield* sleep(100);
        });
      });
    expect(end).toThrow("unhandled errors in a TaskGroup (1 sub-exception)");
  });

  test("S5: an async body is refused", () => {
    expect(() => runSync(() => taskGroup(async () => undefined))).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/1 sub-exception/) }),
    );
  });
});

test("bad input is refused at the call", () => {
  expect(() => taskGroup(5 as never)).toThrow(
    "Expected `body` to be an async or generator function",
  );
  expect(() => taskGroup(async () => undefined, { name: "a/b" })).toThrow("`name`");
});

test("S5.2: a group is used once", () =>
  run(async () => {
    const group = taskGroup(async () => 1);
    expect(await group).toBe(1);
    await expect(group.toPromise()).rejects.toMatchObject({ code: "ERR_COROUTINE_REUSED" });
  }));

test("types are inferred through both kinds of bodies", () => {
  const check = async (): Promise<void> => {
    expectTypeOf(await taskGroup(async () => 5)).toEqualTypeOf<number>();
    expectTypeOf(await taskGroup((group) => group)).toEqualTypeOf<TaskGroup>();
    const both = await taskGroup(async (group) => ({
      one: group.createTask(async () => 1),
      two: group.createTask(function* () {
        yield* sleep(1);
        return "two";
      }),
      three: group.createTask(sleep(1, true)),
    }));
    expectTypeOf(both.one).toEqualTypeOf<Task<number>>();
    expectTypeOf(both.two).toEqualTypeOf<Task<string>>();
    expectTypeOf(both.three).toEqualTypeOf<Task<boolean>>();
    // @ts-expect-error: write `yield*`, not `yield`
    void taskGroup(function* () {
      yield sleep(1);
    });
  };
  const flow = (): void => {
    const body = function* () {
      const sizes = yield* taskGroup(function* (group) {
        const task = group.createTask(() => sleep(1, "x"));
        yield* sleep(1);
        return [yield* task];
      });
      expectTypeOf(sizes).toEqualTypeOf<string[]>();
      expectTypeOf(
        yield* timeout(1, function* () {
          yield* sleep(1);
          return { deep: yield* taskGroup(async () => 1n) };
        }),
      ).toEqualTypeOf<{ deep: bigint }>();
    };
    void body;
  };
  void check;
  void flow;
});
