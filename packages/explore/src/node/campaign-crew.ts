import { resolve } from "node:path";
import type { Tinypool } from "tinypool";
import type { FailureReason } from "../failure.ts";
import { CampaignError } from "./campaign-error.ts";
import { failedBy, type Lost, lostWhileLoading } from "./campaign-lost.ts";
import type { CampaignSettings } from "./campaign-options.ts";
import type { Chunk, PartFailure } from "./campaign-part.ts";
import { chunksOf, hasFirst, schedulesIn } from "./campaign-plan.ts";
import type { CampaignResult, Done } from "./campaign-result.ts";
import type { Answer, Job } from "./campaign-worker.ts";
import { Watched } from "./pulse.ts";

/** How often the workers are looked at. */
const LOOK_MS = 50;
/** How long a schedule in progress may take when the campaign is to end. */
const GRACE_MS = 1000;

/** The same where it is to be told what a shrinking has come to: that takes a replay more. */
const SHRINK_GRACE_MS = 5000;

/** How long a program may take to be loaded, at least. */
const LOAD_MS = 60_000;

/** A search is given up if so many schedules, from the first on, do not end: most likely none does. */
const MOST_LOST = 4;

/** What came of the first schedules of a search of which the very first does not end. */
interface Beginning {
  readonly lost: readonly Lost[];
  /** Number of the first that ends, by which the others go then; null: the search is over. */
  readonly profile: number | null;
}

type Ended = CampaignResult["ended"];

interface JobInProgress {
  readonly watched: Watched;
  readonly chunk: Chunk;
  readonly abort: AbortController;
  beats: number;
  since: number;
  stuck: boolean;
}

function searchOf({ seed, strategy }: Chunk): string {
  return `${strategy} ${seed}`;
}

/** Hands chunks out to the workers of a pool, watches them, and collects what they find. */
export class Crew {
  readonly #pool: Tinypool;
  readonly #file: string;
  readonly #settings: CampaignSettings;
  readonly #chunks: Iterator<Chunk, void>;
  readonly #done: Done[] = [];
  readonly #jobs = new Set<JobInProgress>();
  /** Of the searches of which schedule 0 does not end. */
  readonly #beginnings = new Map<string, Promise<Beginning>>();
  readonly #of: number;
  /** The least number of a chunk with a failure, where that ends the campaign. */
  #least = Infinity;
  #ended: Ended = null;
  #stopping = Infinity;
  #over = false;
  #shrinks = false;
  /** When the time of the search is up; Infinity: its first schedule has not begun. */
  #limit = Infinity;

  constructor(pool: Tinypool, file: string, settings: CampaignSettings) {
    this.#pool = pool;
    this.#file = file;
    this.#settings = settings;
    this.#chunks = chunksOf(settings);
    this.#of = schedulesIn(settings);
  }

  async work(): Promise<{ readonly done: readonly Done[]; readonly ended: Ended }> {
    const { workers } = this.#settings;
    try {
      await this.#watching(async () => {
        await Promise.all(Array.from({ length: workers }, () => this.#worker()));
      });
    } finally {
      this.#over = true;
    }
    this.#tell();
    return { done: this.#done, ended: this.#ended };
  }

  /** Makes a failure of its work simpler, in one of the workers. It is ended and watched as all work is. */
  async shrink({ choices, reason, ...failure }: PartFailure): Promise<Answer | Lost> {
    const { seed, strategy, schedule: from } = failure;
    const { shrinkReplays: replays } = this.#settings;
    const chunk = { number: 0, seed, strategy, from, to: from + 1 };
    // The time of the search may be up.
    this.#stopping = Infinity;
    this.#shrinks = true;
    return this.#watching(() =>
      this.#attempt(chunk, { shrink: { choices, reason: reason as FailureReason, replays } }),
    );
  }

  /** Looks at the workers while `work` is done, and ends it by the signal. */
  async #watching<T>(work: () => Promise<T>): Promise<T> {
    const { signal } = this.#settings;
    const interrupted = (): void => this.#end("interrupted");
    if (signal?.aborted === true) interrupted();
    signal?.addEventListener("abort", interrupted, { once: true });
    const look = setInterval(() => this.#look(), LOOK_MS);
    try {
      return await work();
    } finally {
      clearInterval(look);
      signal?.removeEventListener("abort", interrupted);
    }
  }

  async #worker(): Promise<void> {
    try {
      for (let chunk = this.#next(); chunk !== null; chunk = this.#next()) await this.#run(chunk);
    } catch (error) {
      // The others need not go on.
      this.#over = true;
      for (const { abort } of this.#jobs) abort.abort();
      throw error;
    }
  }

  #next(): Chunk | null {
    if (this.#ended !== null || this.#over) return null;
    const { value } = this.#chunks.next();
    return value === undefined || value.number > this.#least ? null : value;
  }

  #end(why: Ended): void {
    this.#ended ??= why;
    const grace = this.#shrinks ? SHRINK_GRACE_MS : GRACE_MS;
    this.#stopping = Math.min(this.#stopping, performance.now() + grace);
    for (const { watched } of this.#jobs) watched.stop();
  }

  async #run(chunk: Chunk): Promise<void> {
    if (chunk.profile === undefined && this.#beginnings.has(searchOf(chunk))) {
      return this.#withoutFirst(chunk);
    }
    const answer = await this.#attempt(chunk);
    if ("part" in answer) return this.#took({ chunk, ...answer.part });
    if ("refused" in answer) throw new CampaignError(answer.refused);
    if (!("lost" in answer) || answer.lost === "stopped") return;
    await this.#split(chunk, answer);
  }

  /**
   * A schedule has taken its worker with it: once more what came before it, and then itself, looked at
   * closely.
   */
  async #split(chunk: Chunk, { watched: { schedule }, error }: Lost): Promise<void> {
    if (schedule < 0) throw new CampaignError(lostWhileLoading(this.#file, error));
    if (this.#isSequential(chunk)) return this.#cutOff(chunk, schedule);
    if (schedule === 0) return this.#withoutFirst(chunk);
    // It has ended before, in the chunk of which it is one.
    if (schedule < chunk.from) return;
    const { from, to } = chunk;
    if (schedule > from) await this.#run({ ...chunk, to: schedule });
    if (this.#isOver(chunk)) return;
    const one = { ...chunk, from: schedule, to: schedule + 1 };
    this.#tookOne(one, await this.#attempt(one, { detailed: true }));
    if (schedule + 1 < to && !this.#isOver(chunk)) {
      await this.#run({ ...chunk, from: schedule + 1, to });
    }
  }

  /** Schedule 0, with which every chunk begins to learn from it, does not end: another takes its place. */
  async #withoutFirst(chunk: Chunk): Promise<void> {
    const key = searchOf(chunk);
    const looks = this.#beginnings.get(key) ?? this.#lookAt(chunk);
    this.#beginnings.set(key, looks);
    const { lost, profile } = await looks;
    if (chunk.from === 0) {
      for (const [from, one] of lost.entries())
        this.#tookOne({ ...chunk, from, to: from + 1 }, one);
    }
    if (profile === null || this.#isOver(chunk)) return;
    const rest = { ...chunk, from: Math.max(chunk.from, profile), profile };
    if (rest.from < rest.to) await this.#run(rest);
  }

  /** Looks closely at the first schedules of a search, until one ends. */
  async #lookAt(chunk: Chunk): Promise<Beginning> {
    const { part, shard } = this.#settings;
    const lost: Lost[] = [];
    for (let from = 0; from < MOST_LOST; from++) {
      const one = { ...chunk, from, to: from + 1, profile: from };
      const answer = await this.#attempt(one, { detailed: true });
      if (!("lost" in answer)) return { lost, profile: from };
      if (answer.lost === "stopped") break;
      lost.push(answer);
      // Without a choice before, all schedules are this one.
      if (answer.watched.whereabouts()?.choices?.length === 0) break;
      if (part.stopAtFirst && hasFirst(chunk, shard)) break;
    }
    return { lost, profile: null };
  }

  #tookOne(chunk: Chunk, answer: Answer | Lost): void {
    if ("part" in answer) this.#took({ chunk, ...answer.part });
    else if ("lost" in answer && answer.lost !== "stopped") {
      this.#took(failedBy(answer, this.#file, chunk, this.#settings));
    }
  }

  /** Nothing more of the chunk is wanted. */
  #isOver({ number }: Chunk): boolean {
    return this.#ended !== null || number >= this.#least;
  }

  #isSequential({ seed, strategy }: Chunk): boolean {
    const search = this.#settings.searches.find(
      (one) => one.seed === seed && one.strategy.name === strategy,
    );
    return search?.strategy.sequential === true;
  }

  /** What comes next in this search is known from how the schedule ends, which it does not: so it ends there. */
  async #cutOff(chunk: Chunk, schedule: number): Promise<void> {
    const closely = { ...chunk, to: schedule + 1 };
    const again = await this.#attempt(closely, { detailed: true });
    if ("part" in again) return this.#took({ chunk: closely, ...again.part });
    if (!("lost" in again) || again.lost === "stopped") return;
    if (schedule > chunk.from) await this.#run({ ...chunk, to: schedule });
    const one = { ...chunk, from: schedule, to: schedule + 1 };
    this.#took(failedBy(again, this.#file, one, this.#settings));
  }

  #took(done: Done): void {
    this.#done.push(done);
    const { number } = done.chunk;
    if (done.failure === null || !this.#settings.part.stopAtFirst || number > this.#least) return;
    this.#least = number;
    // What comes behind it is not looked at, and what comes before it is in progress or done.
    for (const job of this.#jobs) if (job.chunk.number > number) job.abort.abort();
  }

  async #attempt(
    chunk: Chunk,
    { detailed = false, shrink = null }: { detailed?: boolean; shrink?: Job["shrink"] } = {},
  ): Promise<Answer | Lost> {
    const watched = new Watched(detailed);
    if (this.#settings.signal?.aborted === true) watched.stop();
    const abort = new AbortController();
    const since = performance.now();
    const job = { watched, chunk, abort, beats: 0, since, stuck: false };
    const { loader, part: settings } = this.#settings;
    const path = resolve(this.#file);
    const task: Job = { path, loader, chunk, shrink, settings, pulse: watched.shared };
    this.#jobs.add(job);
    try {
      return (await this.#pool.run(task, { signal: abort.signal })) as Answer;
    } catch (error) {
      const { exitCode } = watched;
      if (exitCode !== null) {
        return { lost: "died", watched, error: new Error(`exit code ${exitCode}`) };
      }
      const { aborted } = abort.signal;
      return { lost: job.stuck ? "stuck" : aborted ? "stopped" : "died", watched, error };
    } finally {
      this.#jobs.delete(job);
    }
  }

  #look(): void {
    const now = performance.now();
    for (const job of this.#jobs) {
      const { beats, exitCode, schedule } = job.watched;
      // Until then the program is loaded, which may take longer than a short search.
      if (schedule >= 0) this.#limit = Math.min(this.#limit, now + this.#settings.wallTimeMs);
      if (exitCode !== null) job.abort.abort();
      if (beats !== job.beats || beats === 0) {
        job.beats = beats;
        job.since = now;
      } else if (now - job.since > this.#patience(job)) {
        job.stuck = true;
        job.abort.abort();
      }
      if (now > this.#stopping) job.abort.abort();
    }
    if (now > this.#limit && !this.#over) this.#end("wall-time");
    this.#tell();
  }

  /** Many modules may be loaded at once, on a machine that does other things too. */
  #patience({ watched }: JobInProgress): number {
    const { stepTimeMs } = this.#settings;
    return watched.schedule < 0 ? Math.max(stepTimeMs, LOAD_MS) : stepTimeMs;
  }

  #tell(): void {
    const done = this.#done.reduce((sum, { schedules }) => sum + schedules, 0);
    const inProgress = [...this.#jobs].reduce((sum, { watched }) => sum + watched.done, 0);
    const failed = this.#done.some(({ failure }) => failure !== null);
    const schedules = this.#shrinks ? done : done + inProgress;
    const replays = this.#shrinks ? inProgress : null;
    this.#settings.onProgress?.({ schedules, of: this.#of, failed, replays });
  }
}
