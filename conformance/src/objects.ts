import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  Semaphore,
} from "@tickless/sync";

import { UnsupportedError } from "./exceptions.ts";
import type { Json, ObjectSpec } from "./scenario.ts";
import type { World } from "./world.ts";

/** An object of a scenario and what the end record says about it. */
export interface Made {
  readonly object: unknown;
  state(): Json;
}

/** The value of a scenario's `var`. */
export class Variable {
  value: Json;

  constructor(value: Json) {
    this.value = value;
  }
}

type Maker = (spec: ObjectSpec, world: World, name: string) => Made;

const queue = (object: Queue<Json>): Made => ({ object, state: () => object.qsize() });
const lockLike = (object: Lock | Semaphore | Condition): Made => ({
  object,
  state: () => object.locked(),
});

/** By type, queues by type and kind. */
const makers: { readonly [type: string]: Maker } = {
  "fifo queue": ({ maxsize = 0 }) => queue(new Queue<Json>({ maxsize })),
  "lifo queue": ({ maxsize = 0 }) => queue(new LifoQueue<Json>({ maxsize })),
  "priority queue": ({ maxsize = 0 }) => queue(new PriorityQueue<Json>({ maxsize })),
  lock: () => lockLike(new Lock()),
  semaphore: ({ value }) => lockLike(new Semaphore(value)),
  bounded: ({ value }) => lockLike(new BoundedSemaphore(value)),
  condition: ({ lock }, world) =>
    lockLike(new Condition(lock === undefined ? {} : { lock: world.object(lock, Lock) })),
  barrier: ({ parties = 1 }) => {
    const object = new Barrier(parties);
    return { object, state: () => [object.nWaiting, object.broken] };
  },
  event: () => {
    const object = new Event();
    return { object, state: () => object.isSet() };
  },
  var: ({ value = 0 }) => {
    const object = new Variable(value);
    return { object, state: () => object.value };
  },
  future: (_spec, world, name) => {
    const object = world.loop.createFuture<Json>();
    world.names.enter(name, object, world.names.display(name));
    return { object, state: () => stateOf(object) };
  },
};

export function makeObject(world: World, name: string, spec: ObjectSpec): Made {
  const type = spec.type === "queue" ? `${spec.kind ?? "fifo"} queue` : spec.type;
  const make = makers[type];
  if (make === undefined) throw new UnsupportedError(`object "${type}"`);
  return make(spec, world, name);
}

/** A future's state in asyncio's words. */
export function stateOf(future: { done(): boolean; cancelled(): boolean }): string {
  if (!future.done()) return "pending";
  return future.cancelled() ? "cancelled" : "finished";
}
