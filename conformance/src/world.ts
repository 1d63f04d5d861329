import type {
  Body,
  ExceptionContext,
  Future,
  Handle,
  LoopOptions,
  Task,
  Timeout,
} from "@tickless/core";
import { Loop } from "@tickless/core";

import { format, ScenarioError } from "./exceptions.ts";
import type { Frame, Progress } from "./frame.ts";
import { newFrame } from "./frame.ts";
import { Names } from "./names.ts";
import type { Made } from "./objects.ts";
import { makeObject } from "./objects.ts";
import type { Arg, Json, LogEvent, Op, Scenario } from "./scenario.ts";
import { asCoroutine, asText, MalformedScenarioError } from "./scenario.ts";

/** A way to execute ops: bodies as async functions or as generators. */
export interface Interpreter {
  readonly name: string;
  body(frame: Frame, ops: readonly Op[]): Body<Json>;
  callback(frame: Frame, ops: readonly Op[]): void;
}

interface SpawnedTask {
  readonly who: string;
  readonly task: Task<Json>;
  readonly progress: Progress;
}

/** Which of its exceptions the loop's handler was called for, by asyncio's messages. */
const reports: readonly (readonly [RegExp, string])[] = [
  [/^exception in callback/i, "callback"],
  [/shutdown/i, "shutdown"],
  [/shielded future/i, "shield"],
];

/** Everything that the coroutines and callbacks of one run share. */
export class World {
  readonly loop: Loop;
  readonly interpreter: Interpreter;
  readonly scenario: Scenario;
  readonly names: Names = new Names();
  readonly objects: Map<string, Made> = new Map<string, Made>();
  readonly timeouts: Map<string, Timeout> = new Map<string, Timeout>();
  readonly handles: Map<string, Handle> = new Map<string, Handle>();
  /** The functions that `done_cb` registered, by future and label. */
  readonly doneCallbacks: Map<Future<unknown>, Map<string, (() => void)[]>> = new Map();
  /** In the order in which they were created. */
  readonly tasks: SpawnedTask[] = [];
  /** Display names of the tasks whose exception nobody looked at. */
  readonly unretrieved: string[] = [];
  /** The first thing met that is not supported; the log is worth nothing then. */
  unsupported: string | undefined;

  readonly #log: LogEvent[] = [];
  #sealed = false;

  constructor(scenario: Scenario, interpreter: Interpreter, options: LoopOptions) {
    this.scenario = scenario;
    this.interpreter = interpreter;
    this.loop = new Loop({
      ...options,
      start: scenario.start ?? 0,
      timeUnit: "none",
      exceptionHandler: (_loop, context) => this.#report(context),
    });
    for (const [name, spec] of Object.entries(scenario.objects ?? {})) {
      this.objects.set(name, makeObject(this, name, spec));
    }
  }

  get log(): readonly LogEvent[] {
    return this.#log;
  }

  write(who: string, kind: string, ...rest: Json[]): void {
    if (!this.#sealed) this.#log.push([this.loop.time(), who, kind, ...rest]);
  }

  /** The last event; what still stirs while the loop is closed is no part of the run. */
  writeEnd(record: () => Json): void {
    const time = this.#log.at(-1)?.[0] ?? this.scenario.start ?? 0;
    this.#sealed = true;
    this.#log.push([time, "*", "end", record()]);
  }

  /** The object called `name`, which must be of `type`. */
  object<T>(name: Arg, type: abstract new (...args: never[]) => T): T {
    const object = this.objects.get(asText(name))?.object;
    if (object instanceof type) return object;
    throw new MalformedScenarioError(`"${asText(name)}" is not a ${type.name}`);
  }

  /** A new task, entered in the table of names. */
  spawn(name: string, ops: readonly Op[]): Task<Json> {
    const who = this.names.display(name);
    const frame = newFrame(this, who);
    const task = this.loop.createTask(this.interpreter.body(frame, ops));
    this.names.enter(name, task, who);
    this.tasks.push({ who, task, progress: frame.progress });
    return task;
  }

  /** AWAITABLEs of the language: coroutines become tasks, after all names have been looked up. */
  awaitables(args: readonly Json[]): Future<unknown>[] {
    const known = args.map((arg) => (typeof arg === "string" ? this.names.future(arg) : arg));
    return known.map((arg, i) => {
      if (typeof args[i] === "string") return arg as Future<unknown>;
      const coroutine = asCoroutine(args[i]);
      return this.spawn(coroutine.as, coroutine.run);
    });
  }

  timeout(name: Arg): Timeout {
    const timeout = this.timeouts.get(asText(name));
    if (timeout === undefined) throw new ScenarioError("KeyError");
    return timeout;
  }

  #report(context: ExceptionContext): void {
    if (/never retrieved/.test(context.message)) {
      const future = context.task ?? context.future;
      const who = future && this.names.shown(future);
      if (who !== undefined && this.tasks.some(({ task }) => task === future)) {
        this.unretrieved.push(who);
      }
      return;
    }
    const category = reports.find(([pattern]) => pattern.test(context.message))?.[1] ?? "other";
    this.write("*", "exc_handler", category, format(context.exception));
  }
}
