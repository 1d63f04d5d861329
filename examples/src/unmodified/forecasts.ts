// A service as it is written for production: it knows nothing of Tickless, nor do its libraries.
import { LRUCache } from "lru-cache";
import PQueue from "p-queue";
import pRetry from "p-retry";

const minute = 60_000;

export type Fetch = (city: string) => Promise<string>;

export interface Forecasts {
  /** The forecast for a city: at most an hour old, unless the server is down. */
  get(city: string): Promise<string>;
  readonly log: readonly string[];
}

/** At most 10 requests a minute, five tries each, and what has been fetched is good for an hour. */
export function forecasts(fetch: Fetch): Forecasts {
  const queue = new PQueue({ interval: minute, intervalCap: 10 });
  const log: string[] = [];
  const note = (text: string): void => {
    log.push(`${new Date().toISOString().slice(0, 19).replace("T", " ")} ${text}`);
  };
  const tried = (city: string): Promise<string> =>
    pRetry(() => fetch(city), {
      retries: 4,
      minTimeout: 5000,
      randomize: true,
      onFailedAttempt: ({ error, retriesLeft }) => {
        if (retriesLeft === 0) note(`${city}: ${error.message}, given up`);
      },
    });
  const cache = new LRUCache<string, string>({
    max: 100,
    ttl: 60 * minute,
    allowStaleOnFetchRejection: true,
    fetchMethod: (city) => queue.add(() => tried(city)),
  });
  return {
    get: async (city) => (await cache.fetch(city)) ?? "no forecast",
    log,
  };
}
