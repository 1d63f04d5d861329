import { SourceMap } from "node:module";
import { describe, expect, test } from "vitest";
import { gather, run } from "@tickless/core";
import type { Policy } from "@tickless/core/kit";
import { record, replay } from "@tickless/trace";
import { rewriteAwaits } from "../../src/node.ts";
import { course, courseInMicrotasks, plain, rewritten, written } from "./rewritten.ts";

const prepared = `
const later = (value) => Promise.resolve(value);
const fails = async () => { throw new Error("mistake"); };
const thenable = { then: (resolve) => resolve("thenable") };
async function* numbers(log) {
  try { yield 1; yield later(2); yield 3; } finally { log("closed"); }
}
`;

/** Bodies with one `log` or more, and `await`s of every kind. */
const bodies: readonly (readonly [string, string])[] = [
  ["awaits", `log(1); await 5; log(2); log(await later(3)); log(await thenable);`],
  ["an await of an await", `log(await await later(later(1)));`],
  ["an await in parentheses, of commas", `log(await (log(1), 2));`],
  ["comments", `log(await /* one */ later(1) /* two */);\nlog(await // three\n later(2));`],
  [
    "optional chains",
    `const none = undefined; log(await none?.x.y()); log((await later({ a: 1 }))?.a);`,
  ],
  ["templates", "log(`${await later(1)}${await 2}`);"],
  ["arguments and lists", `log([await 1, ...(await later([2]))].concat(await 3));`],
  ["operators", `log(-await 1 + (await 2) ** (await 3)); log(!(await 0) && typeof await 1);`],
  ["assignments", `let a = 0; a += await 1; ({ a, b: log.b = await 5 } = { a: await 7 }); log(a);`],
  ["default values", `const { a = await 1, ...rest } = { b: await 2 }; log(a + rest.b);`],
  ["arrow functions without a block", `const f = async (x) => await later(x); log(await f(1));`],
  ["return await", `const f = async () => { return await later(1); }; log(await f());`],
  ["return of a promise", `const f = async () => later(1); log(await f());`],
  ["a failure", `try { await fails(); } catch (error) { log(error); }`],
  [
    "a failure before anybody awaits it",
    `const early = fails(); await 1; await 2; try { await early; } catch (error) { log(error); }`,
  ],
  ["a failure that nobody catches", `await fails();`],
  [
    "try and finally",
    `const f = async () => { try { return await later(1); } finally { await 2; log("finally"); } };
     log(await f());`,
  ],
  [
    "return await in try",
    `const f = async () => { try { return await fails(); } catch { return 1; } }; log(await f());`,
  ],
  [
    "labelled loops",
    `outer: for (let i = 0; i < 3; i++) { while (true) { if ((await i) === 1) continue outer; log(i); break; } }`,
  ],
  ["do while", `let i = 0; do { log(i); } while ((await ++i) < 3);`],
  ["switch", `switch (await 2) { case await 1: log("no"); case await 2: log("yes"); }`],
  ["if without a block", `if (await 0) log("no"); else await log("yes")\nlog("on")`],
  [
    "classes",
    `class A { #x = 1; static s = 2; async [await "m"]() { return (await this).#x; } static { log(this.s); } }; log(await new A().m());`,
  ],
  [
    "this and super",
    `class A { async m() { return 1; } } class B extends A { async m() { return (await super.m()) + 1; } }; log(await new B().m());`,
  ],
  [
    "new",
    `class A { constructor(x) { this.x = x; } }; log(new A(await 1).x); log((await new Promise((r) => r(2))));`,
  ],
  ["for await of an async generator", `for await (const n of numbers(log)) log(n);`],
  [
    "for await that is left",
    `for await (const n of numbers(log)) { log(n); if (n === 2) break; } log("on");`,
  ],
  ["for await that throws", `for await (const n of numbers(log)) throw new Error("at " + n);`],
  ["for await of promises", `for await (const n of [later(1), 2, thenable]) log(n);`],
  [
    "for await of a rejected promise",
    `try { for await (const n of [1, fails()]) log(n); } catch (error) { log(error); }`,
  ],
  ["for await with a pattern", `for await (const { a = await 5 } of [{}, { a: 1 }]) log(a);`],
  ["for await without a block", `for await (const n of numbers(log)) log(await n)`],
  [
    "yield* in an async generator",
    `async function* all() { log(yield* numbers(log)); log(yield* [4, later(5)]); } for await (const n of all()) log(n);`,
  ],
  [
    "what is sent to an async generator",
    `async function* echo() { try { log(yield); log(yield 1); } catch (error) { log(error); return later("end"); } }
     const steps = echo(); await steps.next(); await steps.next("a"); log((await steps.throw("b")).value);`,
  ],
  [
    "an async generator that is asked ahead",
    `async function* g() { for (let i = 0; i < 3; i++) { log("makes " + i); yield i; } return 3, 4; }
     const steps = g(); const all = [steps.next(), steps.next(), steps.next(), steps.next()];
     for (const one of all) log((await one).value);`,
  ],
  [
    "an async generator method",
    `const o = { async *m() { yield await 1; return yield 2; } }; for await (const n of o.m()) log(n);`,
  ],
  [
    "a generator, which is left alone",
    `function* g() { yield 1; yield* [2]; return 3; } log([...g()]); await 0;`,
  ],
  ["await as a name", `const o = { await: 1, async: 2 }; log(o.await + (await o.async));`],
  ["an error's own words", `const x = null; try { await x.y; } catch (error) { log(error); }`],
];

const disposals: readonly (readonly [string, string])[] = [
  ["await using", `{ await using a = make("a"), b = make("b"); log("in"); } log("out");`],
  ["await using of null", `{ await using a = null; log("in"); } log("out");`],
  [
    "await using of what is disposed of at once",
    `{ await using a = { [Symbol.dispose]: () => log("sync") }; } log("out");`,
  ],
  [
    "await using and an error",
    `try { await using a = make("a"); throw new Error("body"); } catch (error) { log(error); }`,
  ],
  [
    "await using in for",
    `for (await using a = make("a"), i = { n: 0, [Symbol.dispose]() {} }; i.n < 2; i.n++) log(i.n); log("out");`,
  ],
];
const disposalsInLoops: readonly (readonly [string, string])[] = [
  [
    "await using in for of",
    `outer: for (await using a of [make("a"), make("b")]) { log(a.name); continue outer; } log("out");`,
  ],
  [
    "await using in for await",
    `for await (await using a of [make("a"), later(make("b"))]) log(a.name); log("out");`,
  ],
];
const making = `${prepared}
const make = (name) => ({ name, async [Symbol.asyncDispose]() { log2("disposes of " + name); } });
let log2; const later2 = 0;
`;
const withMake = (body: string): string => `log2 = log; ${body}`;

/** Node.js 24 and later. */
const knowsUsing = await plain("await using a = null;").then(
  () => true,
  () => false,
);

describe("S10.10: outside a run rewritten code does the same, in the same microtasks", () => {
  test.each(bodies)("%s", async (_, body) => {
    expect(await courseInMicrotasks(await rewritten(body, prepared))).toEqual(
      await courseInMicrotasks(await plain(body, prepared)),
    );
  });

  test.skipIf(!knowsUsing).each([...disposals, ...disposalsInLoops])("%s", async (_, body) => {
    expect(await courseInMicrotasks(await rewritten(withMake(body), making))).toEqual(
      await courseInMicrotasks(await plain(withMake(body), making)),
    );
  });
});

/** A policy that lets the tasks take turns, and counts what it is asked. */
function turns(): Policy & { asked: number } {
  return {
    asked: 0,
    choose() {
      this.asked++;
      return 0;
    },
  };
}

/** What the body does in a run by itself. */
async function inRun(
  text: Promise<(log: (value: unknown) => void) => Promise<unknown>>,
  policy?: Policy,
): Promise<readonly string[]> {
  const body = await text;
  return run(() => course(body), { policy });
}

describe("S10.10: in a run rewritten code does the same", () => {
  test.each(bodies)("%s", async (_, body) => {
    const plainly = await inRun(plain(body, prepared));
    expect(await inRun(rewritten(body, prepared))).toEqual(plainly);
    expect(await inRun(rewritten(body, prepared), turns())).toEqual(plainly);
  });

  test.skipIf(!knowsUsing).each([...disposals, ...disposalsInLoops])("%s", async (_, body) => {
    const plainly = await inRun(plain(withMake(body), making));
    expect(await inRun(rewritten(withMake(body), making))).toEqual(plainly);
    expect(await inRun(rewritten(withMake(body), making), turns())).toEqual(plainly);
  });
});

describe("S10.10: each of these is as many hand-overs as it has places for another task", () => {
  /** How often a policy is asked while two tasks run `text`, less what two empty ones take. */
  async function asked(text: string, before = prepared): Promise<number> {
    const count = async (body: string): Promise<number> => {
      const main = await rewritten(
        body,
        `async function none() { await 0; } async function* one() { yield 1; }\n${before}`,
      );
      const policy = turns();
      await run(() => gather([() => main(() => 0), () => main(() => 0)]).toPromise(), { policy });
      return policy.asked;
    };
    return (await count(text)) - (await count(""));
  }

  test.each<[string, string, number]>([
    ["await", "await 5", 1],
    ["await of a promise that fails", "try { await fails(); } catch {}", 1],
    ["two awaits in one expression", "[await 1, await 2]", 2],
    ["await of an async function with one await", "await (async () => { await 1; })()", 2],
    ["for await over two values", "for await (const x of [1, 2]) {}", 3],
    ["for await that is left", "for await (const x of [1, 2]) break;", 2],
    ["for await over an async generator of one value", "for await (const x of one()) {}", 3],
    ["an async generator that is left", "for await (const x of one()) break;", 4],
    ["return in an async function", "await (async () => { return later(1); })()", 1],
  ])("%s", async (_, text, times) => {
    // Each hand-over of one of two tasks is one choice, as long as the other has not ended.
    expect(await asked(text)).toBe(2 * times);
  });
});

test("S10.10: a recording under a policy is replayed, choices and all", async () => {
  const body = await rewritten("for (let i = 0; i < 3; i++) log(await i);");
  const main = async (): Promise<string> => {
    let order = "";
    await gather(["a", "b"].map((name) => () => body((n) => (order += `${name}${String(n)} `))));
    return order;
  };
  let asked = 0;
  const recorded = await record(main, { policy: { choose: (_, count) => ++asked % count } });
  expect(recorded.outcome).toMatchObject({ value: expect.stringMatching(/^(?!a0 a1 a2 )/) });
  expect(await replay(recorded.trace, main)).toMatchObject({
    same: true,
    result: { outcome: recorded.outcome },
  });
});

describe("rewriteAwaits", () => {
  /** `text` in an async function, rewritten; its own line alone. */
  const line = (text: string, file = "a.ts"): string =>
    (rewriteAwaits(`async () => {\n${text}\n}`, { file })?.code ?? "").split("\n")[1] ?? "";

  test.each([
    ["const a = await b as number;", "const a = await __tickless_await(b) as number;"],
    ["await b!;", "await __tickless_await(b!);"],
    ["await <number>b;", "await __tickless_await(<number>b);"],
    ["await b satisfies C;", "await __tickless_await(b) satisfies C;"],
    ["await f<number>(x);", "await __tickless_await(f<number>(x));"],
    ["await (a, b);", "await __tickless_await((a, b));"],
    [
      "class A<T> { @d(await x) private async m(this: A<T>, y?: T): Promise<void> { await y; } }",
      "class A<T> { @d(await __tickless_await(x)) private async m(this: A<T>, y?: T): Promise<void> { await __tickless_await(y); } }",
    ],
    [
      "const f = async <T,>(x: T): Promise<T> => await x;",
      "const f = async <T,>(x: T): Promise<T> => await __tickless_await(x);",
    ],
    [
      "{ await using a = b, c = d; }",
      "{ await using __tickless1 = __tickless_disposal(), a = b, __tickless2 = __tickless_disposal(), c = d; }",
    ],
  ])("TypeScript: %s", (text, expected) => {
    expect(line(text)).toBe(expected);
  });

  test("JSX and TSX", () => {
    expect(line("const a = <A b={await c}>{await d}</A>;", "a.tsx")).toBe(
      "const a = <A b={await __tickless_await(c)}>{await __tickless_await(d)}</A>;",
    );
    expect(line("const a = <A b={await c} />;", "a.jsx")).toBe(
      "const a = <A b={await __tickless_await(c)} />;",
    );
  });

  test.each([
    ["nothing asynchronous", "const a = 1;", "a.ts"],
    ["the words in strings and comments alone", "const a = 'await'; // async", "a.ts"],
    ["async functions without an await", "async function f() {}", "a.ts"],
    ["generators", "async () => 1; function* g() { yield 1; yield* h(); return 2; }", "a.ts"],
    ["what is no JavaScript", "async () => await x", "a.css"],
    ["what cannot be parsed: its loader will tell", "async () => await (", "a.ts"],
    ["awaits at the top level", "await x; for await (const y of x) await y;", "a.ts"],
    ["disposals at the top level", "await using x = y; for (await using z of x) {}", "a.ts"],
    ["await as a name in CommonJS", "const await = 1; f(await);", "a.cjs"],
  ])("leaves alone: %s", (_, text, file) => {
    expect(rewriteAwaits(text, { file })).toBeNull();
  });

  test("keeps what has to stand first, and adds at the end alone", () => {
    const text = '#!/usr/bin/env node\n"use strict";\nasync () => await x // the end';
    expect(rewriteAwaits(text, { file: "a.mjs" })?.code).toMatch(
      /^#!\/usr\/bin\/env node\n"use strict";\nasync \(\) => await __tickless_await\(x\) \/\/ the end\nfunction __tickless_await/,
    );
  });

  test("takes names that the source does not have", () => {
    expect(line("const __tickless_await = await x;")).toBe(
      "const __tickless_await = await ___tickless_await(x);",
    );
  });

  test("does not rewrite what has been rewritten", () => {
    const once = rewriteAwaits(written("log(await 1);"), { file: "a.js" })?.code ?? "";
    expect(once).toContain("await __tickless_await(1)");
    expect(rewriteAwaits(once, { file: "a.js" })).toBeNull();
  });

  test("its functions can be called before the module is evaluated", () => {
    const { code } = rewriteAwaits("async () => await x;", { file: "a.ts" }) ?? { code: "" };
    expect(code.split("\n").at(-1)).toMatch(/^function __tickless_await\(v\)\{/);
  });

  test.each([
    ["behind an await", "const a = await b; throw new Error();", "throw"],
    ["behind two in one line", "await a; await bb; c(await d, thrown());", "thrown"],
    ["in the operand", "await outer(inner());", "inner"],
    [
      "behind letters of two units",
      "const ä = '😀'; await ä; const 名 = await ä, x = thrown();",
      "thrown",
    ],
    [
      "in a later line",
      "await a;\n\n  for await (const x of xs()) {\n    thrown();\n  }",
      "thrown",
    ],
    ["in an iterable", "for await (const x of xs()) {}", "xs"],
    ["behind await using", "{ await using a = b(), c = thrown(); }", "thrown"],
    ["in the body of a loop", "for (await using a of b) thrown();", "thrown"],
  ])("S10.10: the map leads back to line and column %s", (_, body, word) => {
    const text = `export async function f() { ${body} }`;
    const result = rewriteAwaits(text, { file: "src/a.ts" });
    const code = result?.code ?? "";
    const place = (of: string): { line: number; column: number } => {
      const before = of.slice(0, of.search(new RegExp(`\\b${word}\\b`))).split("\n");
      return { line: before.length - 1, column: before.at(-1)?.length ?? 0 };
    };
    const { line: generatedLine, column } = place(code);
    const map = new SourceMap(JSON.parse(result?.map.toString() ?? "") as never);
    const original = place(text);
    expect(map.findEntry(generatedLine, column)).toMatchObject({
      originalSource: "src/a.ts",
      originalLine: original.line,
      originalColumn: original.column,
    });
  });
});
