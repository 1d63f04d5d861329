import { whereNow } from "@tickless/core/kit";

type Notice = (what: string, where: readonly string[]) => void;
type AnyFunction = (...values: never[]) => unknown;

/** Functions of the host whose answers no seed controls: where they are, and what they are called. */
const sources: readonly (readonly [holder: string, method: string])[] = [
  ["Math", "random"],
  ["performance", "now"],
  ["crypto", "randomUUID"],
  ["crypto", "getRandomValues"],
];

const home = globalThis as unknown as Record<string, Record<string, unknown> | undefined>;

/** Puts `make(value)` in the place of a property. Answers what takes it back, if nobody was quicker. */
function replaced(holder: object, key: string, make: (value: object) => object): () => void {
  const before = Reflect.getOwnPropertyDescriptor(holder, key);
  const value = Reflect.get(holder, key) as object | undefined;
  if (typeof value !== "function") return () => undefined;
  const own = make(value);
  const configurable = Reflect.defineProperty(holder, key, {
    value: own,
    configurable: true,
    writable: true,
  });
  return () => {
    if (!configurable || Reflect.get(holder, key) !== own) return;
    if (before === undefined) Reflect.deleteProperty(holder, key);
    else Reflect.defineProperty(holder, key, before);
  };
}

/**
 * Notices what code reads of the host's clock and chance, until the answer is called. What is read stays
 * what it is. The functions are exchanged for others that tell and pass on: the one place in Tickless
 * where something global is changed, and only while somebody looks for what makes two runs differ.
 */
export function watchAmbient(notice: Notice): () => void {
  let watching = true;
  const tell = (what: string): void => {
    if (watching) notice(what, whereNow()());
  };
  const told =
    (what: string) =>
    (value: object): object =>
      new Proxy(value as AnyFunction, {
        apply: (target, self, values) => {
          tell(what);
          return Reflect.apply(target, self, values);
        },
      });
  const clock = (value: object): object =>
    new Proxy(value as new (...values: unknown[]) => object, {
      apply: (target, self, values) => {
        tell("Date()");
        return Reflect.apply(target as unknown as AnyFunction, self, values as never[]);
      },
      construct: (target, values, newTarget) => {
        if (values.length === 0) tell("new Date()");
        return Reflect.construct(target, values, newTarget as AnyFunction) as object;
      },
    });
  const takeBack = sources.map(([name, method]) => {
    const holder = home[name];
    return holder === undefined
      ? () => undefined
      : replaced(holder, method, told(`${name}.${method}()`));
  });
  const dates = home["Date"];
  if (dates !== undefined) {
    takeBack.push(replaced(dates, "now", told("Date.now()")), replaced(globalThis, "Date", clock));
  }
  return () => {
    watching = false;
    for (const take of takeBack.toReversed()) take();
  };
}
