/**
 * The plugin for Vitest's configuration: `plugins: [handOvers()]`. `tickless/vite` has the same one, for projects
 * without this package.
 *
 * @packageDocumentation
 */
export {
  type HandOverFiles,
  type HandOverPlugin,
  handOvers,
  type Rewritten,
} from "@tickless/explore/vite";
