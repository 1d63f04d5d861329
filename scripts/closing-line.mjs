// A Vitest reporter whose last line is "N passed, N failed, N skipped". What fails
// outside a test (a file that does not load, an unhandled error) counts as failed.
export default class ClosingLine {
  onTestRunEnd(modules, unhandledErrors) {
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
}
