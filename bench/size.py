"""Prints how many bytes of text a core and a replica have, compiled with -Os -DNDEBUG.

    size.py INCLUDE COMPILER...

INCLUDE is the folder of quorate's headers: that of another commit, too, to compare. Exit 2 if nothing could be
measured.
"""

import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent


def text_of(compiler, include, source):
    with tempfile.TemporaryDirectory() as folder:
        made = pathlib.Path(folder) / 'made.o'
        done = subprocess.run([*compiler, '-std=c++20', '-Os', '-DNDEBUG', '-I', include, '-c', str(source),
                               '-o', str(made)], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f'{sys.argv[0]}: {source.name} does not compile:\n{done.stderr}')
        said = subprocess.run(['size', '-A', str(made)], capture_output=True, text=True, check=True).stdout
        sections = [line.split() for line in said.split('\n')]
        return sum(int(words[1]) for words in sections if words and words[0].startswith('.text'))


def main(include, compiler):
    for source in sorted(HERE.glob('size_*.cpp')):
        print(f'{source.stem[len("size_"):]:24} {text_of(compiler, include, source):9,} bytes', flush=True)


if __name__ == '__main__':
    if len(sys.argv) < 3:
        print(__doc__)
        sys.exit(2)
    main(sys.argv[1], sys.argv[2:])
