/** Node's console shows instances of a class as `toString` does, not with the whole loop that they refer to. */
export function inspectable(prototype: object): void {
  const inspect = function (this: object): string {
    // oxlint-disable-next-line typescript/no-base-to-string -- the class has one of its own
    return String(this);
  };
  Object.defineProperty(prototype, Symbol.for("nodejs.util.inspect.custom"), { value: inspect });
}
