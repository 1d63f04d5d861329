# A dispatcher: requests wait in a queue of priorities, replies are futures with callbacks, a watchdog is
# a timer that each sign of life moves, and a context variable says whose request a line belongs to.
import asyncio
import contextvars

request_id = contextvars.ContextVar("request_id", default="-")


def log(text):
    print(f"[{request_id.get()}] {text}")


class Watchdog:
    def __init__(self, loop, patience, on_silence):
        self.loop = loop
        self.patience = patience
        self.on_silence = on_silence
        self.timer = loop.call_later(patience, on_silence)

    def alive(self):
        self.timer.cancel()
        self.timer = self.loop.call_later(self.patience, self.on_silence)

    def stop(self):
        self.timer.cancel()


class Dispatcher:
    def __init__(self, loop):
        self.loop = loop
        self.requests = asyncio.PriorityQueue()
        self.journal = asyncio.LifoQueue(maxsize=2)
        self.count = 0
        self.lock = asyncio.Lock()

    def submit(self, priority, text):
        reply = self.loop.create_future()
        self.count += 1
        self.requests.put_nowait((priority, self.count, text, reply))
        return reply

    def note(self, text):
        try:
            self.journal.put_nowait(text)
        except asyncio.QueueFull:
            log(f"forgets {self.journal.get_nowait()}")
            self.journal.put_nowait(text)

    async def handle(self, text):
        log(f"handles {text}")
        async with self.lock:
            await asyncio.sleep(0.01 * len(text))
        if text == "explode":
            raise ValueError(text)
        return text.upper()

    async def serve(self, watchdog):
        while True:
            priority, number, text, reply = await self.requests.get()
            request_id.set(f"{priority}.{number}")
            watchdog.alive()
            if reply.cancelled():
                log(f"skips {text}")
                continue
            try:
                async with asyncio.timeout(0.2):
                    result = await self.handle(text)
            except Exception as error:
                reply.set_exception(error)
            else:
                reply.set_result(result)
            self.note(text)


async def client(dispatcher, name, priority, text):
    request_id.set(name)
    reply = dispatcher.submit(priority, text)
    reply.add_done_callback(lambda future: log(f"callback, cancelled: {int(future.cancelled())}"))
    try:
        log(f"got {await reply}")
    except ValueError as error:
        log(f"failed with {error}")
    except asyncio.CancelledError:
        log("gave up")
    except TimeoutError:
        log("took too long")


async def main():
    loop = asyncio.get_running_loop()
    silent = asyncio.Event()
    watchdog = Watchdog(loop, 0.5, silent.set)
    loop.set_exception_handler(lambda loop, context: print("handler:", context["exception"]))
    dispatcher = Dispatcher(loop)
    clients = [
        asyncio.create_task(client(dispatcher, "ann", 2, "hello")),
        asyncio.create_task(client(dispatcher, "bob", 1, "explode")),
        asyncio.create_task(client(dispatcher, "cat", 3, "never mind")),
        asyncio.create_task(client(dispatcher, "dan", 1, "abc")),
        asyncio.create_task(client(dispatcher, "eve", 9, "a very long text of many words")),
    ]
    server = asyncio.create_task(dispatcher.serve(watchdog))
    loop.call_later(0.05, clients[2].cancel)
    loop.call_soon(log, "called soon")

    def broken():
        raise RuntimeError("a callback fails, the loop goes on")

    loop.call_later(0.02, broken)
    context = contextvars.copy_context()
    context.run(request_id.set, "copy")
    print("in the copy:", context[request_id], "here:", request_id.get())
    await asyncio.gather(*clients)
    await silent.wait()
    watchdog.stop()
    server.cancel()
    try:
        await server
    except asyncio.CancelledError:
        log("the server has stopped")
    while not dispatcher.journal.empty():
        print("journal:", dispatcher.journal.get_nowait())


asyncio.run(main())
