import { external } from "tickless";

export default async function main(): Promise<void> {
  await external(() => new Promise<void>(() => undefined));
}
