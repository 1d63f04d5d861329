// Chance is what is looked at here.
/* oxlint-disable no-restricted-properties, no-restricted-globals, typescript/no-unnecessary-type-assertion, typescript/no-redundant-type-constituents */
import * as nodeCrypto from "node:crypto";
import {
  getRandomValues as importedValues,
  randomBytes,
  randomFill,
  randomFillSync,
  randomInt,
  randomUUID,
  webcrypto,
} from "node:crypto";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { external, random, run, runSync, sleep } from "@tickless/core";
import { record } from "@tickless/trace";
import { describe, expect, test } from "vitest";
import { kinds, type Script, wait } from "../../core/test/kinds.ts";
import { virtualize } from "../src/index.ts";

const required: typeof nodeCrypto & { randomUUIDv7?: () => string } = createRequire(
  import.meta.url,
)("node:crypto");

/** What a run with seed `constants` gets: other values would not fit recorded traces. */
const constants: readonly unknown[] = [
  0.5442046895896823,
  "c52188ab-dc6f-47f2-870c-d649f7c1011f",
  "07d127bf7c24cb",
  780,
  "0,1283454216,3388646331,0",
  "243,179,125,73",
];

/** Every way to chance that answers at once, as texts. */
const sources: Readonly<Record<string, () => unknown>> = {
  "Math.random": () => Math.random(),
  "crypto.randomUUID": () => crypto.randomUUID(),
  "crypto.getRandomValues": () => crypto.getRandomValues(new Uint16Array(9)).join(),
  "webcrypto.randomUUID": () => webcrypto.randomUUID(),
  "webcrypto.getRandomValues": () => webcrypto.getRandomValues(new Uint8Array(9)).join(),
  "import getRandomValues": () => importedValues(new Uint8Array(9)).join(),
  "import randomUUID": () => randomUUID({ disableEntropyCache: true }),
  "require randomUUID": () => required.randomUUID(),
  "namespace randomUUID": () => nodeCrypto.randomUUID(),
  "import randomBytes": () => randomBytes(9).toString("hex"),
  "require pseudoRandomBytes": () => required.pseudoRandomBytes(9).toString("hex"),
  "import randomInt": () => randomInt(2 ** 40),
  "import randomFillSync": () => randomFillSync(new Uint32Array(9), 2, 3).join(),
};

async function answers(read: () => unknown, seed = 1): Promise<unknown[]> {
  return run(
    virtualize(async () => {
      const first = read();
      await sleep(1);
      return [first, read(), read()];
    }),
    { seed },
  );
}

describe("S9: chance of the host comes from named streams", () => {
  test.each(Object.keys(sources))(
    "%s: the same in every run, another with another seed",
    async (name) => {
      const read = sources[name] ?? (() => null);
      const once = await answers(read);
      expect(new Set(once).size).toBe(3);
      expect(await answers(read)).toEqual(once);
      expect(await answers(read, 2)).not.toEqual(once);
    },
  );

  for (const { kind, of } of kinds) {
    test(`fixed numbers, on every host (${kind})`, async () => {
      function* script(): Script<unknown[]> {
        yield* wait(sleep(1));
        const filled = randomFillSync(new Uint32Array(4), 1, 2);
        return [
          Math.random(),
          crypto.randomUUID(),
          randomBytes(7).toString("hex"),
          randomInt(10, 1000),
          filled.join(),
          crypto.getRandomValues(new Uint8Array(4)).join(),
        ];
      }
      const main = virtualize(of(() => script()));
      const values = await run(main as never, { seed: "constants" });
      expect(values).toEqual(constants);
      const again = kind === "generator" ? runSync(main as never, { seed: "constants" }) : values;
      expect(again).toEqual(values);
    });
  }

  test("each draws from the stream that is called as it is, and one moves nothing of another", async () => {
    const values = await run(
      virtualize(async () => {
        const first = random("Math.random")();
        randomBytes(100);
        crypto.randomUUID();
        return [first, Math.random()];
      }),
    );
    const alone = await run(virtualize(async () => [Math.random(), Math.random()]));
    expect(values).toEqual(alone);
  });

  test("a draw is an event, and so part of the fingerprint", async () => {
    const { trace } = await record(virtualize(async () => void [Math.random(), randomBytes(13)]));
    const draws = [...trace.events()].flatMap((one) => (one.kind === "draw" ? [one.stream] : []));
    expect(draws).toEqual([
      "Math.random",
      ...Array.from({ length: 3 }, () => "crypto.randomBytes"),
    ]);
  });

  test("a UUID is one of version 4", async () => {
    const uuid = await run(virtualize(async () => crypto.randomUUID()));
    expect(uuid).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });

  test.runIf(required.randomUUIDv7 !== undefined)("or of version 7 at virtual time", async () => {
    const main = async (): Promise<string | undefined> => {
      await sleep(1000);
      return required.randomUUIDv7?.();
    };
    const timed = await run(virtualize(main, { startDate: 0 }));
    expect(timed).toMatch(/^00000000-03e8-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });
});

describe("what the functions answer", () => {
  test("is of the kind that the host answers", async () => {
    await run(
      virtualize(async () => {
        expect(Buffer.isBuffer(randomBytes(3))).toBe(true);
        const view = new BigUint64Array(3);
        expect(crypto.getRandomValues(view)).toBe(view);
        expect(view[2]).not.toBe(0n);
        expect(randomFillSync(view)).toBe(view);
        const memory = new ArrayBuffer(8);
        expect(randomFillSync(memory as never, 2, 3)).toBe(memory);
        expect([...new Uint8Array(memory)].map((byte) => byte === 0)).toEqual([
          true,
          true,
          false,
          false,
          false,
          true,
          true,
          true,
        ]);
        const part = new Uint8Array(16).subarray(4, 8);
        crypto.getRandomValues(part);
        expect([...new Uint8Array(part.buffer)].filter((byte) => byte !== 0)).toEqual([...part]);
        expect(Math.random.name).toBe("random");
        expect(Math.random.length).toBe(0);
      }),
      { seed: 5 },
    );
  });

  test("bad arguments are refused in the host's own words", async () => {
    const bad: (() => unknown)[] = [
      () => randomBytes(-1),
      () => randomBytes("1" as never),
      () => randomBytes(1, "no" as never),
      () => randomInt(0),
      () => randomInt(5, 5),
      () => randomInt(0.5 as never),
      () => randomFillSync("text" as never),
      () => randomFillSync(new Uint8Array(2), 3),
      () => randomFill(new Uint8Array(2), undefined as never),
      () => crypto.getRandomValues(new Float64Array(2) as never),
      () => crypto.getRandomValues(new Uint8Array(65_537)),
      () => crypto.getRandomValues.call({} as never, new Uint8Array(2)),
      () => randomUUID("no" as never),
    ];
    const told = (): string[] =>
      bad.map((call) => {
        try {
          return `no error: ${String(call())}`;
        } catch (error) {
          const { name, message, code } = error as { name: string; message: string; code: unknown };
          return `${name} ${String(code)} ${message}`;
        }
      });
    expect(await run(virtualize(async () => told()))).toEqual(told());
  });

  test("callbacks come in a step of their own, in the order of the calls", async () => {
    const calls = await run(
      virtualize(async () => {
        const seen: string[] = [];
        const bytes = new Promise<Buffer>((resolve, reject) =>
          randomBytes(4, (error, value) => {
            seen.push("bytes");
            if (error === null) resolve(value);
            else reject(error);
          }),
        );
        const number = promisify<number, number>(randomInt as never)(100);
        const filled = new Promise((resolve) =>
          randomFill(new Uint8Array(3), 1, 2, (_, value) => {
            seen.push("fill");
            resolve(value);
          }),
        );
        seen.push("now");
        await Promise.resolve();
        seen.push("microtask");
        const values = [(await bytes).length, typeof (await number), (await filled) as Uint8Array];
        return [...seen, ...values.map(String)];
      }),
      { seed: 2 },
    );
    expect(calls.slice(0, 6)).toEqual(["now", "microtask", "bytes", "fill", "4", "number"]);
    expect(calls[6]).toMatch(/^0,\d+,\d+$/);
  });
});

describe("S12: chance outside the run", () => {
  test("a function given to `external` finds the real one", async () => {
    const main = virtualize(async () => [
      await external(() => Math.random()),
      await external(() => crypto.randomUUID()),
    ]);
    expect(await run(main)).not.toEqual(await run(main));
  });

  test("code that a run has left behind, and that was kept, is real again outside", async () => {
    const kept = await run(
      virtualize(async () => {
        const { random: roll } = Math;
        return { roll, uuid: randomUUID };
      }),
    );
    expect(kept.roll()).not.toBe(kept.roll());
    expect(kept.uuid()).not.toBe(kept.uuid());
    const [first] = await answers(kept.roll);
    expect((await answers(() => Math.random()))[0]).toBe(first);
  });

  test("afterwards all is as it was", async () => {
    const hosts = (): unknown[] => [
      Object.getOwnPropertyDescriptor(Math, "random"),
      Object.getOwnPropertyDescriptors(Object.getPrototypeOf(crypto)),
      ...["randomBytes", "randomInt", "randomUUID", "randomFill", "randomFillSync"].map((name) =>
        Object.getOwnPropertyDescriptor(required, name),
      ),
      randomUUID,
      randomBytes,
    ];
    const before = hosts();
    await run(virtualize(() => sleep(1)));
    await expect(run(virtualize(() => Promise.reject(new Error("no"))))).rejects.toThrow("no");
    expect(hosts()).toEqual(before);
    expect(hosts().at(-1)).toBe(before.at(-1));
  });
});
