"""Prints what a committed entry costs: instructions (callgrind's count, which repeats) and heap calls.

    step.py [--free] STEP...

STEP is bench/step_raft or another, built with -O3. It is run with two numbers of entries; the difference counts,
so starting up and electing a leader cancel out. Exit 1 if a limit is exceeded, 2 if nothing could be measured.
With --free only the heap calls are limited, to none.
"""

import os
import re
import sys

from callgrind import counted, fail

LIMITS = {  # by entries in flight
    'step_raft': {1: 2610, 16: 230, 128: 90},
    'step_multi_paxos': {1: 3150, 16: 270, 128: 110},
    'step_paxos': {1: 4000},  # a decision, from nothing
}
ENTRIES = 20000, 40000


def measure(step, entries, batch):
    """(instructions of the whole run, heap calls of its second half)"""
    instructions, printed = counted([step, entries, batch])
    heap = re.search(r'heap calls once warm (\d+)', printed)
    if not heap:
        fail(f'{step} {entries} {batch}: expected it to say its heap calls, but it says\n{printed}')
    return instructions, int(heap[1])


def table(step, free):
    """Prints one program's lines; whether one was too much."""
    exceeded = False
    for batch, limit in LIMITS[os.path.basename(step)].items():
        (few, _), (many, heap) = (measure(step, entries, batch) for entries in ENTRIES)
        cost = (many - few) / (ENTRIES[1] - ENTRIES[0])
        over = heap > 0 or (cost > limit and not free)
        exceeded = exceeded or over
        print(f'{os.path.basename(step):17}  {batch:9}  {cost:21,.1f}  {"-" if free else f"{limit:,}":>7}'
              f'  {heap / (ENTRIES[1] / 2):19.3f}' + ('  too much' if over else ''), flush=True)
    return exceeded


def main(arguments):
    free = arguments[:1] == ['--free']
    steps = arguments[free:]
    for step in steps:
        if os.path.basename(step) not in LIMITS:
            fail(f'expected a program named {" or ".join(LIMITS)}, but got "{step}"')
    if not steps:
        fail('expected [--free] STEP..., where STEP is the path of bench/step_raft or another')
    print('program            in flight  instructions an entry  at most  heap calls an entry, once warm',
          flush=True)
    return 1 if any([table(step, free) for step in steps]) else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
