"""asyncio on a virtual clock: where its selector would wait, the time jumps."""

import asyncio
import platform
import selectors

from workloads import integer_delays, main, queue_draws, tallied


class JumpingSelector(selectors.SelectSelector):
    """Waits for nothing: what the loop would wait for has happened when `select` returns."""

    now = 0.0

    def select(self, timeout=None):
        if timeout is None:
            raise RuntimeError("Nothing is scheduled: the program would wait for ever")
        if timeout > 0:
            self.now += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self):
        self.clock = JumpingSelector()
        super().__init__(self.clock)

    def time(self):
        return self.clock.now


def on_virtual_clock(work):
    """Runs the coroutine function `work`, which answers how its check values are made."""

    def run():
        loop = VirtualLoop()
        try:
            return loop.run_until_complete(work(loop))
        finally:
            loop.close()

    return run


def w1(tasks, events):
    async def sleeper(rounds, draw, add):
        for _ in range(rounds):
            delay = draw()
            await asyncio.sleep(delay)
            add(delay)

    draw, values = integer_delays(events), []

    async def work(loop):
        rounds = events // tasks
        await asyncio.gather(*[sleeper(rounds, draw, values.append) for _ in range(tasks)])
        return lambda: tallied(values, loop.time())

    return on_virtual_clock(work)


def w2(tasks, events):
    async def ping(out, back, rounds, add):
        for i in range(rounds):
            out.put_nowait(i)
            add(await back.get())

    async def pong(out, back, rounds, add):
        for _ in range(rounds):
            value = await out.get()
            add(value)
            back.put_nowait(value + 1)

    values = []

    async def work(loop):
        out, back = asyncio.Queue(), asyncio.Queue()
        rounds = events // 2
        await asyncio.gather(
            ping(out, back, rounds, values.append), pong(out, back, rounds, values.append)
        )
        return lambda: tallied(values, loop.time())

    return on_virtual_clock(work)


def w3(tasks, events):
    async def worker(value, draw):
        await asyncio.sleep(draw())
        return value

    draw = integer_delays(tasks)

    async def work(loop):
        values = await asyncio.gather(*[worker(i, draw) for i in range(tasks)])
        return lambda: tallied(values, loop.time())

    return on_virtual_clock(work)


def w4(tasks, events):
    arrival, service = queue_draws(events)

    async def source(loop, queue):
        for _ in range(events):
            await asyncio.sleep(arrival())
            queue.put_nowait(loop.time())

    async def server(loop, queue):
        waited = 0.0
        for _ in range(events):
            arrived = await queue.get()
            waited += loop.time() - arrived
            await asyncio.sleep(service())
        return waited

    async def work(loop):
        queue = asyncio.Queue()
        _, waited = await asyncio.gather(source(loop, queue), server(loop, queue))
        return lambda: {"events": events, "time": loop.time(), "sum": waited}

    return on_virtual_clock(work)


def w5(tasks, events):
    draw, times = integer_delays(tasks + events), []

    async def work(loop):
        over = loop.create_future()

        def fire():
            if len(times) == events:
                return
            times.append(loop.time())
            if len(times) == events:
                over.set_result(None)
            else:
                loop.call_later(draw(), fire)

        for _ in range(tasks):
            loop.call_later(draw(), fire)
        await over
        return lambda: tallied(times, loop.time())

    return on_virtual_clock(work)


def w6(tasks, events):
    draw, values = integer_delays(events), []

    def never():
        raise RuntimeError("A cancelled timer has fired")

    async def work(loop):
        pending = [None] * tasks
        for i in range(events):
            place = i % tasks
            if pending[place] is not None:
                pending[place].cancel()
            delay = draw()
            pending[place] = loop.call_later(delay, never)
            values.append(delay)
        for handle in pending:
            handle.cancel()
        return lambda: tallied(values, loop.time())

    return on_virtual_clock(work)


programs = {"W1": w1, "W2": w2, "W3": w3, "W4": w4, "W5": w5, "W6": w6}
main(programs, f"Python {platform.python_version()}")
