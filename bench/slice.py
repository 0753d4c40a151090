"""Prints the longest that one client can hold the key-value store for, in instructions (callgrind's count).

    slice.py SLICE

SLICE is bench/slice, built with -O3. Exit 1 if a slice takes more than LIMIT, 2 if nothing could be measured.
"""

import sys

from callgrind import counted_calls, fail

LIMIT = 20_000_000      # what a node may take before it serves others
BUDGETED = 3_700_000    # for slice.cpp's budget of 2,000,000 units: half as much again, and key_walk::last_thing
BY_BUDGET = ('KEYS', 'SCAN', 'writing', 'freeing')


def main(arguments):
    if len(arguments) != 1:
        fail('expected SLICE: the path of bench/slice')
    counts, printed = counted_calls(arguments, 'slice')
    names = printed.splitlines()
    if not names or len(names) != len(counts):
        fail(f'expected a count for each of {len(names)} slices, but callgrind wrote {len(counts)}')
    print(f'{"":45}  {"slices":>6}  {"longest":>12}  {"at most":>12}', flush=True)
    exceeded = False
    for name in dict.fromkeys(names):
        mine = [count for count, of in zip(counts, names) if of == name]
        limit = BUDGETED if name.startswith(BY_BUDGET) else LIMIT
        over = max(mine) > limit
        exceeded = exceeded or over
        print(f'{name:45}  {len(mine):7}  {max(mine):12,}  {limit:12,}' + ('  too much' if over else ''),
              flush=True)
    return 1 if exceeded else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
