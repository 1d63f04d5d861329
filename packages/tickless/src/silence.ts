/** Runs `work`, which may print thousands of times what the program prints once: all of it is dropped. */
export async function silently<T>(work: () => Promise<T>): Promise<T> {
  const { stdout, stderr } = process;
  const nothing = ((...args: unknown[]): boolean => {
    const done = args.at(-1);
    if (typeof done === "function") queueMicrotask(done as () => void);
    return true;
  }) as typeof stdout.write;
  const speak = (): void => {
    // What hides the method of the prototype goes.
    Reflect.deleteProperty(stdout, "write");
    Reflect.deleteProperty(stderr, "write");
  };
  stdout.write = nothing;
  stderr.write = nothing;
  // Whoever says why the process ends is to be heard.
  process.prependOnceListener("beforeExit", speak);
  try {
    return await work();
  } finally {
    process.off("beforeExit", speak);
    speak();
  }
}
