/**
 * What tasks share: queues, locks and events, with asyncio's rules.
 *
 * @packageDocumentation
 */
export { BoundedSemaphore } from "./bounded-semaphore.ts";
export { Event } from "./event.ts";
export type { Store } from "./fifo.ts";
export type { Held } from "./held.ts";
export { LifoQueue } from "./lifo-queue.ts";
export { Lock } from "./lock.ts";
export { PriorityQueue, type PriorityQueueOptions } from "./priority-queue.ts";
export { Queue, QueueEmptyError, QueueFullError, type QueueOptions } from "./queue.ts";
export { Semaphore } from "./semaphore.ts";
