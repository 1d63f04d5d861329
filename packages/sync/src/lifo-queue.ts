import { Queue, type QueueOptions } from "./queue.ts";

/**
 * A queue whose newest item leaves first (asyncio.LifoQueue).
 *
 * @category Sync
 */
export class LifoQueue<T> extends Queue<T> {
  constructor(options: QueueOptions = {}) {
    const items: T[] = [];
    super(options, {
      get size(): number {
        return items.length;
      },
      add: (item) => void items.push(item),
      take: () => items.pop() as T,
      clear: () => void (items.length = 0),
    });
  }
}
