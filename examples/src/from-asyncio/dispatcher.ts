// The port of dispatcher.py, line by line; it prints the same. A method given as a callback is wrapped
// in a function, and a queue of priorities is told how to compare its entries.
import {
  ContextVar,
  copyContext,
  createTask,
  Event,
  type Future,
  gather,
  getRunningLoop,
  type Handle,
  isCancelled,
  LifoQueue,
  Lock,
  type Loop,
  PriorityQueue,
  QueueFullError,
  run,
  sleep,
  timeout,
  TimeoutError,
} from "tickless";

class ValueError extends Error {}

const requestId = new ContextVar("requestId", { default: "-" });

function log(text: string): void {
  console.log(`[${requestId.get()}] ${text}`);
}

class Watchdog {
  readonly loop: Loop;
  readonly patience: number;
  readonly onSilence: () => void;
  timer: Handle;

  constructor(loop: Loop, patience: number, onSilence: () => void) {
    this.loop = loop;
    this.patience = patience;
    this.onSilence = onSilence;
    this.timer = loop.callLater(patience, onSilence);
  }

  alive(): void {
    this.timer.cancel();
    this.timer = this.loop.callLater(this.patience, this.onSilence);
  }

  stop(): void {
    this.timer.cancel();
  }
}

type Request = readonly [priority: number, count: number, text: string, reply: Future<string>];

class Dispatcher {
  readonly loop: Loop;
  readonly requests = new PriorityQueue<Request>({
    compare: ([a, m], [b, n]) => a - b || m - n,
  });
  readonly journal = new LifoQueue<string>({ maxsize: 2 });
  count = 0;
  readonly lock = new Lock();

  constructor(loop: Loop) {
    this.loop = loop;
  }

  submit(priority: number, text: string): Future<string> {
    const reply = this.loop.createFuture<string>();
    this.count++;
    this.requests.putNowait([priority, this.count, text, reply]);
    return reply;
  }

  note(text: string): void {
    try {
      this.journal.putNowait(text);
    } catch (error) {
      if (!(error instanceof QueueFullError)) throw error;
      log(`forgets ${this.journal.getNowait()}`);
      this.journal.putNowait(text);
    }
  }

  async handle(text: string): Promise<string> {
    log(`handles ${text}`);
    await this.lock.withLock(async () => {
      await sleep(0.01 * text.length);
    });
    if (text === "explode") throw new ValueError(text);
    return text.toUpperCase();
  }

  async serve(watchdog: Watchdog): Promise<void> {
    for (;;) {
      const [priority, number, text, reply] = await this.requests.get();
      requestId.set(`${priority}.${number}`);
      watchdog.alive();
      if (reply.cancelled()) {
        log(`skips ${text}`);
        continue;
      }
      try {
        reply.setResult(await timeout(0.2, () => this.handle(text)));
      } catch (error) {
        if (isCancelled(error)) throw error;
        reply.setException(error);
      }
      this.note(text);
    }
  }
}

async function client(
  dispatcher: Dispatcher,
  name: string,
  priority: number,
  text: string,
): Promise<void> {
  requestId.set(name);
  const reply = dispatcher.submit(priority, text);
  reply.addDoneCallback((future) => log(`callback, cancelled: ${Number(future.cancelled())}`));
  try {
    log(`got ${await reply}`);
  } catch (error) {
    if (error instanceof ValueError) log(`failed with ${error.message}`);
    else if (isCancelled(error)) log("gave up");
    else if (error instanceof TimeoutError) log("took too long");
    else throw error;
  }
}

async function main(): Promise<void> {
  const loop = getRunningLoop();
  const silent = new Event();
  const watchdog = new Watchdog(loop, 0.5, () => silent.set());
  loop.setExceptionHandler((_loop, context) => {
    console.log("handler:", (context.exception as Error).message);
  });
  const dispatcher = new Dispatcher(loop);
  const clients = [
    createTask(() => client(dispatcher, "ann", 2, "hello")),
    createTask(() => client(dispatcher, "bob", 1, "explode")),
    createTask(() => client(dispatcher, "cat", 3, "never mind")),
    createTask(() => client(dispatcher, "dan", 1, "abc")),
    createTask(() => client(dispatcher, "eve", 9, "a very long text of many words")),
  ];
  const server = createTask(() => dispatcher.serve(watchdog));
  loop.callLater(0.05, () => void clients[2]?.cancel());
  loop.callSoon(log, "called soon");

  const broken = (): void => {
    throw new Error("a callback fails, the loop goes on");
  };

  loop.callLater(0.02, broken);
  const context = copyContext();
  context.run(() => requestId.set("copy"));
  console.log("in the copy:", context.get(requestId), "here:", requestId.get());
  await gather(clients);
  await silent.wait();
  watchdog.stop();
  server.cancel();
  try {
    await server;
  } catch (error) {
    if (!isCancelled(error)) throw error;
    log("the server has stopped");
  }
  while (!dispatcher.journal.empty()) console.log("journal:", dispatcher.journal.getNowait());
}

await run(main, { timeUnit: "s" });
