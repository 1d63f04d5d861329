import { badType } from "@tickless/core/kit";

/** Refuses what cannot be called once for each schedule. */
export function checkMain(main: unknown): void {
  if (typeof main === "function") return;
  throw badType(
    "main",
    "an async or generator function",
    main,
    "It is called once for each schedule: write `explore(() => main(…))`.",
  );
}
