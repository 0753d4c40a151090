"""Counts what a program's run costs in instructions: callgrind's count, which repeats."""

import re
import shutil
import subprocess
import sys
import tempfile


def fail(sentence):
    print(f'{sys.argv[0]}: {sentence}', file=sys.stderr)
    sys.exit(2)


def counted(command):
    """(instructions of the whole run, what it printed)"""
    if not shutil.which('valgrind'):
        fail('valgrind is not there: apt-get install valgrind')
    command = [str(word) for word in command]
    with tempfile.NamedTemporaryFile() as out:
        run = subprocess.run(['valgrind', '--tool=callgrind', f'--callgrind-out-file={out.name}', *command],
                             capture_output=True, text=True)
    found = re.search(r'Collected : (\d+)', run.stderr)
    if run.returncode != 0 or not found:
        fail(f'{" ".join(command)} under callgrind: exit {run.returncode}\n{run.stdout}{run.stderr}')
    return int(found[1]), run.stdout
