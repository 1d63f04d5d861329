import { Exchange, exchanged, isStaying, type Real as RealNow } from "./exchange.ts";
import { type AnyFunction, type Holder, home } from "./host.ts";
import { here } from "./world.ts";

const Real = home["Date"] as DateConstructor;

/**
 * The class in the place of `Date`. Its prototype is that of the real one, so that an object of one is an
 * object of the other, and parsing, formatting and arithmetic are the host's.
 */
function dateClass(real: () => unknown): AnyFunction {
  const VirtualDate = function (this: unknown, ...values: unknown[]): unknown {
    const called = new.target === undefined;
    const reads = called || values.length === 0;
    const world = reads ? here(called ? "Date()" : "new Date()") : null;
    const Theirs = world === null ? (real() as DateConstructor) : Real;
    if (called) return world === null ? Theirs() : new Real(world.dateMs).toString();
    const given = values.length > 0 || world === null ? values : [world.dateMs];
    const target: unknown = new.target;
    return Reflect.construct(
      Theirs,
      given,
      target === VirtualDate ? Theirs : (target as AnyFunction),
    );
  };
  // What others have put on `Date` is there too.
  Object.setPrototypeOf(VirtualDate, Real);
  const { now: _, ...own } = Object.getOwnPropertyDescriptors(Real) as PropertyDescriptorMap;
  Object.defineProperties(VirtualDate, own);
  return VirtualDate;
}

function dateNow(real: RealNow): AnyFunction {
  return function (this: unknown): unknown {
    const world = here("Date.now()");
    return world === null ? real(this, []) : world.dateMs;
  };
}

/** What is asked here is asked again by the function of the real class. */
function inherited(real: RealNow): AnyFunction {
  return function (this: unknown): unknown {
    return real(this, []);
  };
}

/** The class, the `constructor` of every date, and `now` also of the real class, which a program may have kept. */
export function dates(): Exchange[] {
  const exchange = new Exchange(home, "Date", (real) => ({ value: dateClass(real) }));
  const ours = exchange.ours as Holder;
  // Where a class of this kind stands for good, a run has that one.
  const standing = isStaying(home["Date"]) ? (home["Date"] as Holder) : undefined;
  return [
    exchange,
    new Exchange(Real.prototype as unknown as Holder, "constructor", () => ({ value: ours })),
    // Inherited from the real class, but a program that sets it sets it on ours.
    ...exchanged(ours, "now", inherited),
    ...exchanged(standing, "now", dateNow),
    ...exchanged(Real as unknown as Holder, "now", dateNow),
  ];
}
