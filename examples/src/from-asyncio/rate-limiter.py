# A client of a service that takes three requests at a time. Requests are limited by a semaphore, have
# a deadline and are tried again with a longer one; a bounded semaphore finds a permit given back twice.
import asyncio


class Overloaded(Exception):
    pass


class Service:
    def __init__(self):
        self.active = 0
        self.most = 0

    async def call(self, name, seconds):
        self.active += 1
        self.most = max(self.most, self.active)
        try:
            if self.active > 3:
                raise Overloaded(f"{self.active} at a time")
            await asyncio.sleep(seconds)
            return f"{name} took {round(seconds * 10)}"
        finally:
            self.active -= 1


class Client:
    def __init__(self, service, limit):
        self.service = service
        self.permits = asyncio.BoundedSemaphore(limit)
        self.start = asyncio.get_running_loop().time()

    def log(self, text):
        tenths = round((asyncio.get_running_loop().time() - self.start) * 10)
        print(f"{tenths:>2} {text}")

    async def request(self, name, seconds, deadline=0.2):
        for attempt in range(1, 4):
            try:
                async with asyncio.timeout(deadline * attempt):
                    async with self.permits:
                        self.log(f"{name} begins, attempt {attempt}")
                        answer = await self.service.call(name, seconds)
                self.log(answer)
                return answer
            except TimeoutError:
                self.log(f"{name} timed out")
                await asyncio.sleep(0.06)
        raise TimeoutError(name)


async def give_up(client, name, seconds):
    try:
        return await asyncio.wait_for(client.request(name, seconds), timeout=0.37)
    except TimeoutError:
        client.log(f"{name} is given up")
        return "no answer"


async def main():
    service = Service()
    client = Client(service, 3)
    answers = await asyncio.gather(
        client.request("a", 0.12),
        client.request("b", 0.32),
        client.request("c", 0.11),
        client.request("d", 0.03),
        client.request("f", 0.9),
        give_up(client, "e", 0.31),
        return_exceptions=True,
    )
    for answer in answers:
        if isinstance(answer, Exception):
            print(f"{type(answer).__name__}: {answer}")
        else:
            print(answer)
    print("most at a time:", service.most)
    print("all in use" if client.permits.locked() else "some are free")

    try:
        await asyncio.gather(*(service.call(str(i), 0.01) for i in range(5)))
    except Overloaded as error:
        print("without a limit:", error)

    try:
        client.permits.release()
    except ValueError:
        print("a permit was given back twice")


asyncio.run(main())
