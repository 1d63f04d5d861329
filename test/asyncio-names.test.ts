// The table of docs/asyncio.md has every public name of asyncio, and what it says of Tickless is there;
// docs/asyncio-rules.md has every rule that is cited. docs/asyncio-names.json is what
// docs/scripts/asyncio-names.py prints.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import * as tickless from "../packages/tickless/src/index.ts";

interface Names {
  readonly names: readonly string[];
  readonly members: Readonly<Record<string, readonly string[]>>;
}

interface Row {
  readonly python: readonly string[];
  readonly tickless: readonly string[];
  readonly leftOut: boolean;
  readonly text: string;
}

const docs = new URL("../docs/", import.meta.url);
const asyncio = JSON.parse(readFileSync(new URL("asyncio-names.json", docs), "utf8")) as Names;

/** What the table calls an object of a class, where that is not the class in small letters. */
const classOf: Readonly<Record<string, string>> = {
  group: "TaskGroup",
  loop: "AbstractEventLoop",
  t: "Timeout",
  timer_handle: "TimerHandle",
  variable: "ContextVar",
};

/** `await queue.put(item)`, `async with timeout(5) as t:`, `for next in f(x):` to `queue.put` and so on. */
const wordsBefore =
  /^(?:await |async |with |new |for \w+ in |(?:await )?using \w+ = await |x instanceof )*/;

function spans(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code.replace(wordsBefore, ""));
}

function named(code: string): string {
  return /^[a-z]\w*(?:\.\w+)*|^[A-Z]\w*/i.exec(code)?.[0] ?? code;
}

function rows(): Row[] {
  const text = readFileSync(new URL("asyncio.md", docs), "utf8");
  const table = text.slice(text.indexOf("\n# Every name\n"));
  return table
    .split("\n")
    .filter((line) => line.startsWith("| ") && line.includes("`"))
    .map((line) => {
      const [, python = "", here = ""] = line.split("|");
      return {
        python: spans(python).map((code) => named(code)),
        tickless: spans(here).map((code) => named(code)),
        leftOut: here.trim() === "left out",
        text: line.replaceAll(/ {2,}/g, " "),
      };
    });
}

/** `task.cancel` is listed as `Task.cancel`. */
function listed(name: string): string {
  const [receiver = "", member] = name.split(".");
  if (member === undefined || receiver === "subprocess") return name;
  const known = Object.keys(asyncio.members).find((one) => one.toLowerCase() === receiver);
  return `${classOf[receiver] ?? known ?? receiver}.${member}`;
}

/** An object of each class that the second column has members of. */
async function samples(): Promise<Record<string, object>> {
  const runner = new tickless.Runner();
  const inside = await tickless.run(async () => {
    const loop = tickless.getRunningLoop();
    const variable = new tickless.ContextVar("user", { default: "nobody" });
    return {
      loop,
      variable,
      token: variable.set("Ada"),
      future: loop.createFuture(),
      task: tickless.createTask(() => tickless.sleep(0)),
      handle: loop.callLater(1, () => undefined),
      ...(await tickless.taskGroup((group) => ({ group }))),
      ...(await tickless.timeout(1, (t) => ({ t }))),
    };
  });
  await runner.close();
  return {
    ...inside,
    runner,
    barrier: new tickless.Barrier(1),
    condition: new tickless.Condition(),
    context: new tickless.Context(),
    event: new tickless.Event(),
    lock: new tickless.Lock(),
    queue: new tickless.Queue(),
    semaphore: new tickless.Semaphore(),
  };
}

describe("the table of asyncio's names", () => {
  const table = rows();
  const there = new Set(table.flatMap((row) => row.python).map((name) => listed(name)));
  const leftOut = new Set(table.filter((row) => row.leftOut).flatMap((row) => row.python));

  test("has every function, class and constant", () => {
    expect(asyncio.names.filter((name) => !there.has(name))).toEqual([]);
  });

  test("has every public member of every class that is not left out", () => {
    const missing = Object.entries(asyncio.members)
      .filter(([owner]) => !leftOut.has(owner))
      .flatMap(([owner, members]) => members.map((member) => `${owner}.${member}`))
      .filter((name) => !there.has(name.replace("BaseEventLoop", "AbstractEventLoop")));
    expect(missing).toEqual([]);
  });

  test("has no name that asyncio does not have", () => {
    const members = Object.entries(asyncio.members).flatMap(([owner, own]) =>
      own.map((member) => `${owner.replace("BaseEventLoop", "AbstractEventLoop")}.${member}`),
    );
    const objects = Object.keys(asyncio.members).map((owner) => owner.toLowerCase());
    const known = new Set([...asyncio.names, ...members, ...objects]);
    const unknown = [...there]
      .filter((name) => !known.has(name))
      .filter((name) => !known.has(name.replace(/^Task\./, "Future.")));
    expect(unknown).toEqual([]);
  });

  test("names what tickless exports, or a member of it", async () => {
    const objects = await samples();
    const wrong = table.flatMap((row) =>
      row.tickless.filter((name) => {
        const [receiver = "", member] = name.split(".");
        if (member === undefined) return !(receiver in tickless);
        const object = objects[receiver];
        return object === undefined || !(member in object);
      }),
    );
    expect(wrong).toEqual([]);
  });

  test("says of each name either what it is here, or that it is left out and why", () => {
    const bare = table.filter((row) => row.leftOut === row.tickless.length > 0);
    const silent = table.filter((row) => row.leftOut && /\|\s*\|$/.test(row.text));
    expect([...bare, ...silent].map((row) => row.text)).toEqual([]);
  });
});

/** `| TIMEOUT-12, -13 | …` lists TIMEOUT-12 and TIMEOUT-13. */
function listedRules(): Set<string> {
  const text = readFileSync(new URL("asyncio-rules.md", docs), "utf8");
  return new Set(
    [...text.matchAll(/^\| ([A-Z]+)((?:,? ?-\d\d)+)/gm)].flatMap(([, family = "", numbers = ""]) =>
      numbers.split(/,? ?-/).flatMap((number) => (number === "" ? [] : `${family}-${number}`)),
    ),
  );
}

test("every rule of asyncio that a test or the semantics cites stands in docs/asyncio-rules.md", () => {
  const rules = listedRules();
  const families = new Set([...rules].map((rule) => rule.slice(0, rule.indexOf("-"))));
  const packages = fileURLToPath(new URL("../packages/", import.meta.url));
  // Not recursive: that would go through what the packages have installed too.
  const tests = readdirSync(packages)
    .map((name) => join(packages, name, "test"))
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
    .filter((path) => path.endsWith(".ts"));
  const missing = [...tests, fileURLToPath(new URL("semantics.md", docs))].flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/\b([A-Z]+)-\d\d\b/g)]
      .filter(([rule, family = ""]) => families.has(family) && !rules.has(rule))
      .map(([rule]) => `${rule}: ${file}`),
  );
  expect(tests.length).toBeGreaterThan(20);
  expect([...new Set(missing)]).toEqual([]);
});
