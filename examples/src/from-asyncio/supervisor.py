# A supervisor: services in a task group, of which one fails and takes the others with it; a save that
# must not be broken off; a race of mirrors; a deadline for what is left.
import asyncio


async def service(name, seconds, error=None):
    print(f"{name} starts")
    try:
        await asyncio.sleep(seconds)
        if error is not None:
            raise error
        print(f"{name} is done")
        return name
    except asyncio.CancelledError:
        print(f"{name} is cancelled")
        await asyncio.sleep(0.01)
        print(f"{name} has cleaned up")
        raise


async def save(log):
    await asyncio.sleep(0.03)
    log.append("saved")
    return len(log)


async def supervise(error):
    try:
        async with asyncio.TaskGroup() as group:
            api = group.create_task(service("api", 0.02), name="api")
            group.create_task(service("db", 0.05, error))
            group.create_task(service("cache", 0.3))
            print("group is open")
        print("group is closed:", api.result())
    except* ValueError as caught:
        print("values:", ", ".join(e.args[0] for e in caught.exceptions))
    except* KeyError as caught:
        print("keys:", ", ".join(e.args[0] for e in caught.exceptions))


async def checkpoint(log):
    saving = asyncio.create_task(save(log))
    try:
        await asyncio.shield(saving)
    except asyncio.CancelledError:
        print("cancelled while saving")
        await saving
        raise
    finally:
        print("log:", *log)


async def mirrors():
    tasks = [
        asyncio.create_task(service("tokyo", 0.04), name="tokyo"),
        asyncio.create_task(service("oslo", 0.01, OSError("no route"))),
        asyncio.create_task(service("lima", 0.02)),
    ]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    while all(task.exception() is not None for task in done):
        print("failed:", *(task.exception() for task in done))
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.wait(pending)
    print("winner:", *(task.result() for task in done))
    print("cancelled:", *(task.get_name() for task in pending if task.cancelled()))


async def results():
    work = [service("p", 0.03), service("q", 0.01), service("r", 0.05), service("s", 0.2)]
    tasks = [asyncio.create_task(w) for w in work]
    try:
        for earliest in asyncio.as_completed(tasks, timeout=0.1):
            print("result:", await earliest)
    except TimeoutError:
        print("too late:", sum(not task.done() for task in tasks))
        tasks[-1].cancel()


async def main():
    await supervise(None)
    await supervise(ValueError("bad row"))
    await supervise(KeyError("id"))

    log = []
    task = asyncio.create_task(checkpoint(log))
    await asyncio.sleep(0.01)
    task.cancel("shutting down")
    try:
        await task
    except asyncio.CancelledError as error:
        print("checkpoint was cancelled:", error)

    await mirrors()
    await results()
    last = asyncio.create_task(service("last", 5))
    done, pending = await asyncio.wait([last], timeout=0.01)
    print("at the end:", len(done), "done,", len(pending), "pending")


asyncio.run(main())
