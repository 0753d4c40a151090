"""Prints how many bytes of text a core and a replica have, compiled with -Os -DNDEBUG.

    size.py [--off] INCLUDE COMPILER...

INCLUDE is the folder of quorate's headers: that of another commit, too, to compare. With --off nothing is
measured: none of these replicas has snapshots, so none may have a symbol of what saves, moves or restores them;
exit 1 if one has. Exit 2 if nothing could be measured.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent


OF_SNAPSHOTS = re.compile(r'\b(snapshotting|restoring|snapshot_(?:fetch|serve|ask|head|piece))\b')


def told_of(compiler, include, source, tool):
    """What `tool` says of the object made of that source."""
    with tempfile.TemporaryDirectory() as folder:
        made = pathlib.Path(folder) / 'made.o'
        done = subprocess.run([*compiler, '-std=c++20', '-Os', '-DNDEBUG', '-I', include, '-c', str(source),
                               '-o', str(made)], capture_output=True, text=True)
        if done.returncode != 0:
            print(f'{sys.argv[0]}: {source.name} does not compile:\n{done.stderr}', file=sys.stderr)
            sys.exit(2)
        return subprocess.run([*tool, str(made)], capture_output=True, text=True, check=True).stdout


def text_of(compiler, include, source):
    sections = [line.split() for line in told_of(compiler, include, source, ['size', '-A']).split('\n')]
    return sum(int(words[1]) for words in sections if words and words[0].startswith('.text'))


def main(off, include, compiler):
    found = 0
    for source in sorted(HERE.glob('size_*.cpp')):
        name = source.stem[len('size_'):]
        if not off:
            print(f'{name:24} {text_of(compiler, include, source):9,} bytes', flush=True)
            continue
        symbols = told_of(compiler, include, source, ['nm', '-C', '--defined-only']).splitlines()
        of_them = [line for line in symbols if OF_SNAPSHOTS.search(line)]
        found += len(of_them)
        print(f'{name:24} {len(symbols):5} symbols, {len(of_them)} of snapshots', *of_them[:3], sep='\n    ')
    return 1 if found else 0


if __name__ == '__main__':
    off = sys.argv[1:2] == ['--off']
    words = sys.argv[1 + off:]
    if len(words) < 2:
        print(__doc__)
        sys.exit(2)
    sys.exit(main(off, words[0], words[1:]))
