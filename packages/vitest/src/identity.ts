import type { TestContext } from "vitest";
import { typed, typedRoot } from "./node/place.ts";
import { escaped, quoted } from "./shell.ts";

/** Which test it is, as a command can say it. */
export interface Identity {
  /** Path of its file from the working directory. */
  readonly file: string;
  /** Its name behind those of its suites, as `-t` is compared with it. */
  readonly name: string;
  /** The project of a workspace; empty where there is none. */
  readonly project: string;
  /** The root of Vitest from the working directory; empty where it is that, or a project has its own. */
  readonly root: string;
}

type Named = Readonly<TestContext["task"]>;

export function identityOf(task: Named): Identity {
  const { filepath, name, projectName: project = "" } = task.file;
  return {
    file: typed(filepath),
    name: task.fullTestName,
    project,
    root: project === "" ? typedRoot(filepath, name) : "",
  };
}

/** The command that runs this test alone, on `source`: a repro line or the path of a trace. */
export function commandOf({ file, name, project, root }: Identity, source: string): string {
  const where = root === "" ? "" : ` --root ${quoted(root)}`;
  const within = project === "" ? where : ` --project ${quoted(project)}`;
  const pattern = quoted(`^${escaped(name)}$`);
  return `TICKLESS_REPLAY=${quoted(source)} npx vitest run ${quoted(file)}${within} -t ${pattern}`;
}
