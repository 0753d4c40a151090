"""Prints what the tools cost: instructions a state of the checker, and an event of the simulator.

    tools.py CHECK SIMULATE

The paths of examples/check and examples/simulate, built with -O2.
"""

import re
import sys

from callgrind import counted, fail

EXPLORED = {'raft': ['--terms', 2, '--commands', 2, '--crashes', 1],
            'paxos': ['--ballots', 2],
            'multi-paxos': ['--ballots', 2, '--commands', 2]}
SIMULATED = ['raft', 'multi-paxos', 'paxos', 'caspaxos']


def line(command, what):
    instructions, printed = counted(command)
    number = re.search(rf'(\d+) {what}s\b', printed)
    if not number:
        fail(f'{command}: expected it to say how many {what}s there were, but it says\n{printed}')
    words = ' '.join(str(word) for word in command[1:])
    print(f'{words:70}  {int(number[1]):10,}  {instructions / int(number[1]):16,.0f} per {what}', flush=True)


def main(arguments):
    if len(arguments) != 2:
        fail('expected CHECK SIMULATE: the paths of examples/check and examples/simulate')
    check, simulate = arguments
    print(f'{"":70}  {"how many":>10}  {"instructions":>16}', flush=True)
    for protocol, bounds in EXPLORED.items():
        line([check, 'explore', '--protocol', protocol, '--threads', 1, *bounds], 'state')
    for protocol in SIMULATED:
        line([simulate, '--protocol', protocol, '--nodes', 5, '--seeds', 10], 'event')


if __name__ == '__main__':
    main(sys.argv[1:])
