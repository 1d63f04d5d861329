"""What the Python peers share: the numbers of ../src/lcg.ts, the check values of ../src/program.ts,
and the measuring. The numbers are drawn before the clock runs, to the peers' advantage."""

import json
import math
import sys
import time

MASK = 0xFFFFFFFF


def states(seed, count):
    state = seed
    for _ in range(count):
        state = (state * 1_664_525 + 1_013_904_223) & MASK
        yield state


def integer_delays(count):
    return iter([1 + (state >> 16) % 100 for state in states(12_345, count)]).__next__


def exponential(seed, count, mean):
    return iter([-math.log(1 - state / 0x1_0000_0000) * mean for state in states(seed, count)]).__next__


def queue_draws(count):
    return exponential(12_345, count, 1 / 0.9), exponential(66_666, count, 1)


def tallied(values, now):
    """The check values of a run that has collected `values` in the order of its events."""
    total = 0
    for i, value in enumerate(values, start=1):
        total += value * (i & 15)
    return {"events": len(values), "time": now, "sum": total}


LEAST_SECONDS = 0.3


def main(programs, version):
    """Runs as `python3 PEER.py WORKLOAD TASKS EVENTS`; prints what ../src/measure.ts prints."""
    name, tasks, events = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    prepare = programs[name]
    wall = cpu = done = 0
    check = None
    while wall < LEAST_SECONDS:
        run = prepare(tasks, events)
        begun, cpu_begun = time.perf_counter(), time.process_time()
        answer = run()
        wall += time.perf_counter() - begun
        cpu += time.process_time() - cpu_begun
        check = answer()
        done += check["events"]
    figures = {"eventsPerSecond": done / wall, "eventsPerCpuSecond": done / cpu}
    rest = {"peakBytes": 0, "bytesPerTask": 0, "residentBytesPerTask": 0}
    print(json.dumps({"check": check, "version": version, **figures, **rest}))
