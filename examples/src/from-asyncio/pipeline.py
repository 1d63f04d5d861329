# A pipeline of stages that hand items on by queues, each shut down by the stage before it (Python 3.13 or
# later). Two days run in one runner: what the first leaves undone goes on in the second.
import asyncio


async def numbers(first, last, pause):
    for number in range(first, last):
        await asyncio.sleep(pause)
        yield number


async def produce(out, first, last):
    async for number in numbers(first, last, 0.01):
        await out.put(number)
    print("produced", last - first)
    out.shutdown()


async def square(source, out, name):
    done = 0
    try:
        while True:
            number = await source.get()
            await asyncio.sleep(0.0237)
            if number == 13:
                raise ValueError("unlucky")
            await out.put((number, number * number))
            source.task_done()
            done += 1
    except asyncio.QueueShutDown:
        print(f"{name} has squared {done}")
    except asyncio.CancelledError:
        print(f"{name} is cancelled after {done}")
        raise


async def collect(source, results):
    while True:
        try:
            number, squared = await source.get()
        except asyncio.QueueShutDown:
            return
        results.append(squared)
        await asyncio.sleep(0.0041)


async def pipeline(first, last):
    numbers_queue = asyncio.Queue(maxsize=2)
    squares = asyncio.Queue(maxsize=1)
    results = []
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(collect(squares, results))
            async with asyncio.TaskGroup() as squarers:
                squarers.create_task(produce(numbers_queue, first, last))
                for name in ("one", "two"):
                    squarers.create_task(square(numbers_queue, squares, name))
            squares.shutdown()
    except* ValueError as failed:
        for inner in failed.exceptions:
            print("failed:", inner, "/", *inner.exceptions)
    print("squares:", *results)


async def background(log):
    try:
        while True:
            await asyncio.sleep(0.1)
            log.append("beat")
    finally:
        print("background ends after", len(log))


async def stubborn():
    task = asyncio.current_task()
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:
        print("asked", task.cancelling(), "times")
        task.uncancel()
    await asyncio.sleep(0.01)
    print("asked", task.cancelling(), "times")
    return "went on"


async def first_failure():
    async def fail(seconds):
        await asyncio.sleep(seconds)
        raise KeyError(seconds)

    tasks = [
        asyncio.create_task(asyncio.sleep(0.01, "quick")),
        asyncio.create_task(fail(0.02)),
        asyncio.create_task(asyncio.sleep(0.5, "slow")),
    ]
    async for task in asyncio.as_completed(tasks[:2]):
        print("completed:", "failed" if task.exception() else task.result(), tasks.index(task))
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    print(len(done), "done,", len(pending), "pending")
    drained = asyncio.Queue()
    for item in "abc":
        drained.put_nowait(item)
    joined = asyncio.create_task(drained.join())
    drained.shutdown(immediate=True)
    await joined
    print(drained.qsize(), "left after shutdown")
    try:
        drained.put_nowait("d")
    except asyncio.QueueShutDown:
        print("the queue takes nothing more")


def main():
    log = []
    with asyncio.Runner() as runner:

        async def first_day():
            asyncio.create_task(background(log))
            await pipeline(0, 10)

        async def second_day():
            await pipeline(10, 20)
            task = asyncio.create_task(stubborn())
            await asyncio.sleep(0.01)
            task.cancel()
            task.cancel()
            print("stubborn", await task)
            await first_failure()

        runner.run(first_day())
        print("beats of the first day:", len(log))
        runner.run(second_day())
        print("beats of both:", len(log))


main()
