import { type Exchange, exchanged, type Real } from "./exchange.ts";
import { type AnyFunction, type Holder, home } from "./host.ts";
import { here, type World } from "./world.ts";

interface Zoned {
  toPlainDateTime(): unknown;
  toPlainDate(): unknown;
  toPlainTime(): unknown;
}

interface Temporal {
  readonly Instant: {
    fromEpochNanoseconds(nanoseconds: bigint): { toZonedDateTimeISO(zone: unknown): Zoned };
  };
  readonly Now: Holder & { timeZoneId(): string };
}

const temporal = home["Temporal"] as Temporal | undefined;

function instant(world: World): ReturnType<Temporal["Instant"]["fromEpochNanoseconds"]> {
  const nanoseconds = BigInt(Math.round((world.elapsedMs % 1) * 1e6));
  const ms = BigInt(world.startMs + Math.floor(world.elapsedMs));
  return (temporal as Temporal).Instant.fromEpochNanoseconds(ms * 1_000_000n + nanoseconds);
}

function now(method: string, read: (now: Zoned) => unknown): (real: Real) => AnyFunction {
  return (real) =>
    function (this: unknown, ...values: unknown[]): unknown {
      const world = here(`Temporal.Now.${method}()`);
      if (world === null) return real(this, values);
      const [zone = (temporal as Temporal).Now.timeZoneId()] = values;
      return read(instant(world).toZonedDateTimeISO(zone));
    };
}

function nowInstant(real: Real): AnyFunction {
  return function (this: unknown, ...values: unknown[]): unknown {
    const world = here("Temporal.Now.instant()");
    return world === null ? real(this, values) : instant(world);
  };
}

function exchangeOf(method: string, read: (now: Zoned) => unknown): Exchange[] {
  return exchanged(temporal?.Now, method, now(method, read));
}

/** What `Temporal.Now` tells; all else of Temporal depends on what it is given. */
export function temporalNow(): Exchange[] {
  return [
    ...exchanged(temporal?.Now, "instant", nowInstant),
    ...exchangeOf("zonedDateTimeISO", (zoned) => zoned),
    ...exchangeOf("plainDateTimeISO", (zoned) => zoned.toPlainDateTime()),
    ...exchangeOf("plainDateISO", (zoned) => zoned.toPlainDate()),
    ...exchangeOf("plainTimeISO", (zoned) => zoned.toPlainTime()),
  ];
}
