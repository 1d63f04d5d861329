// What a guard looks for is called here on purpose.
/* oxlint-disable no-restricted-properties, no-restricted-globals, typescript/no-floating-promises, no-new */
import { execFile, spawnSync } from "node:child_process";
import { generateKeyPairSync, randomBytes, randomInt, scrypt } from "node:crypto";
import { createSocket } from "node:dgram";
import { lookup } from "node:dns";
import { resolve } from "node:dns/promises";
import { existsSync, readFile, readFileSync, writeSync } from "node:fs";
import { readFile as readFilePromise } from "node:fs/promises";
import { get } from "node:http";
import { createRequire } from "node:module";
import { connect, createServer, Socket } from "node:net";
import { uptime } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { gzip, gzipSync } from "node:zlib";
import {
  createTask,
  external,
  getRunningLoop,
  isTicklessError,
  run,
  runSync,
  simulate,
  sleep,
} from "@tickless/core";
import { record, replay } from "@tickless/trace";
import { describe, expect, test } from "vitest";
import { kinds, type Script, wait } from "../../core/test/kinds.ts";
import { lastInFirstOut, randomPolicy } from "../../core/test/policies.ts";
import { guard, type GuardOptions, virtualize } from "../src/index.ts";

const nothing = (): void => undefined;

/** Every call that a guard knows, by the name under which it is told. */
const calls: Readonly<Record<string, () => unknown>> = {
  "setTimeout()": () => setTimeout(nothing, 5),
  "setInterval()": () => setInterval(nothing, 5),
  "setImmediate()": () => setImmediate(nothing),
  "setTimeout() of node:timers/promises": () => pause(5),
  "AbortSignal.timeout()": () => AbortSignal.timeout(5),
  "Date.now()": () => Date.now(),
  "new Date()": () => new Date(),
  "Date()": () => Date(),
  "performance.now()": () => performance.now(),
  "process.hrtime()": () => process.hrtime(),
  "process.hrtime.bigint()": () => process.hrtime.bigint(),
  "process.uptime()": () => process.uptime(),
  "process.cpuUsage()": () => process.cpuUsage(),
  "os.uptime()": () => uptime(),
  "Math.random()": () => Math.random(),
  "crypto.randomUUID()": () => crypto.randomUUID(),
  "crypto.getRandomValues()": () => crypto.getRandomValues(new Uint8Array(2)),
  "crypto.randomBytes()": () => randomBytes(2),
  "crypto.randomInt()": () => randomInt(2),
  "crypto.generateKeyPairSync()": () => generateKeyPairSync("ed25519"),
  "new WeakRef()": () => new WeakRef({}),
  "new FinalizationRegistry()": () => new FinalizationRegistry(nothing),
  "fetch()": () => fetch("http://localhost:1"),
  "http.get()": () => get("http://localhost:1"),
  "net.connect()": () => connect(1),
  "net.Socket.connect()": () => new Socket().connect(1),
  "net.Server.listen()": () => createServer().listen(0),
  "dgram.Socket.send()": () => createSocket("udp4").send("x", 1),
  "dns.lookup()": () => lookup("localhost", nothing),
  "dns.resolve()": () => resolve("localhost"),
  "fs.readFile()": () => readFilePromise("/"),
  "fs.readFileSync()": () => readFileSync("/"),
  "fs.existsSync()": () => existsSync("/"),
  "child_process.execFile()": () => execFile("true"),
  "child_process.spawnSync()": () => spawnSync("true"),
  "zlib.gzip()": () => gzip("x", nothing),
  "new MessageChannel()": () => new MessageChannel(),
  "new Worker()": () => new Worker("", { eval: true }),
  "crypto.scrypt()": () => scrypt("x", "y", 8, nothing),
  "crypto.subtle.digest()": () => crypto.subtle.digest("SHA-256", new Uint8Array(2)),
};

/** What is nobody's business: it is the same in every run. */
const harmless: Readonly<Record<string, () => unknown>> = {
  "new Date(5)": () => new Date(5),
  "Date.parse": () => Date.parse("2000-01-01"),
  "Date.UTC": () => Date.UTC(2000),
  clearTimeout: () => clearTimeout(undefined),
  queueMicrotask: () => queueMicrotask(nothing),
  nextTick: () => process.nextTick(nothing),
  gzipSync: () => gzipSync("x"),
  "console.log": () => console.log("printed by a guarded run"),
  "writeSync to an open file": () => writeSync(2, ""),
  "require of a module": () => createRequire(import.meta.url)("./fixtures/module.cjs") as unknown,
};

async function failure(body: () => unknown, options: GuardOptions = {}): Promise<Error> {
  const { outcome } = await simulate(guard(async () => void (await body()), options));
  if (outcome?.status !== "rejected") throw new Error("the run was not refused anything");
  return outcome.reason as Error;
}

/** Without what differs from machine to machine. */
function portable(text: string): string {
  return text.replaceAll(/(\()?(?:file:\/\/)?\/[^\s()]*\/([\w.-]+\.ts):\d+:\d+/g, "$1$2:N:N");
}

describe("a guarded run is refused", () => {
  test.each(Object.keys(calls))("%s", async (what) => {
    const error = await failure(async () => {
      await sleep(5);
      await createTask(() => void calls[what]?.(), { name: "worker" });
    });
    expect(error).toMatchObject({ code: "ERR_GUARDED", task: "main/worker", time: 5 });
    const lines = error.message.split("\n");
    const [first, place] = lines;
    expect(first).toContain(
      `${what} was called in task \`main/worker\` at t=5 ms, and this run is guarded: it `,
    );
    expect(place).toMatch(/^ {4}at .*guard\.test\.ts:\d+:\d+/);
    expect(lines[lines.indexOf("Write instead:") + 1]).toMatch(/^ {4}\S/);
    expect(error.message).toContain("guard(main, { allow: [");
  });

  for (const { kind, of } of kinds) {
    test(`in both kinds of bodies, in its callbacks and under \`runSync\` (${kind})`, async () => {
      const main = (inCallback: boolean) =>
        guard(
          of(function* (): Script<void> {
            yield* wait(sleep(1));
            if (!inCallback) Date.now();
            else yield* wait(createTask(() => void Math.random(), { name: "callback" }) as never);
          }),
        );
      await expect(run(main(false))).rejects.toMatchObject({ code: "ERR_GUARDED", task: "main" });
      await expect(run(main(true))).rejects.toMatchObject({ task: "main/callback" });
      const expected = kind === "async" ? "runSync" : "Date.now() was called in task `main`";
      expect(() => runSync(main(false))).toThrow(expected);
    });
  }

  test("and told what to write instead", async () => {
    const error = await failure(async function worker() {
      await sleep(2);
      Date.now();
    });
    expect(portable(error.message)).toBe(
      [
        "Date.now() was called in task `main` at t=2 ms, and this run is guarded: it reads the host's clock, which is another in every run.",
        "    at worker (guard.test.ts:N:N)",
        "    at guard.test.ts:N:N",
        "Write instead:",
        "    now()",
        'Or leave it: `guard(virtualize(main))` lets it run in virtual time; `guard(main, { allow: ["Date.now"] })` lets it pass.',
      ].join("\n"),
    );
  });

  test("also by way of `promisify`, and of what was kept in another run", async () => {
    expect((await failure(() => promisify(readFile)("/"))).message).toContain("fs.readFile()");
    const kept = await run(virtualize(async () => setTimeout));
    expect((await failure(() => kept(nothing))).message).toContain("setTimeout()");
    expect((await failure(() => promisify(setTimeout)(1))).message).toContain("setTimeout()");
  });

  test.each(Object.keys(harmless))("but not %s", async (name) => {
    for (const mode of ["throw", "warn"] as const) {
      const told: string[] = [];
      const main = guard(async () => void harmless[name]?.(), { mode });
      const { outcome } = await simulate(main, { log: (text) => void told.push(text) });
      expect(outcome).toMatchObject({ status: "fulfilled" });
      expect(told).toEqual([]);
    }
  });
});

describe("what is allowed", () => {
  test.each([
    ["a call", ["Date.now"], ["Date.now()"]],
    ["a call with its brackets", ["Date.now()"], ["Date.now()"]],
    ["a class", ["Date", "WeakRef"], ["new Date()", "Date()", "new WeakRef()"]],
    ["a group", ["clocks"], ["Date.now()", "new Date()", "performance.now()", "process.uptime()"]],
    [
      "names behind modules",
      ["fs.existsSync", "dns.Resolver.resolve", "crypto.subtle.sign", "child_process.spawn"],
      ["fs.existsSync()"],
    ],
    ["several", ["random", "files"], ["Math.random()", "fs.existsSync()"]],
  ])("%s", async (_, allow, passes) => {
    const main = guard(async () => passes.forEach((what) => calls[what]?.()), { allow });
    expect(await simulate(main)).toMatchObject({ outcome: { status: "fulfilled" } });
    expect(await failure(() => setTimeout(nothing), { allow })).toMatchObject({
      code: "ERR_GUARDED",
    });
  });

  test("real I/O, where `io` is false", async () => {
    await run(guard(async () => void existsSync("/"), { io: false }));
    expect(await failure(() => Date.now(), { io: false })).toMatchObject({ code: "ERR_GUARDED" });
  });

  test.each([
    [{ mode: "loud" }, 'Expected `mode` to be `throw` or `warn`, got "loud" (string)'],
    [{ allow: "Date.now" }, "Expected `allow` to be an array of names"],
    [{ allow: [5] }, "Expected `allow` to be an array of names, got 5 (number)"],
    [
      { allow: ["Date.today"] },
      "Write a call as `Date.now` or `fs.readFile`; the groups are timers, clocks",
    ],
    [{ allow: ["fs.raedFile"] }, "names of calls that are guarded, or groups of them"],
    [{ allow: ["crypto.subtle.encode"] }, "names of calls that are guarded, or groups of them"],
    [{ io: "no" }, "Expected `io` to be true or false"],
    [{ Mode: "warn" }, "Did you mean `mode`?"],
  ])("bad options are refused at once: %j", (options, message) => {
    expect(() => guard(nothing, options as GuardOptions)).toThrow(message);
  });

  test("a main that is no function is refused", () => {
    expect(() => guard(sleep(1) as never)).toThrow("`run(guard(async () => { … }))`");
  });
});

describe("mode `warn`", () => {
  test("counts, and tells once, when the run is over", async () => {
    const told: string[] = [];
    const main = guard(
      async function jobs() {
        const worker = async (): Promise<void> => {
          for (let i = 0; i < 3; i++) {
            Date.now();
            await sleep(1);
          }
        };
        for (const name of ["ann", "bob"]) createTask(worker, { name });
        await sleep(10);
        Math.random();
        expect(told).toEqual([]);
        return readFileSync(new URL("fixtures/module.cjs", import.meta.url), "utf8").length > 0;
      },
      { mode: "warn" },
    );
    expect(await run(main, { log: (text) => void told.push(text) })).toBe(true);
    expect(told.map(portable)).toEqual([
      [
        "guard: the program has asked the host 8 times for what no seed controls, so its runs may differ.",
        "  Date.now() 6 times",
        "    3 times in main/ann, at worker (guard.test.ts:N:N)",
        "    3 times in main/bob, at worker (guard.test.ts:N:N)",
        "    write: now()",
        "  Math.random() once",
        "    in main, at jobs (guard.test.ts:N:N)",
        '    write: random("name")()',
        "  fs.readFileSync() once",
        "    in main, at jobs (guard.test.ts:N:N)",
        "    write: const data = readFileSync(path); await run(main); // before the run",
        "  Timers, clocks and chance run in virtual time with `virtualize(main)`.",
        '  Let calls pass with `guard(main, { allow: ["Date.now", "Math.random", "fs.readFileSync"] })`.',
      ].join("\n"),
    ]);
  });

  test("says where it was in a main without a name, and no more", async () => {
    const told: string[] = [];
    const log = (text: string): void => void told.push(text);
    await run(
      guard(async () => void Date.now(), { mode: "warn" }),
      { log },
    );
    expect(told.map(portable).join()).toContain("    in main, at guard.test.ts:N:N\n");
  });

  test("the program gets the host's answers", async () => {
    const before = Date.now();
    const [date, age, roll] = await run(
      guard(async () => [Date.now(), performance.now(), Math.random()] as const, { mode: "warn" }),
      { log: nothing },
    );
    expect(date).toBeGreaterThanOrEqual(before);
    expect(age).not.toBe(0);
    expect(roll).not.toBe(await run(virtualize(async () => Math.random())));
  });

  test.each([
    ["that calls nothing", () => sleep(1), 0],
    ["that fails", async () => Promise.reject(new Error(`no ${Date.now()}`)), 1],
    ["that never ends", async () => new Promise(() => Date.now()), 1],
  ])("tells of a run %s", async (_, main, reports) => {
    const told: string[] = [];
    await simulate(guard(main as () => unknown, { mode: "warn" }), {
      log: (text) => void told.push(text),
    });
    expect(told.filter((text) => text.startsWith("guard:"))).toHaveLength(reports);
  });

  test("a loop that reads the clock a hundred thousand times is slowed down only at first", async () => {
    const told: string[] = [];
    const main = guard(
      async function busy() {
        for (let i = 0; i < 100_000; i++) Date.now();
      },
      { mode: "warn" },
    );
    const { trace } = await record(main, { log: (text) => void told.push(text) });
    expect([...trace.notes()]).toHaveLength(1000);
    expect(
      portable(told[0] ?? "")
        .split("\n")
        .slice(1, 4),
    ).toEqual([
      "  Date.now() 100000 times",
      "    1000 times in main, at busy (guard.test.ts:N:N)",
      "    99000 times elsewhere",
    ]);
  });
});

describe("an error that the program has caught", () => {
  test("is told of at the end", async () => {
    const told: string[] = [];
    const main = guard(async () => {
      try {
        Date.now();
      } catch (error) {
        return isTicklessError(error);
      }
      return false;
    });
    expect(await run(main, { log: (text) => void told.push(text) })).toBe(true);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(
      "guard: the program was refused once what no seed controls, and has caught the error.\n  Date.now() once",
    );
  });

  test("is told of once only, where it has failed the run", async () => {
    const told: string[] = [];
    const main = guard(async () => void Date.now());
    await expect(run(main, { log: (text) => void told.push(text) })).rejects.toThrow("Date.now()");
    expect(told).toEqual([]);
  });
});

describe("with `virtualize`", () => {
  const mixed = async (): Promise<unknown[]> => {
    await new Promise((done) => void setTimeout(done, 1000));
    return [Date.now(), Math.random(), performance.now()];
  };

  test("what is virtual is not guarded, and the rest is, in either order", async () => {
    const virtual = await run(virtualize(mixed));
    for (const both of [guard(virtualize(mixed)), virtualize(guard(mixed))]) {
      expect(await run(both)).toEqual(virtual);
    }
    for (const what of [
      "fetch()",
      "fs.readFileSync()",
      "new WeakRef()",
      "crypto.generateKeyPairSync()",
    ]) {
      const error = await failure(virtualize(async () => calls[what]?.()));
      expect(error.message).toContain(`${what} was called`);
    }
  });

  test("a guard of a task of a virtualized run guards the rest too", async () => {
    const main = virtualize(async () => {
      await createTask(guard(mixed));
      await fetch("http://localhost:1");
    });
    await expect(run(main)).rejects.toMatchObject({ code: "ERR_GUARDED" });
  });

  test("two guards both know", async () => {
    const told: string[] = [];
    const main = guard(
      guard(async () => void Date.now(), { mode: "warn" }),
      { mode: "warn" },
    );
    await run(main, { log: (text) => void told.push(text) });
    expect(told).toHaveLength(2);
  });
});

test("S7: a deadlock under a guard has the advice that it has without one", async () => {
  const stuck = async (): Promise<unknown> => new Promise(nothing);
  const { outcome } = await simulate(guard(stuck));
  expect(outcome).toEqual((await simulate(stuck)).outcome);
});

describe("S12: never guarded", () => {
  test("functions given to `external`, and what they go on to", async () => {
    const main = guard(async () =>
      external(async () => {
        const before = Date.now();
        await pause(1);
        await new Promise((done) => void setTimeout(done, 1));
        return before + Math.random() + existsSync("/").toString().length > 0;
      }),
    );
    expect(await run(main)).toBe(true);
  });

  test("code outside, also where a step of the run makes it go on", async () => {
    let open: (value: string) => void = nothing;
    const gate = new Promise<string>((done) => {
      open = done;
    });
    const outside = gate.then((word) => `${word} ${typeof Date.now()}`);
    await run(
      guard(async () => {
        await sleep(1);
        open("through");
        await sleep(1);
      }),
    );
    expect(await outside).toBe("through number");
  });

  test("another run at the same time", async () => {
    const free = async (): Promise<number[]> => {
      const dates: number[] = [];
      for (let i = 0; i < 300; i++) {
        dates.push(Date.now());
        await sleep(1);
      }
      return dates;
    };
    const guarded = simulate(guard(free));
    const [refused, dates, virtual] = await Promise.all([
      guarded,
      run(free),
      run(virtualize(free)),
    ]);
    expect(refused).toMatchObject({ outcome: { status: "rejected" } });
    expect(dates[0]).toBeGreaterThan(1e12);
    expect(virtual[299]).toBe(946_684_800_299);
  });

  test.each(["auto", "reference"] as const)(
    "S4.6: handlers of uncaught exceptions, which Node calls in the midst of a step (drain: %s)",
    async (drain) => {
      const others = process.rawListeners("uncaughtException");
      const seen: string[] = [];
      const listener = (error: Error): void => {
        seen.push(`${error.message} ${typeof Date.now()} ${typeof new Date().getTime()}`);
      };
      process.removeAllListeners("uncaughtException");
      process.on("uncaughtException", listener);
      try {
        const main = guard(async () => {
          queueMicrotask(() => {
            throw new Error("nobody's");
          });
          await sleep(1);
          return "well";
        });
        expect(await run(main, { drain })).toBe("well");
      } finally {
        process.off("uncaughtException", listener);
        for (const other of others) process.on("uncaughtException", other as () => void);
      }
      expect(seen).toEqual(["nobody's number number"]);
    },
  );

  test("probes, and what is handed a report", async () => {
    const seen: string[] = [];
    const look = (what: string): void => {
      seen.push(`${what} ${typeof Date.now()} ${existsSync("/")}`);
    };
    const main = guard(async () => {
      createTask(() => Promise.reject(new Error("no")), { name: "worker" });
      getRunningLoop().callSoon(() => {
        throw new Error("no");
      });
      await sleep(1);
    });
    await run(main, {
      probes: [{ wait: () => look("probe") }],
      log: () => look("log"),
      exceptionHandler: () => look("handler"),
      debug: true,
    });
    expect(new Set(seen)).toEqual(new Set(["probe number true", "handler number true"]));
  });

  test("anything after the run: every function is what it was", async () => {
    const holders = [
      globalThis,
      Math,
      Date,
      performance,
      process,
      console,
      Socket.prototype,
      Object.getPrototypeOf(crypto),
      crypto.subtle.constructor.prototype,
      ...["fs", "fs/promises", "net", "http", "https", "http2", "tls", "dns", "dns/promises"].map(
        (name) => process.getBuiltinModule(name),
      ),
      ...["child_process", "crypto", "timers", "timers/promises", "worker_threads", "zlib"].map(
        (name) => process.getBuiltinModule(name),
      ),
    ] as object[];
    const all = (): unknown[] => [
      ...holders.map((holder) => Object.getOwnPropertyDescriptors(holder)),
      readFileSync,
      get,
      lookup,
    ];
    const before = all();
    await run(guard(() => sleep(1)));
    await simulate(guard(async () => void Date.now()));
    await simulate(guard(async () => new Promise(nothing)));
    await simulate(
      guard(async () => void Date.now(), { mode: "warn" }),
      { log: nothing },
    );
    const after = all();
    expect(after.every((value, i) => typeof value !== "function" || value === before[i])).toBe(
      true,
    );
    expect(after).toEqual(before);
  });
});

describe("in a trace", () => {
  const shop = (mode: GuardOptions): (() => Promise<void>) =>
    guard(async () => {
      const worker = async (): Promise<void> => {
        for (let i = 0; i < 4; i++) {
          Date.now();
          Math.random();
          await sleep(1);
        }
      };
      for (const name of ["ann", "bob"]) createTask(worker, { name });
      await sleep(9);
    }, mode);

  test("S8: a guard that warns changes nothing: no event, no fingerprint, under any policy", async () => {
    const plain = async (): Promise<void> => {
      const worker = async (): Promise<void> => {
        for (let i = 0; i < 4; i++) await sleep(1);
      };
      for (const name of ["ann", "bob"]) createTask(worker, { name });
      await sleep(9);
    };
    const guarded = shop({ mode: "warn" });
    for (const make of [() => undefined, lastInFirstOut, () => randomPolicy(3)]) {
      const options = { policy: make(), log: nothing };
      const { fingerprint, trace } = await record(guarded, options);
      expect(fingerprint).toBe((await record(plain, { policy: make() })).fingerprint);
      expect([...trace.notes()]).toHaveLength(16);
    }
  });

  test("what was read stands there with task and place, also what is allowed", async () => {
    const { trace } = await record(shop({ allow: ["clocks", "random"] }));
    const notes = [...trace.notes()].map((note) =>
      note.kind === "mark" ? [note.name, note.value] : [],
    );
    expect(notes.slice(0, 2).map(([name]) => name)).toEqual([
      "reads from the host: Date.now()",
      "reads from the host: Math.random()",
    ]);
    expect(notes[0]?.[1]).toMatch(/^worker \(.*guard\.test\.ts:\d+:\d+\)$/);
  });

  test("so a divergence points at it", async () => {
    let reads = 0;
    const main = guard(
      async function jobs() {
        await sleep(5);
        for (let i = 0; i < 3; i++) await sleep(Date.now() > 0 && i === 2 ? ++reads : 1);
      },
      { allow: ["Date.now"] },
    );
    const { trace } = await record(main);
    const replayed = await replay(trace, main);
    if (replayed.same) throw new Error("the replay did not diverge");
    expect(portable(replayed.divergence.reason).split("\n").slice(1, 3)).toEqual([
      "Before it the program has read what no seed controls:",
      "  Date.now() 3 times in main, after events 7 to 15, at jobs (guard.test.ts:N:N)",
    ]);
  });
});
