# A board of messages: publishers append under a condition, subscribers wait for what they have not
# read. An event says that the board is closed; a barrier lets all begin together.
import asyncio


class Board:
    def __init__(self):
        self.changed = asyncio.Condition()
        self.closed = asyncio.Event()
        self.messages = []

    async def publish(self, message):
        async with self.changed:
            self.messages.append(message)
            self.changed.notify_all()

    async def close(self):
        self.closed.set()
        async with self.changed:
            self.changed.notify_all()

    async def read(self, position):
        async with self.changed:
            await self.changed.wait_for(
                lambda: len(self.messages) > position or self.closed.is_set()
            )
            if len(self.messages) > position:
                return self.messages[position]
            return None


async def publisher(board, begin, topic, count, pause):
    index = await begin.wait()
    print(f"publisher of {topic} was number {index}")
    for i in range(count):
        await asyncio.sleep(pause)
        print(f"{topic} publishes {i}")
        await board.publish(f"{topic} {i}")


async def subscriber(board, begin, name, pause):
    await begin.wait()
    position = 0
    try:
        while (message := await board.read(position)) is not None:
            position += 1
            print(f"  {name} reads {message}")
            await asyncio.sleep(pause)
        print(f"  {name} has read {position}")
    except asyncio.CancelledError:
        print(f"  {name} leaves after {position}")
        raise


async def ticker(board):
    ticks = 0
    while not board.closed.is_set():
        try:
            async with asyncio.timeout(0.1):
                await board.closed.wait()
        except TimeoutError:
            ticks += 1
    print("ticker stops after", ticks)


async def first_of(board, topic):
    async with board.changed:
        while not any(message.startswith(topic) for message in board.messages):
            await board.changed.wait()
        return next(m for m in board.messages if m.startswith(topic))


async def main():
    board = Board()
    begin = asyncio.Barrier(5)
    readers = [
        asyncio.create_task(subscriber(board, begin, "Ada", 0.01)),
        asyncio.create_task(subscriber(board, begin, "Grace", 0.06)),
        asyncio.create_task(subscriber(board, begin, "Edsger", 0.015)),
    ]
    watch = asyncio.create_task(ticker(board))
    first = asyncio.create_task(first_of(board, "weather"))
    publishers = [
        asyncio.create_task(publisher(board, begin, "news", 4, 0.05)),
        asyncio.create_task(publisher(board, begin, "weather", 2, 0.12)),
    ]
    await asyncio.sleep(0.13)
    readers[2].cancel()
    await asyncio.gather(*publishers)
    await asyncio.sleep(0.02)
    await board.close()
    results = await asyncio.gather(*readers, return_exceptions=True)
    print(*("left" if isinstance(r, asyncio.CancelledError) else "stayed" for r in results))
    await watch
    print("the first weather:", await first)
    print(begin.n_waiting, "wait at the barrier, the board is", "busy" if board.changed.locked() else "free")


asyncio.run(main())
