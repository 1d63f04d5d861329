// The port of rate-limiter.py, line by line; it prints the same. The time-out of Python's `async with` is a
// function here, and so is the permit.
import {
  BoundedSemaphore,
  gather,
  getRunningLoop,
  run,
  sleep,
  timeout,
  TimeoutError,
  waitFor,
} from "tickless";

class Overloaded extends Error {}

class Service {
  active = 0;
  most = 0;

  async call(name: string, seconds: number): Promise<string> {
    this.active++;
    this.most = Math.max(this.most, this.active);
    try {
      if (this.active > 3) throw new Overloaded(`${this.active} at a time`);
      await sleep(seconds);
      return `${name} took ${Math.round(seconds * 10)}`;
    } finally {
      this.active--;
    }
  }
}

class Client {
  readonly service: Service;
  readonly permits: BoundedSemaphore;
  readonly start = getRunningLoop().time();

  constructor(service: Service, limit: number) {
    this.service = service;
    this.permits = new BoundedSemaphore(limit);
  }

  log(text: string): void {
    const tenths = Math.round((getRunningLoop().time() - this.start) * 10);
    console.log(`${String(tenths).padStart(2)} ${text}`);
  }

  async request(name: string, seconds: number, deadline = 0.2): Promise<string> {
    for (let attempt = 1; attempt < 4; attempt++) {
      try {
        return await timeout(deadline * attempt, async () => {
          const answer = await this.permits.withPermit(async () => {
            this.log(`${name} begins, attempt ${attempt}`);
            return this.service.call(name, seconds);
          });
          this.log(answer);
          return answer;
        });
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
        this.log(`${name} timed out`);
        await sleep(0.06);
      }
    }
    throw new TimeoutError(name);
  }
}

async function giveUp(client: Client, name: string, seconds: number): Promise<string> {
  try {
    return await waitFor(() => client.request(name, seconds), 0.37);
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    client.log(`${name} is given up`);
    return "no answer";
  }
}

async function main(): Promise<void> {
  const service = new Service();
  const client = new Client(service, 3);
  const answers = await gather(
    [
      () => client.request("a", 0.12),
      () => client.request("b", 0.32),
      () => client.request("c", 0.11),
      () => client.request("d", 0.03),
      () => client.request("f", 0.9),
      () => giveUp(client, "e", 0.31),
    ],
    { returnExceptions: true },
  );
  for (const answer of answers) {
    if (answer.status === "rejected")
      console.log(`${answer.reason.name}: ${answer.reason.message}`);
    else console.log(answer.value);
  }
  console.log("most at a time:", service.most);
  console.log(client.permits.locked() ? "all in use" : "some are free");

  try {
    await gather(Array.from({ length: 5 }, (_, i) => () => service.call(String(i), 0.01)));
  } catch (error) {
    if (!(error instanceof Overloaded)) throw error;
    console.log("without a limit:", error.message);
  }

  try {
    client.permits.release();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.log("a permit was given back twice");
  }
}

await run(main, { timeUnit: "s" });
