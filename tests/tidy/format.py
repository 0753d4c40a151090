"""Every C++ file is as .clang-format has it.

usage: format.py REPOSITORY CLANG_FORMAT [--mend]
"""
import concurrent.futures
import pathlib
import subprocess
import sys

ROOMS = ('include', 'tests', 'bench', 'examples')


BATCH = 40  # files a process: most of the time would go to starting it


def said_of(program, paths, mend):
    """What the formatter has against these files; nothing, if they are as it would write them."""
    said = subprocess.run([program, *(['-i'] if mend else ['--dry-run', '-Werror']), *paths],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return said.stderr if said.returncode else ''


def differing(program, paths, mend):
    """(path, what is said of it) of those that differ."""
    if not said_of(program, paths, mend):
        return []
    return [(path, said) for path in paths for said in [said_of(program, [path], mend)] if said]


def main(repository, program, *mend):
    root = pathlib.Path(repository)
    files = [path for room in ROOMS for path in sorted((root / room).rglob('*'))
             if path.suffix in ('.hpp', '.cpp')]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        batches = [files[at:at + BATCH] for at in range(0, len(files), BATCH)]
        found = pool.map(lambda paths: differing(program, paths, mend == ('--mend',)), batches)
        wrong = [one for some in found for one in some]
    for path, said in wrong:
        print(f'{path.relative_to(root)}: expected what .clang-format makes of it; format.py --mend writes that\n'
              f'{said.splitlines()[0]}')
    print(f'{len(files)} files, {len(wrong)} differ')
    return 1 if wrong or not files else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
