/**
 * What tasks share, with asyncio's rules: queues, locks, events, conditions, semaphores, barriers.
 *
 * @packageDocumentation
 */
export { Barrier, BrokenBarrierError } from "./barrier.ts";
export { BoundedSemaphore } from "./bounded-semaphore.ts";
export { Condition, type ConditionOptions, type Truthy } from "./condition.ts";
export { Event } from "./event.ts";
export type { Store } from "./fifo.ts";
export type { Held } from "./held.ts";
export { LifoQueue } from "./lifo-queue.ts";
export { Lock } from "./lock.ts";
export { PriorityQueue, type PriorityQueueOptions } from "./priority-queue.ts";
export { Queue, type QueueOptions, type ShutdownOptions } from "./queue.ts";
export { QueueEmptyError, QueueFullError, QueueShutDownError } from "./queue-errors.ts";
export { Semaphore } from "./semaphore.ts";
