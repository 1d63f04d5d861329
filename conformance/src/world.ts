import type {
  Body,
  ExceptionContext,
  Future,
  Handle,
  LoopOptions,
  Runner,
  Task,
  TaskGroup,
  Timeout,
} from "@tickless/core";
import { ContextVar, Loop } from "@tickless/core";

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

/** A coroutine of the scenario that has not begun. */
export interface Prepared {
  /** Its display name. */
  readonly who: string;
  readonly progress: Progress;
  readonly body: Body<Json>;
}

interface SpawnedTask {
  readonly who: string;
  readonly task: Task<Json>;
  readonly progress: Progress;
}

/** Which of its exceptions the loop's handler was called for, by asyncio's messages. */
const reports: readonly (readonly [RegExp, string])[] = [
  [/^exception in callback/i, "callback"],
  [/^unhandled exception during/i, "shutdown"],
  [/shielded future/i, "shield"],
  [/parent task .* is already completed/i, "orphan"],
];

/** Everything that the coroutines and callbacks of one run share. */
export class World {
  readonly interpreter: Interpreter;
  readonly scenario: Scenario;
  readonly names: Names = new Names();
  readonly objects: Map<string, Made> = new Map<string, Made>();
  readonly timeouts: Map<string, Timeout> = new Map<string, Timeout>();
  readonly groups: Map<string, TaskGroup> = new Map<string, TaskGroup>();
  readonly handles: Map<string, Handle> = new Map<string, Handle>();
  /** The functions that `done_cb` registered, by future and label. */
  readonly doneCallbacks: Map<Future<unknown>, Map<string, (() => void)[]>> = new Map();
  /** In the order in which they were created. */
  readonly tasks: SpawnedTask[] = [];
  /** Display names of the tasks whose exception nobody looked at. */
  readonly unretrieved: string[] = [];
  /** The runner that a script has opened. */
  runner: Runner | undefined;
  /** The first thing met that is not supported; the log is worth nothing then. */
  unsupported: string | undefined;

  readonly #options: LoopOptions;
  /** The one in use last. */
  readonly #loops: Loop[] = [];
  readonly #contextVars = new Map<string, ContextVar<Json>>();
  readonly #log: LogEvent[] = [];
  #sealed = false;

  /** On a loop of its own, or on `loop`. */
  constructor(scenario: Scenario, interpreter: Interpreter, options: LoopOptions, loop?: Loop) {
    this.scenario = scenario;
    this.interpreter = interpreter;
    this.#options = { ...options, start: scenario.start ?? 0, timeUnit: "none" };
    this.newLoop(loop);
    for (const [name, spec] of Object.entries(scenario.objects ?? {})) {
      this.objects.set(name, makeObject(this, name, spec));
    }
  }

  get log(): readonly LogEvent[] {
    return this.#log;
  }

  /** The options of the scenario's loops. */
  get options(): LoopOptions {
    return this.#options;
  }

  /** The loop in use. */
  get loop(): Loop {
    return this.#loops.at(-1) as Loop;
  }

  /** `loop` is the one in use from now on. */
  newLoop(loop: Loop = new Loop(this.#options)): void {
    loop.setExceptionHandler((_loop, context) => this.#report(context));
    this.#loops.push(loop);
  }

  /** Closes the loops, which then report the exceptions that nobody looked at. */
  close(): void {
    for (const loop of this.#loops) loop.close();
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

  /** The object called `name`, which must be of one of `types`. */
  object<T>(name: Arg, ...types: readonly (abstract new (...args: never[]) => T)[]): T {
    const object = this.objects.get(asText(name))?.object;
    if (types.some((type) => object instanceof type)) return object as T;
    const wanted = types.map((type) => type.name).join(" or ");
    throw new MalformedScenarioError(`"${asText(name)}" is not a ${wanted}`);
  }

  /** A coroutine called `name`, with its display name. */
  prepare(name: string, ops: readonly Op[]): Prepared {
    const who = this.names.display(name);
    const frame = newFrame(this, who);
    return { who, progress: frame.progress, body: this.interpreter.body(frame, ops) };
  }

  /** Enters the task that was made of a coroutine in the table of names. */
  enter(name: string, { who, progress }: Prepared, task: Task<Json>): Task<Json> {
    this.names.enter(name, task, who);
    this.tasks.push({ who, task, progress });
    return task;
  }

  /** A new task, entered in the table of names. */
  spawn(name: string, ops: readonly Op[]): Task<Json> {
    const coroutine = this.prepare(name, ops);
    return this.enter(name, coroutine, this.loop.createTask(coroutine.body));
  }

  /** An AWAITABLE of the language, as it is: a future, or the body of a coroutine. */
  awaitable(arg: Arg): Future<unknown> | Body<Json> {
    if (typeof arg === "string") return this.names.future(arg);
    const { as, run } = asCoroutine(arg);
    return this.prepare(as, run).body;
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

  group(name: Arg): TaskGroup {
    const group = this.groups.get(asText(name));
    if (group === undefined) throw new ScenarioError("KeyError");
    return group;
  }

  contextVar(name: Arg): ContextVar<Json> {
    const known = this.#contextVars.get(asText(name));
    const made = known ?? new ContextVar<Json>(asText(name));
    this.#contextVars.set(asText(name), made);
    return made;
  }

  timeout(name: Arg): Timeout {
    const timeout = this.timeouts.get(asText(name));
    if (timeout === undefined) throw new ScenarioError("KeyError");
    return timeout;
  }

  #report(context: ExceptionContext): void {
    if (/never retrieved/.test(context.message)) {
      const future = context.task ?? context.future;
      const made = this.tasks.find(({ task }) => task === future);
      if (made !== undefined) this.unretrieved.push(made.who);
      return;
    }
    const category = reports.find(([pattern]) => pattern.test(context.message))?.[1] ?? "other";
    this.write("*", "exc_handler", category, format(context.exception));
  }
}
