// The small programs of programs/programs.ts under fake timers, beside what Node does. Where they differ is
// a table of the guide (docs/guide/from-fake-timers.md), which this test compares with what it finds.
// After a change on purpose: run it with -u, and copy golden/fake-timers-in-the-guide.txt into the guide.
import { install } from "@sinonjs/fake-timers";
import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { nodeOrder } from "./programs/node-orders.ts";
import { type Program, programs } from "./programs/programs.ts";

interface Way {
  readonly name: string;
  readonly begin: () => void;
  readonly advance: () => unknown;
  readonly end: () => void;
}

function sinon(name: string, advance: (clock: ReturnType<typeof install>) => unknown): Way {
  let clock: ReturnType<typeof install> | undefined;
  return {
    name,
    begin: () => void (clock = install({ now: 0 })),
    advance: () => clock && advance(clock),
    end: () => clock?.uninstall(),
  };
}

const vitest = (name: string, advance: () => unknown): Way => ({
  name,
  begin: () => void vi.useFakeTimers({ now: 0 }),
  advance,
  end: () => void vi.useRealTimers(),
});

/** How tests move a fake clock: in the asynchronous forms, which are the better ones, and in the others. */
const ways = [
  vitest("`await vi.runAllTimersAsync()`", () => vi.runAllTimersAsync()),
  vitest("`vi.runAllTimers()`", () => vi.runAllTimers()),
  sinon("`await clock.runAllAsync()`", (clock) => clock.runAllAsync()),
  sinon("`clock.runAll()`", (clock) => clock.runAll()),
];

const realImmediate = setImmediate;

/** What it logs until all promises that can go on have. What waits in real time is not waited for. */
async function under(way: Way, program: Program): Promise<string> {
  const labels: string[] = [];
  const log = (label: string): void => void labels.push(label);
  // Fake timers warn of a real timer that is cleared. What is written while their nextTick is in place of
  // Node's never ends being written, and the worker of Vitest waits for it.
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  way.begin();
  try {
    setTimeout(() => {
      try {
        const ended = program(log, () => undefined);
        if (ended instanceof Promise) ended.catch((error: unknown) => log(String(error)));
      } catch (error) {
        log(String(error));
      }
    }, 1);
    await way.advance();
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => void realImmediate(resolve));
    }
  } catch (error) {
    // Endless: the first labels say enough.
    labels.splice(4, Infinity, "…", String(error));
  } finally {
    way.end();
    warn.mockRestore();
  }
  return shown(labels);
}

const shown = (labels: readonly string[]): string =>
  labels.length === 0 ? "nothing" : labels.map((label) => label.trim()).join(", ");

interface Row {
  readonly program: string;
  readonly expected: string;
  readonly found: readonly string[];
}

async function compare(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [name, program] of Object.entries(programs)) {
    const found: string[] = [];
    for (const way of ways) found.push(await under(way, program));
    rows.push({ program: name, expected: shown(nodeOrder(name)), found });
  }
  return rows;
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |\n`)
    .join("");
}

/** The rows in which one of these ways is not as Node. */
function differences(rows: readonly Row[], columns: readonly number[]): string {
  const head = ["program", "Node, and Tickless", ...columns.map((i) => ways[i]?.name ?? "")];
  const cells = rows
    .filter(({ expected, found }) => columns.some((i) => found[i] !== expected))
    .map(({ program, expected, found }) => [
      program,
      expected,
      ...columns.map((i) => (found[i] === expected ? "as Node" : (found[i] ?? ""))),
    ]);
  return tableOf(head, cells);
}

/** Without what the formatter pads a table with. */
const plain = (text: string): string => text.replaceAll(/ +/g, " ").replaceAll(/-{3,}/g, "---");

test("the guide has what fake timers do, beside Node", async () => {
  const rows = await compare();
  const count = (i: number): string => {
    const same = rows.filter(({ expected, found }) => found[i] === expected).length;
    return `${same} of ${rows.length}`;
  };
  const counts = tableOf(
    ["how the test moves time", "programs that run as in Node"],
    [
      ["Tickless: nothing to do", `${rows.length} of ${rows.length}`],
      ...ways.map(({ name }, i) => [name, count(i)]),
    ],
  );
  // Both asynchronous forms, which are the better ones, in the guide; all four in the golden file.
  const shortTable = differences(rows, [0, 2]);
  const guide = readFileSync(
    new URL("../../../docs/guide/from-fake-timers.md", import.meta.url),
    "utf8",
  );
  await expect(`${counts}\n${differences(rows, [0, 1, 2, 3])}`).toMatchFileSnapshot(
    "golden/fake-timers.txt",
  );
  await expect(`${counts}\n${shortTable}`).toMatchFileSnapshot(
    "golden/fake-timers-in-the-guide.txt",
  );
  expect(plain(guide)).toContain(plain(counts));
  expect(plain(guide)).toContain(plain(shortTable));
});
