import { readFileSync } from "node:fs";

type Order = readonly string[];
interface Recorded {
  /** One order for all versions, or one for each. */
  readonly orders: Readonly<Record<string, Order | Readonly<Record<string, Order>>>>;
}

const { orders } = JSON.parse(
  readFileSync(new URL("node-orders.json", import.meta.url), "utf8"),
) as Recorded;

/** The programs that have been recorded. */
export const recorded: readonly string[] = Object.keys(orders);

/** What Node does, in the version that runs this, or in the latest that was recorded. */
export function nodeOrder(name: string): Order {
  const order = orders[name] ?? [];
  if (Array.isArray(order)) return order;
  const byVersion = order as Readonly<Record<string, Order>>;
  const [major = ""] = process.versions.node.split(".");
  return byVersion[major] ?? Object.values(byVersion).at(-1) ?? [];
}
