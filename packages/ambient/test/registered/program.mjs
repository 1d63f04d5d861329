// Saves what it uses before any run, as programs and libraries do; the first argument says what to prove.
import { run, sleep } from "@tickless/core";
import { createRequire, syncBuiltinESMExports } from "node:module";
import * as timers from "node:timers";
import { promisify } from "node:util";
import { guard, register, virtualize } from "@tickless/ambient";

const require = createRequire(import.meta.url);
const saved = {
  sleep: promisify(setTimeout),
  pause: require("node:timers/promises").setTimeout,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  imported: timers.setTimeout,
  setImmediate: require("node:timers").setImmediate,
  Date: globalThis.Date,
  now: Date.now,
  performanceNow: performance.now.bind(performance),
  hrtime: process.hrtime,
  // oxlint-disable-next-line typescript/unbound-method -- what is saved is the function itself
  bigint: process.hrtime.bigint,
  random: Math.random,
  randomUUID: require("node:crypto").randomUUID,
};
class Stamp extends Date {
  get year() {
    return this.getUTCFullYear();
  }
}

async function program() {
  const lines = [];
  const note = (...what) => lines.push(what.join(" "));
  await saved.sleep(3_600_000);
  note("promisify", saved.now() - 946_684_800_000);
  await saved.pause(3_600_000);
  note("timers/promises", saved.performanceNow());
  await new Promise((resolve) => {
    const timer = saved.setTimeout(resolve, 5);
    saved.clearTimeout(timer);
    saved.imported(resolve, 10);
  });
  await new Promise((resolve) => saved.setImmediate(resolve));
  note("Date", new saved.Date().toISOString(), saved.Date().slice(0, 15));
  note("subclass", new Stamp().toISOString(), new Stamp().year, new Stamp(0).year);
  note(
    "instanceof",
    new Stamp() instanceof Date,
    new Date() instanceof saved.Date,
    new Stamp() instanceof Stamp,
  );
  note(
    "same class",
    saved.Date === Date,
    new saved.Date().constructor === Date,
    Object.getPrototypeOf(Stamp) === Date,
  );
  note("clocks", saved.hrtime().join(), saved.bigint());
  note("chance", saved.random(), saved.randomUUID());
  return lines;
}

const proofs = {
  routed: async () => {
    const one = await run(virtualize(program));
    const two = await run(virtualize(program));
    return { one, same: JSON.stringify(one) === JSON.stringify(two) };
  },
  guarded: () => run(guard(async () => saved.now())).catch(({ code }) => code),
  deadlock: () =>
    run(virtualize(() => new Promise((resolve) => saved.setTimeout(resolve, 50)))).catch(
      ({ message }) => message,
    ),
  outside: async () => {
    const start = Date.now();
    await saved.sleep(20);
    const waited = Date.now() - start;
    const date = new Date();
    return {
      waited: waited >= 19 && waited < 2000,
      isDate: Object.prototype.toString.call(date),
      names: [Date.name, Date.length, setTimeout.name, setTimeout.length, Date.now.name],
      text: typeof Date() === "string" && Math.abs(Date.parse(Date()) - Date.now()) < 2000,
      subclass: new Stamp() instanceof Stamp && Math.abs(new Stamp() - Date.now()) < 2000,
      constructor: date.constructor === Date && Date.prototype.constructor === Date,
      given: new Date(2020, 1, 2).getMonth() + Date.UTC(1970, 0, 1) + Date.parse("1970-01-01"),
      copied: structuredClone(date).getTime() === date.getTime(),
      keys: Object.keys(globalThis).filter((key) => /tickless/i.test(key)),
      during: await Promise.all([
        run(
          virtualize(async () => {
            await saved.sleep(86_400_000);
          }),
        ),
        (async () => Math.abs(saved.now() - start) < 5000)(),
      ]).then(([, near]) => near),
    };
  },
  replaced: async () => {
    const before = Date.now;
    const inRun = await run(
      virtualize(async () => {
        Date.now = () => 5;
        const first = Date.now();
        await saved.sleep(5);
        return [first, Date.now()];
      }),
    );
    const imported = timers.setTimeout;
    await run(
      virtualize(async () => {
        require("node:timers").setTimeout = () => undefined;
        syncBuiltinESMExports();
        if (timers.setTimeout === imported) throw new Error("not replaced");
      }),
    );
    const after = Date.now === before && timers.setTimeout === imported;
    // As fake timers and instruments do: one that calls the function that it replaces.
    Date.now = () => Math.min(77, before());
    const over = [
      Date.now(),
      await run(virtualize(async () => Date.now() === 946_684_800_000)),
      Date.now(),
      await run(virtualize(async () => saved.now() === 946_684_800_000)),
    ];
    Date.now = before;
    return { inRun, after, over };
  },
  twice: async () => {
    const before = { now: Date.now, setTimeout };
    register();
    const once = Date.now === before.now && setTimeout === before.setTimeout;
    // As a test runner has it, which loads modules again while the globals stay.
    const other = new URL("../../dist/routers.js?other", import.meta.url);
    const mine = () => 5;
    Math.random = mine;
    (await import(other.href)).register();
    const left =
      Reflect.getOwnPropertyDescriptor(Math, "random").value !== saved.random &&
      Math.random() === 5;
    return [
      once,
      left,
      Date.now !== before.now && setTimeout !== before.setTimeout,
      await run(
        virtualize(async () => {
          await new Promise((resolve) => setTimeout(resolve, 3_600_000));
          return Date.now() - 946_684_800_000;
        }),
      ),
      Math.abs(before.now() - new saved.Date()) < 100,
    ];
  },
  stuck: () => run(virtualize(() => new Promise(() => undefined))).catch(({ message }) => message),
  restored: async () => {
    const { changed, snapshot } = await import("./globals.mjs");
    const before = snapshot();
    const seen = [];
    for (const main of [
      () => saved.sleep(10),
      () => {
        throw new Error("thrown");
      },
      () => new Promise(() => undefined),
      () => sleep(5),
    ]) {
      await run(virtualize(async () => main())).catch(() => undefined);
      seen.push(...changed(before));
    }
    return seen;
  },
};
console.log(JSON.stringify(await proofs[process.argv[2]](), null, 1));
