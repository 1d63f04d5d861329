import { writeSync } from "node:fs";

/** A step that never ends: no other code of the process ever runs again. */
export default async function main(): Promise<void> {
  writeSync(1, "begun\n");
  for (;;) await Promise.resolve();
}
