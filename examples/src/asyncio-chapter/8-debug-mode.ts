// Two mistakes make no noise by themselves: a coroutine that nobody awaits has never run, and the
// exception of a task that nobody awaits is never seen. The loop tells of both when it closes: of
// exceptions always, of forgotten coroutines in debug mode.
import { coroutine, createTask, run, sleep } from "tickless";

const save = coroutine(async function save(document: string) {
  await sleep(5);
  console.log(`saved ${document}`);
});

console.log("Without debug mode a forgotten await is silent:");
await run(async () => {
  void save("report.txt");
  await sleep(10);
});

console.log("\nWith debug mode it is reported, through `log`, and below it where it was made:");
await run(
  async function main() {
    void save("report.txt");
    await sleep(10);
  },
  { debug: true, log: (message) => console.log(message.replace(/ \(.*:\d+\)/, " (this file)")) },
);

console.log("\nAn exception that nobody has looked at goes to the exception handler:");
await run(
  async () => {
    void createTask(
      async () => {
        await sleep(5);
        throw new RangeError("the disk is full");
      },
      { name: "backup" },
    );
    await sleep(10);
    console.log("main ends as if nothing had happened");
  },
  {
    exceptionHandler: (_loop, { message, exception }) => {
      console.log(message);
      console.log(`the exception: ${String(exception)}`);
    },
  },
);
