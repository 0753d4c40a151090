"""Counts what a program's run costs in instructions: callgrind's count, which repeats."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile


def fail(sentence):
    print(f'{sys.argv[0]}: {sentence}', file=sys.stderr)
    sys.exit(2)


def run(command, file, *options):
    """What callgrind and the program said."""
    if not shutil.which('valgrind'):
        fail('valgrind is not there: apt-get install valgrind')
    command = [str(word) for word in command]
    # Meson's tests have the heap written over at each call: a cost that is not the program's.
    environment = {name: value for name, value in os.environ.items() if name != 'MALLOC_PERTURB_'}
    done = subprocess.run(['valgrind', '--tool=callgrind', f'--callgrind-out-file={file}', *options, *command],
                          capture_output=True, text=True, env=environment)
    found = re.search(r'Collected : (\d+)', done.stderr)
    if done.returncode != 0 or not found:
        fail(f'{" ".join(command)} under callgrind: exit {done.returncode}\n{done.stdout}{done.stderr}')
    return int(found[1]), done.stdout


def counted(command):
    """(instructions of the whole run, what it printed)"""
    with tempfile.NamedTemporaryFile() as out:
        return run(command, out.name)


def counted_calls(command, function):
    """([instructions of each call of that function, in order], what the run printed)"""
    with tempfile.TemporaryDirectory() as folder:
        files = pathlib.Path(folder)
        _, printed = run(command, files / 'out', f'--toggle-collect={function}', f'--dump-after={function}')
        dumps = sorted(files.glob('out.*'), key=lambda path: int(path.suffix[1:]))
        return [int(re.search(r'^(?:summary|totals): (\d+)', dump.read_text(), re.MULTILINE)[1])
                for dump in dumps], printed
