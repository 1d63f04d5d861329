import type { TestContext } from "vitest";
import { isTicklessError } from "@tickless/core";
import type { Exploration, Failure } from "@tickless/explore";
import type { Trace, TraceProgram } from "@tickless/trace";
import { campaign, type Main, repeat, type Repeated } from "./campaign.ts";
import { checkAlone, type Course, type InputPlace, inputWord, wantedCourse } from "./course.ts";
import { environment } from "./environment.ts";
import { ScheduleReport, SimTestError } from "./errors.ts";
import { type Identity, identityOf } from "./identity.ts";
import { keepTrace } from "./node/trace-file.ts";
import type { Settings } from "./options.ts";
import { reportText } from "./report.ts";

/** What is known of an input with which a property fails. */
export interface FailingInput extends InputPlace {
  /** In words. */
  readonly text: string;
}

/** Without the plugin this is what forgetting it looks like; with it, a test of one task. */
function unexplored({ choices }: Exploration): boolean {
  return choices === 0 && environment("TICKLESS_HAND_OVERS") === undefined;
}

/** What an exploration without choices says of that. */
function nothingIn({ text }: Exploration): string {
  return text.split("\n", 1).join();
}

/** One test while it runs: what it does with the schedules of a program, and what it says. */
export class Trial {
  readonly settings: Settings;
  readonly #context: TestContext;
  readonly #identity: Identity;
  /** That there was nothing to explore with any input so far; "" where there was with one. */
  #nothing: string | null = null;

  constructor(context: TestContext, settings: Settings) {
    this.settings = settings;
    this.#context = context;
    this.#identity = identityOf(context.task);
  }

  /** What `TICKLESS_REPLAY` asks of this test; null: nothing. */
  replayed(): Course | null {
    const course = wantedCourse();
    if (course === null) return null;
    checkAlone(simTestsOf(this.#context.task.file));
    const { file, name } = this.#identity;
    if (course.test !== null && (course.test.file !== file || course.test.name !== name)) {
      throw new SimTestError(
        "ERR_REPLAY_TESTS",
        `The trace is of the test \`${course.test.name}\` in ${course.test.file}, and this is \`${name}\` in ` +
          `${file}. Name that file, and that test with \`-t\`.`,
      );
    }
    return course;
  }

  /** Runs the program under the schedules of a campaign. `shrinks`: whether what fails is made simpler. */
  explore(main: Main, shrinks: boolean): Promise<Exploration> {
    return campaign(main, this.settings, this.#context.signal, shrinks);
  }

  /** Throws if the campaign has failed, or could not be finished. */
  async conclude(found: Exploration, main: Main, input: FailingInput | null): Promise<void> {
    const { failure } = found;
    if (failure === null) return this.#checkFinished(found);
    // Of a schedule that was made simpler, so that error, timeline and command are of one run.
    const { error, reproLine: line } = failure.shrunk ?? failure;
    if (isSkip(error)) throw error;
    const repeated = line === "" ? null : await this.#repeat(main, line, input);
    const trace = repeated !== null && repeated.failed !== null ? repeated.trace : null;
    const report = reportText({
      identity: this.#identity,
      what: this.#what(failure, found),
      nothing: unexplored(found) ? nothingIn(found) : "",
      input: input === null ? "" : input.text,
      error,
      failure,
      trace,
      file: trace === null ? null : this.#keep(trace),
      line: input === null ? line : `${inputWord(input)}/${line}`,
    });
    // Vitest takes a list for several errors, and shows one after the other.
    throw [error, new ScheduleReport(report)];
  }

  /** After a test that has passed: says so where it met no choice, with no input. */
  warn(): void {
    if (this.#nothing) console.warn(`simTest \`${this.#identity.name}\`: ${this.#nothing}`);
  }

  /** Runs one schedule, as `TICKLESS_REPLAY` says. */
  async replay(main: Main, { source, input }: Course, text: string): Promise<void> {
    const { failed, trace, misfit } = await this.#repeat(main, source, input);
    if (failed === null) {
      const how = misfit === null ? "under this schedule." : `under another schedule: ${misfit}`;
      console.log(`TICKLESS_REPLAY: \`${this.#identity.name}\` passes ${how}`);
      return;
    }
    const { error } = failed;
    if (isTicklessError(error) && error.code === "ERR_DIVERGENCE") throw error;
    const report = reportText({
      identity: this.#identity,
      what: "The schedule of TICKLESS_REPLAY",
      nothing: misfit ?? "",
      input: text,
      error,
      failure: null,
      trace,
      file: this.#keep(trace),
      line: "",
    });
    throw [error, new ScheduleReport(report)];
  }

  #what({ schedule }: Failure, { schedules, strategy }: Exploration): string {
    const { seed, schedules: most } = this.settings;
    const all = schedules === 1 ? "The only schedule" : `Each of ${schedules} schedules`;
    const which = schedule < 0 ? all : `Schedule ${schedule + 1} of ${most}`;
    return `${which} (${strategy}, seed ${seed})`;
  }

  #checkFinished(found: Exploration): void {
    const { schedules, complete } = found;
    const { schedules: wanted, realTimeoutMs } = this.settings;
    if (!unexplored(found) || wanted === 1) this.#nothing = "";
    this.#nothing ??= nothingIn(found);
    if (complete || schedules >= wanted) return;
    throw new SimTestError(
      "ERR_REAL_TIMEOUT",
      `Only ${schedules} of ${wanted} schedules were run in ${realTimeoutMs} ms of real time; none failed. ` +
        "Ask for fewer (`schedules`), or give the test more time (`realTimeoutMs`).",
    );
  }

  #repeat(main: Main, source: Course["source"], input: InputPlace | null): Promise<Repeated> {
    const { file, name } = this.#identity;
    const args = input === null ? [] : [inputWord(input)];
    const program: TraceProgram = { file, export: name, args, digest: "" };
    return repeat(main, source, this.settings, program);
  }

  #keep(trace: Trace): string | null {
    const { folder } = this.settings;
    const { file, name } = this.#identity;
    return folder === null ? null : keepTrace(folder, `${file} ${name}`, trace);
  }
}

/** Whether a test has skipped itself: that is no failure. */
function isSkip(error: unknown): boolean {
  return (error as { code?: unknown } | null | undefined)?.code === "VITEST_PENDING";
}

type File = TestContext["task"]["file"];

/** The names, with those of their suites, of the tests of a file that are to run and are made by `simTest`. */
function simTestsOf(suite: Pick<File, "tasks">): string[] {
  return suite.tasks.flatMap((task) => {
    if (task.type === "suite") return simTestsOf(task);
    const runs = task.mode === "run" || task.mode === "queued";
    return runs && task.meta.tickless === true ? [task.fullTestName] : [];
  });
}
