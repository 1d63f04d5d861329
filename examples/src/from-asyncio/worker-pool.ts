// The port of worker-pool.py, line by line; it prints the same. Times keep Python's numbers: the unit is
// the second, so the label of it is.
import { createTask, gather, getRunningLoop, Queue, run, sleep } from "tickless";

const SITE: Record<string, string[]> = {
  "/": ["/docs", "/blog", "/about"],
  "/docs": ["/docs/install", "/docs/api", "/"],
  "/blog": ["/blog/1", "/blog/2", "/missing"],
  "/about": [],
  "/docs/install": ["/docs/api"],
  "/docs/api": ["/docs"],
  "/blog/1": ["/blog/2", "/flaky"],
  "/blog/2": ["/"],
  "/flaky": ["/about"],
};
const DELAY: Record<string, number> = {
  "/docs": 0.31,
  "/blog": 0.13,
  "/blog/1": 0.16,
  "/missing": 0.09,
  "/docs/api": 0.05,
};

class NotFound extends Error {}

class Unreachable extends Error {}

class Crawler {
  readonly queue: Queue<string>;
  readonly seen = new Set<string>();
  readonly attempts = new Map<string, number>();
  readonly workers: number;
  readonly start = getRunningLoop().time();

  constructor({ workers, limit }: { workers: number; limit: number }) {
    this.queue = new Queue({ maxsize: limit });
    this.workers = workers;
  }

  log(text: string): void {
    const tenths = Math.round((getRunningLoop().time() - this.start) * 10);
    console.log(`${String(tenths).padStart(2)} ${text}`);
  }

  async fetch(url: string): Promise<string[]> {
    await sleep(DELAY[url] ?? 0.1);
    const attempt = (this.attempts.get(url) ?? 0) + 1;
    this.attempts.set(url, attempt);
    const links = SITE[url];
    if (links === undefined) throw new NotFound(url);
    if (url === "/flaky" && attempt < 3) throw new Unreachable(`${url}, attempt ${attempt}`);
    return links;
  }

  async visit(name: string, url: string): Promise<void> {
    let links: string[];
    try {
      links = await this.fetch(url);
    } catch (error) {
      if (error instanceof Unreachable) {
        this.log(`${name}: unreachable: ${error.message}`);
        this.queue.putNowait(url);
        return;
      }
      if (error instanceof NotFound) {
        this.log(`${name}: not found: ${error.message}`);
        return;
      }
      throw error;
    }
    const fresh = links.filter((link) => !this.seen.has(link));
    for (const link of fresh) this.seen.add(link);
    this.log(`${name}: ${url} has ${links.length} links, ${fresh.length} new`);
    for (const link of fresh) await this.queue.put(link);
  }

  async work(name: string): Promise<void> {
    try {
      for (;;) {
        const url = await this.queue.get();
        try {
          await this.visit(name, url);
        } finally {
          this.queue.taskDone();
        }
      }
    } finally {
      this.log(`${name} goes home`);
    }
  }

  async crawl(url: string): Promise<void> {
    this.seen.add(url);
    await this.queue.put(url);
    const tasks = Array.from({ length: this.workers }, (_, i) =>
      createTask(() => this.work(`worker-${i}`), { name: `worker-${i}` }),
    );
    await this.queue.join();
    this.log(`all done, ${this.queue.qsize()} left in the queue`);
    for (const task of tasks) task.cancel();
    const results = await gather(tasks, { returnExceptions: true });
    console.log(...results.map((result) => result.status === "rejected" && result.reason.name));
  }
}

async function main(): Promise<void> {
  const crawler = new Crawler({ workers: 3, limit: 8 });
  await crawler.crawl("/");
  console.log(crawler.seen.size, "pages seen");
  for (const url of [...crawler.attempts.keys()].toSorted()) {
    console.log(url, crawler.attempts.get(url));
  }
}

await run(main, { timeUnit: "s" });
