import { Lock } from "@tickless/sync";
import { type CorpusProgram, fail, together, under } from "./program.ts";

/** SCTBench's account_bad: a check that compares with the wrong sum once both have been here. */
export const account: CorpusProgram = {
  name: "account",
  bug: "the check comes last",
  main: (kind) =>
    kind.of(function* () {
      const lock = new Lock();
      const [x, y, z] = [1, 2, 4];
      let balance = x;
      let deposited = false;
      let withdrawn = false;
      yield* together(kind, [
        () =>
          under(lock, () => {
            if (deposited && withdrawn && balance !== x - y - z) fail(`the balance is ${balance}`);
          }),
        () =>
          under(lock, () => {
            balance += y;
            deposited = true;
          }),
        () =>
          under(lock, () => {
            balance -= z;
            withdrawn = true;
          }),
      ]);
    }),
};

/** SCTBench's lazy01_bad. */
export const lazy: CorpusProgram = {
  name: "lazy01",
  bug: "the third task comes last",
  main: (kind) =>
    kind.of(function* () {
      const lock = new Lock();
      let data = 0;
      const add = (amount: number) => () =>
        under(lock, () => {
          data += amount;
        });
      yield* together(kind, [
        add(1),
        add(2),
        () =>
          under(lock, () => {
            if (data >= 3) fail(`data is ${data}`);
          }),
      ]);
    }),
};
