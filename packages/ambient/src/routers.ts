import { forgetExchanges, newExchanges } from "./exchanges.ts";
import { syncImports } from "./host.ts";
import { setRegistered } from "./registered.ts";

let registered = false;

/**
 * Puts in place, for the rest of the process, what runs find in the place of the host's functions. Each asks
 * on each call whose code is calling, and passes that of no run on to the function that stood there. So what
 * a program saves from now on, at the top of a module or as a library that is loaded, is routed in runs too.
 * It is what the import of `@tickless/ambient/register` does.
 *
 * @category Running
 */
export function register(): void {
  if (registered) return;
  registered = true;
  let withdraw = (): void => undefined;
  setRegistered(() => withdraw());
  const exchanges = newExchanges();
  for (const exchange of exchanges) exchange.stay();
  syncImports();
  forgetExchanges();
  withdraw = () => {
    for (const exchange of exchanges.toReversed()) exchange.withdraw();
    syncImports();
  };
}
