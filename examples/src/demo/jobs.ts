// Reads the jobs of a day from a CSV file: `id,source,arrives_s,work_s`, one job a line.
import { readFile } from "node:fs/promises";

/** A piece of work that comes in during the day. */
export interface Job {
  readonly id: string;
  /** Who sends it; each source has a producer of its own. */
  readonly source: string;
  /** Seconds since midnight. */
  readonly arrivesS: number;
  /** How long the work takes when nothing goes wrong, in seconds. */
  readonly workS: number;
}

/** A file of jobs that cannot be used. The message names the file, and the line if there is one. */
export class JobsFileError extends Error {
  override readonly name = "JobsFileError";
  readonly code = "ERR_JOBS_FILE";
}

const header = "id,source,arrives_s,work_s";
const example = "job-1,web,28800,25";

function parseLine(line: string, fail: (problem: string) => never): Job {
  const fields = line.split(",").map((field) => field.trim());
  if (fields.length !== 4) {
    fail(`expected 4 fields like \`${example}\`, got ${fields.length}: \`${line}\``);
  }
  const [id = "", source = "", ...times] = fields;
  if (id === "") fail("`id` is empty");
  // It becomes the name of a task, and those are parts of paths.
  if (!/^(?!\d+$)[^/#]+$/.test(source)) {
    fail(
      `expected \`source\` to be a name without / and #, not of digits alone, got \`${source}\``,
    );
  }
  const [arrivesS = 0, workS = 0] = times.map((text, i) => {
    if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
    const field = i === 0 ? "arrives_s" : "work_s";
    return fail(`expected \`${field}\` to be a number of seconds ≥ 0, got \`${text}\``);
  });
  return { id, source, arrivesS, workS };
}

/** The jobs in `text`, in the order of their arrival. `file` is for messages. */
export function parseJobs(text: string, file: string): Job[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  if (lines[0]?.trim() !== header) {
    throw new JobsFileError(`${file}:1: expected the header \`${header}\`, got \`${lines[0]}\``);
  }
  const jobs: Job[] = [];
  for (const [i, line] of lines.entries()) {
    if (i === 0 || line.trim() === "") continue;
    jobs.push(
      parseLine(line, (problem) => {
        throw new JobsFileError(`${file}:${i + 1}: ${problem}`);
      }),
    );
  }
  if (jobs.length === 0) {
    throw new JobsFileError(`${file}: there is no job after the header. A line is \`${example}\``);
  }
  return jobs.toSorted((one, other) => one.arrivesS - other.arrivesS);
}

/** Reads a file of jobs. Throws JobsFileError. */
export async function readJobs(file: string): Promise<Job[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const problem =
      code === "ENOENT" ? "there is no such file" : `cannot be read (${code ?? String(error)})`;
    throw new JobsFileError(`${file}: ${problem}`, { cause: error });
  }
  return parseJobs(text, file);
}
