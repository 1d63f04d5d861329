import type { CampaignSettings } from "./campaign-options.ts";
import type { Chunk } from "./campaign-part.ts";

/**
 * How many schedules a worker runs before it answers. Each chunk begins a search of its own, with
 * schedule 0, so what comes of it depends on nothing else: not on the workers, nor on the shards.
 */
const CHUNK = 64;

/** The chunks of a campaign, or of one shard of it, in the order of their numbers. */
export function* chunksOf({ searches, shard }: CampaignSettings): Generator<Chunk, void> {
  let number = 0;
  for (const { seed, strategy, schedules } of searches) {
    const size = strategy.sequential === true ? schedules : CHUNK;
    for (let from = 0; from < schedules; from += size) {
      const to = Math.min(from + size, schedules);
      if (number % shard.count === shard.index - 1) {
        yield { number, seed, strategy: strategy.name, from, to };
      }
      number++;
    }
  }
}

/** Whether the first chunk of a chunk's search belongs to the shard too. */
export function hasFirst(
  { number, from }: Chunk,
  { index, count }: CampaignSettings["shard"],
): boolean {
  return (number - Math.floor(from / CHUNK)) % count === index - 1;
}

/** How many schedules they are. */
export function schedulesIn(settings: CampaignSettings): number {
  if (settings.searches.some(({ schedules }) => schedules === Infinity)) return Infinity;
  let sum = 0;
  for (const { from, to } of chunksOf(settings)) sum += to - from;
  return sum;
}
