# A crawler: three workers take pages from a queue, put the links they find back into it, and try a
# page again that has failed. `join` says when all is done; then the workers are cancelled.
import asyncio

SITE = {
    "/": ["/docs", "/blog", "/about"],
    "/docs": ["/docs/install", "/docs/api", "/"],
    "/blog": ["/blog/1", "/blog/2", "/missing"],
    "/about": [],
    "/docs/install": ["/docs/api"],
    "/docs/api": ["/docs"],
    "/blog/1": ["/blog/2", "/flaky"],
    "/blog/2": ["/"],
    "/flaky": ["/about"],
}
DELAY = {"/docs": 0.31, "/blog": 0.13, "/blog/1": 0.16, "/missing": 0.09, "/docs/api": 0.05}


class NotFound(Exception):
    pass


class Unreachable(Exception):
    pass


class Crawler:
    def __init__(self, workers, limit):
        self.queue = asyncio.Queue(maxsize=limit)
        self.seen = set()
        self.attempts = {}
        self.workers = workers
        self.start = asyncio.get_running_loop().time()

    def log(self, text):
        tenths = round((asyncio.get_running_loop().time() - self.start) * 10)
        print(f"{tenths:>2} {text}")

    async def fetch(self, url):
        await asyncio.sleep(DELAY.get(url, 0.1))
        attempt = self.attempts[url] = self.attempts.get(url, 0) + 1
        if url not in SITE:
            raise NotFound(url)
        if url == "/flaky" and attempt < 3:
            raise Unreachable(f"{url}, attempt {attempt}")
        return SITE[url]

    async def visit(self, name, url):
        try:
            links = await self.fetch(url)
        except Unreachable as error:
            self.log(f"{name}: unreachable: {error}")
            self.queue.put_nowait(url)
            return
        except NotFound as error:
            self.log(f"{name}: not found: {error}")
            return
        new = [link for link in links if link not in self.seen]
        self.seen.update(new)
        self.log(f"{name}: {url} has {len(links)} links, {len(new)} new")
        for link in new:
            await self.queue.put(link)

    async def work(self, name):
        try:
            while True:
                url = await self.queue.get()
                try:
                    await self.visit(name, url)
                finally:
                    self.queue.task_done()
        finally:
            self.log(f"{name} goes home")

    async def crawl(self, url):
        self.seen.add(url)
        await self.queue.put(url)
        tasks = [
            asyncio.create_task(self.work(f"worker-{i}"), name=f"worker-{i}")
            for i in range(self.workers)
        ]
        await self.queue.join()
        self.log(f"all done, {self.queue.qsize()} left in the queue")
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        print(*(type(result).__name__ for result in results))


async def main():
    crawler = Crawler(workers=3, limit=8)
    await crawler.crawl("/")
    print(len(crawler.seen), "pages seen")
    for url, attempts in sorted(crawler.attempts.items()):
        print(url, attempts)


asyncio.run(main())
