import { simulateSync } from "@tickless/core";
import type { FlowOf } from "@tickless/core";
import { failureOf } from "../../src/failure.ts";
import { Campaign } from "../../src/campaign.ts";
import { type Failure, strategies, type Strategy } from "../../src/index.ts";
import { checkExploreOptions } from "../../src/options.ts";
import { signatureOf } from "../../src/signature.ts";

/** How far a schedule departs from the order in which each task runs for as long as it can. */
interface Length {
  readonly switches: number;
  /** Switches, and turns of another than the one that has been ready for longest. */
  readonly decisions: number;
}

/** Of all schedules within a bound, by what they fail with, the fewest switches, and then decisions. */
export interface Shortest {
  readonly complete: boolean;
  readonly lengths: ReadonlyMap<string, Length>;
}

/** What a failure is known by: the same for all that count as the same when one is shrunk. */
export function keyOf({ error, reason }: Pick<Failure, "error" | "reason">): string {
  return signatureOf({} as never, { error, reason }, () => "");
}

/** Counts what the schedules of exhaustive search take, as the shrinker counts: a check from outside of it. */
class Counted {
  switches = 0;
  decisions = 0;
  #running = -1;

  readonly strategy: Strategy = {
    ...(strategies.find(({ name }) => name === "exhaustive") as Strategy),
    begin: (setup) => {
      const search = (strategies.find(({ name }) => name === "exhaustive") as Strategy).begin(
        setup,
      );
      return {
        next: (index) => {
          const policy = search.next(index);
          if (policy === null) return null;
          this.switches = 0;
          this.decisions = 0;
          this.#running = -1;
          return {
            choose: (kind, count, task) => {
              const picked = policy.choose(kind, count, task);
              const options = Array.from({ length: count }, (_, i) => i);
              const goesOn =
                kind === "ready" ? options.findIndex((i) => task(i) === this.#running) : -1;
              if (picked === Math.max(goesOn, 0)) return picked;
              this.decisions++;
              if (goesOn >= 0) this.switches++;
              return picked;
            },
            stepped: (task) => {
              policy.stepped?.(task);
              // Callbacks, which have number 0, interrupt nobody.
              if (task !== 0) this.#running = task;
            },
          };
        },
        finished: (run) => search.finished?.(run),
      };
    },
  };
}

function isShorter(one: Length, other: Length | undefined): boolean {
  if (other === undefined || one.switches !== other.switches) {
    return other === undefined || one.switches < other.switches;
  }
  return one.decisions < other.decisions;
}

/** Runs every schedule with at most `bound` switches, or `most` of them. */
export function shortestWithin(main: () => FlowOf<unknown>, bound: number, most: number): Shortest {
  const counted = new Counted();
  const { strategy } = counted;
  const campaign = new Campaign(
    checkExploreOptions<unknown>({ strategy, bound, schedules: most, stopAtFirst: false }),
  );
  const lengths = new Map<string, Length>();
  for (let next = campaign.next(); next !== null; next = campaign.next()) {
    const result = simulateSync(main, next);
    campaign.took(result);
    const failed = failureOf(result, undefined);
    if (failed === null) continue;
    const { switches, decisions } = counted;
    const key = keyOf(failed);
    if (isShorter({ switches, decisions }, lengths.get(key))) {
      lengths.set(key, { switches, decisions });
    }
  }
  return { complete: campaign.found().complete, lengths };
}
