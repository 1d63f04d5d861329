import { readFileSync } from "node:fs";

const read = globalThis.Date.now;

/** @param {{ args: readonly string[] }} input */
export default async function main({ args }) {
  return args.includes("--date") ? typeof read() : readFileSync("notes.txt", "utf8").length;
}
