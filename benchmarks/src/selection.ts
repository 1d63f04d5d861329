import type { Case } from "./compare.ts";
import { type Kind, KINDS, type Variant, type Workload } from "./workload.ts";
import { WORKLOADS } from "./workloads.ts";

/** Arguments that name nothing. */
export class SelectionError extends Error {}

const names = WORKLOADS.map(({ id }) => id).join(", ");

/** The workload called `id`. Throws SelectionError if there is none. */
export function workloadOf(id: string): Workload {
  const workload = WORKLOADS.find((candidate) => candidate.id === id);
  if (workload !== undefined) return workload;
  throw new SelectionError(`Expected a workload (${names}), got \`${id}\``);
}

/** How `workload` is run with tasks of `kind`. Throws SelectionError if it is not. */
export function variantOf(workload: Workload, kind: string): Variant {
  const variant = isKind(kind) ? workload.variants[kind] : undefined;
  if (variant !== undefined) return variant;
  const known = Object.keys(workload.variants).join(", ");
  throw new SelectionError(
    `Expected a kind of task that ${workload.id} has (${known}), got \`${kind}\``,
  );
}

function isKind(name: string): name is Kind {
  return (KINDS as readonly string[]).includes(name);
}

function split(list: string): string[] {
  return list.split(",").map((name) => name.trim());
}

function selectWorkloads(only: string | undefined): readonly Workload[] {
  if (only === undefined) return WORKLOADS;
  const wanted = split(only);
  for (const name of wanted) {
    if (WORKLOADS.some(({ id, group }) => id === name || group === name)) continue;
    throw new SelectionError(`Expected \`--only\` to name workloads (${names}), got \`${name}\``);
  }
  return WORKLOADS.filter(({ id, group }) => wanted.includes(id) || wanted.includes(group));
}

function selectKinds(kinds: string | undefined): readonly Kind[] {
  if (kinds === undefined) return KINDS;
  return split(kinds).map((name) => {
    if (isKind(name)) return name;
    throw new SelectionError(
      `Expected \`--kind\` to name kinds of task (${KINDS.join(", ")}), got \`${name}\``,
    );
  });
}

/** What stands beside the same program goes into one group, so that this is measured once for all. */
function grouped(cases: readonly Case[]): Case[][] {
  const groups = new Map<unknown, Case[]>();
  for (const one of cases) {
    const { workload, kind, variant } = one;
    const key = variant.bare ?? `${workload.id} ${kind}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

/**
 * What is to be compared, in groups that are measured in turn: the sizes of one workload with one kind
 * of task, and whatever is compared with the same bare loop. `only` and `kinds` are lists with commas;
 * absent: all.
 *
 * @throws SelectionError if a name is unknown, or nothing is left
 */
export function select(
  only: string | undefined,
  kinds: string | undefined,
  quick: boolean,
): readonly (readonly Case[])[] {
  const wantedKinds = selectKinds(kinds);
  const cases = selectWorkloads(only).flatMap((workload) =>
    wantedKinds.flatMap((kind) => {
      const variant = workload.variants[kind];
      if (variant === undefined) return [];
      const sizes = quick ? [workload.quick] : variant.sizes;
      return sizes.map((size): Case => ({ workload, kind, variant, size }));
    }),
  );
  if (cases.length > 0) return grouped(cases);
  throw new SelectionError("None of these workloads has any of these kinds of task");
}
