import { now, sleep } from "tickless";

export default function* main({ args }) {
  yield* sleep(args.length);
  return { at: now(), args };
}
