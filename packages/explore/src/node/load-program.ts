import { pathToFileURL } from "node:url";
import { registerHandOvers } from "./hook.ts";

/** What loads a program in each worker of a campaign; the command has one of its own. */
export type LoadProgram = (path: string, how: { readonly handOvers: boolean }) => Promise<unknown>;

/** The default export of a module, as this Node.js imports it. */
export const load: LoadProgram = async (path, { handOvers }) => {
  if (handOvers) registerHandOvers();
  const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
  return module.default;
};
