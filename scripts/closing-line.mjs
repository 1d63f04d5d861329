const SILENCE_SECONDS = 60;

// A Vitest reporter whose last line is "N passed, N failed, N skipped". What fails
// outside a test (a file that does not load, an unhandled error) counts as failed.
// When nothing has been heard for a minute it says which files have not ended.
export default class ClosingLine {
  #running = new Set();
  #lastEnded = "none";
  #watch;

  onTestModuleStart(module) {
    this.#running.add(module.relativeModuleId);
    this.#listen();
  }

  onTestModuleEnd(module) {
    this.#running.delete(module.relativeModuleId);
    this.#lastEnded = module.relativeModuleId;
    this.#listen();
  }

  onTestCaseResult() {
    this.#listen();
  }

  onTestRunEnd(modules, unhandledErrors) {
    clearInterval(this.#watch);
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      count.failed += module.errors().length;
      for (const suite of module.children.allSuites()) count.failed += suite.errors().length;
      for (const test of module.children.allTests()) count[test.result().state]++;
    }
    // a test still pending at the end never finished
    console.log(
      `${count.passed} passed, ${count.failed + count.pending} failed, ${count.skipped} skipped`,
    );
  }

  #listen() {
    clearInterval(this.#watch);
    this.#watch = setInterval(() => this.#tell(), SILENCE_SECONDS * 1000);
    this.#watch.unref();
  }

  #tell() {
    const running = [...this.#running].join(", ");
    // a file whose tests have ended can still keep its worker from ending
    console.log(
      running
        ? `nothing heard for ${SILENCE_SECONDS} s: still running ${running}`
        : `nothing heard for ${SILENCE_SECONDS} s: a worker does not end; the last file was ${this.#lastEnded}`,
    );
  }
}
