// The port of pipeline.py, line by line; it prints the same.
import {
  asCompleted,
  createTask,
  currentTask,
  isCancelled,
  Queue,
  QueueShutDownError,
  Runner,
  sleep,
  taskGroup,
  wait,
} from "tickless";

class ValueError extends Error {}

class KeyError extends Error {}

async function* numbers(first: number, last: number, pause: number): AsyncGenerator<number> {
  for (let number = first; number < last; number++) {
    await sleep(pause);
    yield number;
  }
}

async function produce(out: Queue<number>, first: number, last: number): Promise<void> {
  for await (const number of numbers(first, last, 0.01)) await out.put(number);
  console.log("produced", last - first);
  out.shutdown();
}

async function square(
  source: Queue<number>,
  out: Queue<readonly [number, number]>,
  name: string,
): Promise<void> {
  let done = 0;
  try {
    for (;;) {
      const number = await source.get();
      await sleep(0.0237);
      if (number === 13) throw new ValueError("unlucky");
      await out.put([number, number * number]);
      source.taskDone();
      done++;
    }
  } catch (error) {
    if (error instanceof QueueShutDownError) {
      console.log(`${name} has squared ${done}`);
      return;
    }
    if (isCancelled(error)) console.log(`${name} is cancelled after ${done}`);
    throw error;
  }
}

async function collect(source: Queue<readonly [number, number]>, results: number[]): Promise<void> {
  for await (const [, squared] of source) {
    results.push(squared);
    await sleep(0.0041);
  }
}

async function pipeline(first: number, last: number): Promise<void> {
  const numbersQueue = new Queue<number>({ maxsize: 2 });
  const squares = new Queue<readonly [number, number]>({ maxsize: 1 });
  const results: number[] = [];
  try {
    await taskGroup(async (group) => {
      void group.createTask(() => collect(squares, results));
      await taskGroup((squarers) => {
        void squarers.createTask(() => produce(numbersQueue, first, last));
        for (const name of ["one", "two"]) {
          void squarers.createTask(() => square(numbersQueue, squares, name));
        }
      });
      squares.shutdown();
    });
  } catch (error) {
    if (!(error instanceof AggregateError)) throw error;
    for (const inner of error.errors as AggregateError[]) {
      console.log("failed:", inner.message, "/", ...inner.errors.map((one) => one.message));
    }
  }
  console.log("squares:", ...results);
}

async function background(log: string[]): Promise<void> {
  try {
    for (;;) {
      await sleep(0.1);
      log.push("beat");
    }
  } finally {
    console.log("background ends after", log.length);
  }
}

async function stubborn(): Promise<string> {
  const task = currentTask();
  try {
    await sleep(1);
  } catch (error) {
    if (!isCancelled(error)) throw error;
    console.log("asked", task?.cancelling(), "times");
    task?.uncancel();
  }
  await sleep(0.01);
  console.log("asked", task?.cancelling(), "times");
  return "went on";
}

async function firstFailure(): Promise<void> {
  const fail = async (seconds: number): Promise<string> => {
    await sleep(seconds);
    throw new KeyError(String(seconds));
  };

  const tasks = [
    createTask(() => sleep(0.01, "quick")),
    createTask(() => fail(0.02)),
    createTask(() => sleep(0.5, "slow")),
  ];
  for await (const { future } of asCompleted(tasks.slice(0, 2))) {
    const text = future.exception() === undefined ? future.result() : "failed";
    console.log("completed:", text, tasks.indexOf(future));
  }
  const { done, pending } = await wait(tasks, { returnWhen: "FIRST_EXCEPTION" });
  console.log(done.length, "done,", pending.length, "pending");
  const drained = new Queue<string>();
  for (const item of "abc") drained.putNowait(item);
  const joined = createTask(() => drained.join());
  drained.shutdown({ immediate: true });
  await joined;
  console.log(drained.qsize(), "left after shutdown");
  try {
    drained.putNowait("d");
  } catch (error) {
    if (!(error instanceof QueueShutDownError)) throw error;
    console.log("the queue takes nothing more");
  }
}

async function main(): Promise<void> {
  const log: string[] = [];
  const runner = new Runner({ timeUnit: "s" });
  try {
    const firstDay = async (): Promise<void> => {
      void createTask(() => background(log));
      await pipeline(0, 10);
    };

    const secondDay = async (): Promise<void> => {
      await pipeline(10, 20);
      const task = createTask(stubborn);
      await sleep(0.01);
      task.cancel();
      task.cancel();
      console.log("stubborn", await task);
      await firstFailure();
    };

    await runner.run(firstDay);
    console.log("beats of the first day:", log.length);
    await runner.run(secondDay);
    console.log("beats of both:", log.length);
  } finally {
    await runner.close(); // `await using runner = new Runner()` where that is understood
  }
}

await main();
