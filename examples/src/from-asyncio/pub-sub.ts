// The port of pub-sub.py, line by line; it prints the same.
import {
  Barrier,
  Condition,
  createTask,
  Event,
  gather,
  isCancelled,
  run,
  sleep,
  timeout,
  TimeoutError,
} from "tickless";

class Board {
  readonly changed = new Condition();
  readonly closed = new Event();
  readonly messages: string[] = [];

  async publish(message: string): Promise<void> {
    await this.changed.withLock(() => {
      this.messages.push(message);
      this.changed.notifyAll();
    });
  }

  async close(): Promise<void> {
    this.closed.set();
    await this.changed.withLock(() => this.changed.notifyAll());
  }

  async read(position: number): Promise<string | undefined> {
    return this.changed.withLock(async () => {
      await this.changed.waitFor(() => this.messages.length > position || this.closed.isSet());
      return this.messages[position];
    });
  }
}

async function publisher(
  board: Board,
  begin: Barrier,
  topic: string,
  count: number,
  pause: number,
): Promise<void> {
  const index = await begin.wait();
  console.log(`publisher of ${topic} was number ${index}`);
  for (let i = 0; i < count; i++) {
    await sleep(pause);
    console.log(`${topic} publishes ${i}`);
    await board.publish(`${topic} ${i}`);
  }
}

async function subscriber(
  board: Board,
  begin: Barrier,
  name: string,
  pause: number,
): Promise<void> {
  await begin.wait();
  let position = 0;
  try {
    let message: string | undefined;
    while ((message = await board.read(position)) !== undefined) {
      position++;
      console.log(`  ${name} reads ${message}`);
      await sleep(pause);
    }
    console.log(`  ${name} has read ${position}`);
  } catch (error) {
    if (isCancelled(error)) console.log(`  ${name} leaves after ${position}`);
    throw error;
  }
}

async function ticker(board: Board): Promise<void> {
  let ticks = 0;
  while (!board.closed.isSet()) {
    try {
      await timeout(0.1, async () => {
        await board.closed.wait();
      });
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      ticks++;
    }
  }
  console.log("ticker stops after", ticks);
}

async function firstOf(board: Board, topic: string): Promise<string | undefined> {
  return board.changed.withLock(async () => {
    while (!board.messages.some((message) => message.startsWith(topic))) {
      await board.changed.wait();
    }
    return board.messages.find((message) => message.startsWith(topic));
  });
}

async function main(): Promise<void> {
  const board = new Board();
  const begin = new Barrier(5);
  const readers = [
    createTask(() => subscriber(board, begin, "Ada", 0.01)),
    createTask(() => subscriber(board, begin, "Grace", 0.06)),
    createTask(() => subscriber(board, begin, "Edsger", 0.015)),
  ] as const;
  const watch = createTask(() => ticker(board));
  const first = createTask(() => firstOf(board, "weather"));
  const publishers = [
    createTask(() => publisher(board, begin, "news", 4, 0.05)),
    createTask(() => publisher(board, begin, "weather", 2, 0.12)),
  ];
  await sleep(0.13);
  readers[2].cancel();
  await gather(publishers);
  await sleep(0.02);
  await board.close();
  const results = await gather(readers, { returnExceptions: true });
  console.log(
    ...results.map((r) => (r.status === "rejected" && isCancelled(r.reason) ? "left" : "stayed")),
  );
  await watch;
  console.log("the first weather:", await first);
  console.log(
    begin.nWaiting,
    "wait at the barrier, the board is",
    board.changed.locked() ? "busy" : "free",
  );
}

await run(main, { timeUnit: "s" });
