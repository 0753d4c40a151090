"""Prints the longest that clients can hold the store and its node for, in instructions (callgrind's count).

    slice.py SLICE...

Each SLICE is bench/slice or bench/port_slice, built with -O3. Exit 1 if a slice takes more than LIMIT, 2 if
nothing could be measured.
"""

import sys

from callgrind import counted_calls, fail

LIMIT = 20_000_000      # what a node may take before it serves others
BUDGETED = 3_700_000    # for slice.cpp's budget of 2,000,000 units: half as much again, and key_walk::last_thing
BY_BUDGET = ('KEYS', 'SCAN', 'writing', 'freeing')


def exceeds(program):
    """Prints a line for each kind of slice."""
    counts, printed = counted_calls([program], 'slice')
    names = printed.splitlines()
    if not names or len(names) != len(counts):
        fail(f'expected a count for each of {len(names)} slices, but callgrind wrote {len(counts)}')
    exceeded = False
    for name in dict.fromkeys(names):
        mine = [count for count, of in zip(counts, names) if of == name]
        limit = BUDGETED if name.startswith(BY_BUDGET) else LIMIT
        over = max(mine) > limit
        exceeded = exceeded or over
        print(f'{name:45}  {len(mine):7}  {max(mine):12,}  {limit:12,}' + ('  too much' if over else ''),
              flush=True)
    return exceeded


def main(programs):
    if not programs:
        fail('expected SLICE...: the paths of bench/slice and bench/port_slice')
    print(f'{"":45}  {"slices":>6}  {"longest":>12}  {"at most":>12}', flush=True)
    return 1 if any([exceeds(program) for program in programs]) else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
