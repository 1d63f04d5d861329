/** A main, or the body of a task. */
export type AnyMain = (...args: never[]) => unknown;

const generatorFunction: unknown = Object.getPrototypeOf(function* () {});

/**
 * A function of the kind of `main`, async or generator, that calls `begin` first, as code of the task.
 *
 * @param returned is called with what `begin` has answered, when `main` has ended and has not thrown
 */
export function beginning<F extends AnyMain, S>(
  main: F,
  begin: () => S,
  returned?: (begun: S) => void,
): F {
  if (Object.getPrototypeOf(main) === generatorFunction) {
    const flow = function* (this: unknown, ...args: never[]): Generator {
      const begun = begin();
      const value: unknown = yield* Reflect.apply(main, this, args) as Generator;
      returned?.(begun);
      return value;
    };
    return flow as unknown as F;
  }
  const body = function (this: unknown, ...args: never[]): unknown {
    const begun = begin();
    const result = Reflect.apply(main, this, args);
    // A branch of its own: what the task awaits is the promise of `main` itself.
    if (result instanceof Promise) {
      if (returned !== undefined)
        void result.then(
          () => returned(begun),
          () => undefined,
        );
    } else returned?.(begun);
    return result;
  };
  return body as F;
}
