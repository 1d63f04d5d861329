/**
 * What tasks share: queues, locks and events, with asyncio's rules.
 *
 * @packageDocumentation
 */
export { Event } from "./event.ts";
export type { Store } from "./fifo.ts";
export { LifoQueue } from "./lifo-queue.ts";
export { type Held, Lock } from "./lock.ts";
export { PriorityQueue, type PriorityQueueOptions } from "./priority-queue.ts";
export { Queue, QueueEmptyError, QueueFullError, type QueueOptions } from "./queue.ts";
