/**
 * The plugin for Vitest's configuration: `plugins: [handOvers()]`.
 *
 * @packageDocumentation
 */
export {
  type HandOverFiles,
  type HandOverPlugin,
  handOvers,
  type Rewritten,
} from "@tickless/explore/vite";
