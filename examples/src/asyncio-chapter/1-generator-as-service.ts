// A generator can be a little service: it stops at `yield`, where it waits for a value that its
// user sends in, and answers with the next one. Python writes `service.send(value)`, JavaScript
// writes `service.next(value)`. Coroutines grew out of this; no event loop is needed yet.

function* averager(): Generator<number, void, number> {
  let sum = 0;
  let count = 0;
  try {
    for (;;) {
      const value = yield count === 0 ? 0 : sum / count;
      sum += value;
      count++;
    }
  } finally {
    console.log(`closed after ${count} values`);
  }
}

const service = averager();
console.log("called, and nothing has run yet");

// The first value would be lost: nobody stands at a `yield` yet. So the service is started first.
service.next();

for (const value of [10, 30, 5]) {
  console.log("sent", value, "and the average is", service.next(value).value);
}
service.return();
