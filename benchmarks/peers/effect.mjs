// Effect: fibers that sleep on its TestClock.
import { Effect, Fiber, Queue } from "effect";
import { TestClock } from "effect/testing";

import { integerDelays } from "../dist/lcg.js";
import { Tally } from "../dist/program.js";

const onTestClock = (program) => Effect.runPromise(program.pipe(Effect.provide(TestClock.layer())));

/** Longer than any run lasts. */
const LONG = 1_000_000_000;

const W1 = ({ tasks, events }) =>
  onTestClock(
    Effect.gen(function* () {
      const [draw, tally] = [integerDelays(), new Tally()];
      const sleeper = Effect.gen(function* () {
        for (let i = 0; i < events / tasks; i++) {
          const delay = draw();
          yield* Effect.sleep(delay);
          tally.add(delay);
        }
      });
      const all = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: tasks }, () => sleeper),
          { concurrency: "unbounded", discard: true },
        ),
      );
      yield* TestClock.adjust(LONG);
      yield* Fiber.join(all);
      return tally.at(0);
    }),
  );

const W2 = ({ events }) =>
  onTestClock(
    Effect.gen(function* () {
      const tally = new Tally();
      const [out, back] = [yield* Queue.unbounded(), yield* Queue.unbounded()];
      const ping = Effect.gen(function* () {
        for (let i = 0; i < events / 2; i++) {
          yield* Queue.offer(out, i);
          tally.add(yield* Queue.take(back));
        }
      });
      const pong = Effect.gen(function* () {
        for (let i = 0; i < events / 2; i++) {
          const value = yield* Queue.take(out);
          tally.add(value);
          yield* Queue.offer(back, value + 1);
        }
      });
      yield* Effect.all([ping, pong], { concurrency: "unbounded", discard: true });
      return tally.at(0);
    }),
  );

const W3 = ({ tasks }) =>
  onTestClock(
    Effect.gen(function* () {
      const [draw, tally] = [integerDelays(), new Tally()];
      const worker = (value) =>
        Effect.as(
          Effect.suspend(() => Effect.sleep(draw())),
          value,
        );
      const all = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: tasks }, (_, i) => worker(i)),
          { concurrency: "unbounded" },
        ),
      );
      yield* TestClock.adjust(LONG);
      for (const value of yield* Fiber.join(all)) tally.add(value);
      return tally.at(0);
    }),
  );

export const programs = { W1, W2, W3 };
