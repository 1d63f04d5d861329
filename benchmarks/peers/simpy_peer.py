"""SimPy: the workloads as its processes."""

import simpy

from workloads import integer_delays, main, queue_draws, tallied


def w1(tasks, events):
    def sleeper(env, rounds, draw, add):
        for _ in range(rounds):
            delay = draw()
            yield env.timeout(delay)
            add(delay)

    env, draw, values = simpy.Environment(), integer_delays(events), []

    def run():
        for _ in range(tasks):
            env.process(sleeper(env, events // tasks, draw, values.append))
        env.run()
        return lambda: tallied(values, env.now)

    return run


def w2(tasks, events):
    def ping(out, back, rounds, add):
        for i in range(rounds):
            out.put(i)
            add((yield back.get()))

    def pong(out, back, rounds, add):
        for _ in range(rounds):
            value = yield out.get()
            add(value)
            back.put(value + 1)

    env, values = simpy.Environment(), []

    def run():
        out, back = simpy.Store(env), simpy.Store(env)
        env.process(ping(out, back, events // 2, values.append))
        env.process(pong(out, back, events // 2, values.append))
        env.run()
        return lambda: tallied(values, env.now)

    return run


def w3(tasks, events):
    def worker(env, value, draw):
        yield env.timeout(draw())
        return value

    env, draw = simpy.Environment(), integer_delays(tasks)

    def run():
        workers = [env.process(worker(env, i, draw)) for i in range(tasks)]
        answers = env.run(until=simpy.AllOf(env, workers))
        return lambda: tallied([answers[worker] for worker in workers], env.now)

    return run


def w4(tasks, events):
    def source(env, store, draw):
        for _ in range(events):
            yield env.timeout(draw())
            store.put(env.now)

    def server(env, store, draw, waits):
        for _ in range(events):
            arrived = yield store.get()
            waits[0] += env.now - arrived
            yield env.timeout(draw())

    env, waits = simpy.Environment(), [0.0]
    arrival, service = queue_draws(events)

    def run():
        store = simpy.Store(env)
        env.process(source(env, store, arrival))
        env.process(server(env, store, service, waits))
        env.run()
        return lambda: {"events": events, "time": env.now, "sum": waits[0]}

    return run


def w5(tasks, events):
    env, draw, times = simpy.Environment(), integer_delays(tasks + events), []
    over = env.event()

    def fire(_):
        if len(times) == events:
            return
        times.append(env.now)
        if len(times) == events:
            over.succeed()
        else:
            env.timeout(draw()).callbacks.append(fire)

    def run():
        for _ in range(tasks):
            env.timeout(draw()).callbacks.append(fire)
        env.run(until=over)
        return lambda: tallied(times, env.now)

    return run


main({"W1": w1, "W2": w2, "W3": w3, "W4": w4, "W5": w5}, simpy.__version__)
