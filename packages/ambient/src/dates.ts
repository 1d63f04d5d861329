import { Exchange, exchanged } from "./exchange.ts";
import { type AnyFunction, type Holder, home } from "./host.ts";
import { here } from "./world.ts";

const Real = home["Date"] as DateConstructor;

/**
 * The class in the place of `Date`. Its prototype is that of the real one, so that an object of one is an
 * object of the other, and parsing, formatting and arithmetic are the host's.
 */
function dateClass(real: () => unknown): AnyFunction {
  const VirtualDate = function (this: unknown, ...values: unknown[]): unknown {
    const world = here(new.target === undefined ? "Date()" : "new Date()");
    const outside = (): DateConstructor => real() as DateConstructor;
    if (new.target === undefined) {
      return world === null ? outside()() : new Real(world.dateMs).toString();
    }
    const given = values.length > 0 || world === null ? values : [world.dateMs];
    const target = (new.target as unknown) === VirtualDate ? Real : (new.target as AnyFunction);
    return Reflect.construct(world === null ? outside() : Real, given, target);
  };
  // What others have put on `Date` is there too.
  Object.setPrototypeOf(VirtualDate, Real);
  const { name: _name, ...own } = Object.getOwnPropertyDescriptors(Real) as PropertyDescriptorMap;
  delete own["now"];
  Object.defineProperties(VirtualDate, { ...own, name: { value: "Date", configurable: true } });
  return VirtualDate as unknown as AnyFunction;
}

const dateExchange = new Exchange(home, "Date", (real) => ({ value: dateClass(real) }));

/** `Date`, the class behind `constructor` of each date, and `Date.now` of the real class, which code may have kept. */
export const dates: readonly Exchange[] = [
  dateExchange,
  new Exchange(Real.prototype as unknown as Holder, "constructor", () => ({
    value: dateExchange.ours,
  })),
  ...exchanged(
    Real as unknown as Holder,
    "now",
    (real) =>
      ({
        now(this: unknown): unknown {
          const world = here("Date.now()");
          return world === null ? real(this, []) : world.dateMs;
        },
      }).now,
  ),
];
