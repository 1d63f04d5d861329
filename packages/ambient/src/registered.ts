import { home } from "./host.ts";

/** Known to every copy: a test runner may load modules again while the globals stay. */
const key: unique symbol = Symbol.for("tickless.ambient.registered") as never;

/** Takes away what the first to register has put in place, if there was one; then `withdraw` does so. */
export function setRegistered(withdraw: () => void): void {
  const earlier = (home as { [key]?: () => void })[key];
  earlier?.();
  Object.defineProperty(home, key, { value: withdraw, configurable: true });
}

/** Whether functions that a program saves before a run are routed in it. */
export function isRegistered(): boolean {
  return key in home;
}
