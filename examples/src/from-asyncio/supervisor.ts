// The port of supervisor.py, line by line; it prints the same. JavaScript has no `except*`: what a
// group throws is an AggregateError, which `matching` looks through.
import {
  asCompleted,
  createTask,
  isCancelled,
  run,
  shield,
  sleep,
  type Task,
  taskGroup,
  TimeoutError,
  wait,
} from "tickless";

class ValueError extends Error {}

class KeyError extends Error {}

class OSError extends Error {}

async function service(name: string, seconds: number, error?: Error): Promise<string> {
  console.log(`${name} starts`);
  try {
    await sleep(seconds);
    if (error !== undefined) throw error;
    console.log(`${name} is done`);
    return name;
  } catch (caught) {
    if (!isCancelled(caught)) throw caught;
    console.log(`${name} is cancelled`);
    await sleep(0.01);
    console.log(`${name} has cleaned up`);
    throw caught;
  }
}

async function save(log: string[]): Promise<number> {
  await sleep(0.03);
  log.push("saved");
  return log.length;
}

function matching<E extends Error>(error: unknown, kind: new (message: string) => E): E[] {
  return error instanceof AggregateError ? error.errors.filter((e) => e instanceof kind) : [];
}

async function supervise(error?: Error): Promise<void> {
  let api: Task<string> | undefined;
  try {
    await taskGroup((group) => {
      api = group.createTask(() => service("api", 0.02), { name: "api" });
      void group.createTask(() => service("db", 0.05, error));
      void group.createTask(() => service("cache", 0.3));
      console.log("group is open");
    });
    console.log("group is closed:", api?.result());
  } catch (caught) {
    const values = matching(caught, ValueError);
    const keys = matching(caught, KeyError);
    if (values.length > 0) console.log("values:", values.map((e) => e.message).join(", "));
    if (keys.length > 0) console.log("keys:", keys.map((e) => e.message).join(", "));
    if (values.length + keys.length === 0) throw caught;
  }
}

async function checkpoint(log: string[]): Promise<void> {
  const saving = createTask(() => save(log));
  try {
    await shield(saving);
  } catch (error) {
    if (!isCancelled(error)) throw error;
    console.log("cancelled while saving");
    await saving;
    throw error;
  } finally {
    console.log("log:", ...log);
  }
}

async function mirrors(): Promise<void> {
  const tasks = [
    createTask(() => service("tokyo", 0.04), { name: "tokyo" }),
    createTask(() => service("oslo", 0.01, new OSError("no route"))),
    createTask(() => service("lima", 0.02)),
  ];
  let { done, pending } = await wait(tasks, { returnWhen: "FIRST_COMPLETED" });
  while (done.every((task) => task.exception() !== undefined)) {
    console.log("failed:", ...done.map((task) => (task.exception() as Error).message));
    ({ done, pending } = await wait(pending, { returnWhen: "FIRST_COMPLETED" }));
  }
  for (const task of pending) task.cancel();
  await wait(pending);
  console.log("winner:", ...done.map((task) => task.result()));
  console.log(
    "cancelled:",
    ...pending.filter((task) => task.cancelled()).map((task) => task.path.split("/").at(-1)),
  );
}

async function results(): Promise<void> {
  const tasks = [
    createTask(() => service("p", 0.03)),
    createTask(() => service("q", 0.01)),
    createTask(() => service("r", 0.05)),
    createTask(() => service("s", 0.2)),
  ];
  try {
    for (const earliest of asCompleted(tasks, { timeout: 0.1 })) {
      console.log("result:", await earliest);
    }
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    console.log("too late:", tasks.filter((task) => !task.done()).length);
    tasks.at(-1)?.cancel();
  }
}

async function main(): Promise<void> {
  await supervise();
  await supervise(new ValueError("bad row"));
  await supervise(new KeyError("id"));

  const log: string[] = [];
  const task = createTask(() => checkpoint(log));
  await sleep(0.01);
  task.cancel("shutting down");
  try {
    await task;
  } catch (error) {
    if (!isCancelled(error)) throw error;
    console.log("checkpoint was cancelled:", error.message);
  }

  await mirrors();
  await results();
  const last = createTask(() => service("last", 5));
  const { done, pending } = await wait([last], { timeout: 0.01 });
  console.log("at the end:", done.length, "done,", pending.length, "pending");
}

await run(main, { timeUnit: "s" });
