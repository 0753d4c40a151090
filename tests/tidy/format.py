"""Every C++ file is as .clang-format has it.

usage: format.py REPOSITORY CLANG_FORMAT [--mend]
"""
import concurrent.futures
import pathlib
import subprocess
import sys

ROOMS = ('include', 'tests', 'bench', 'examples')


def differs(program, path, mend):
    said = subprocess.run([program, *(['-i'] if mend else ['--dry-run', '-Werror']), path],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return said.stderr if said.returncode else ''


def main(repository, program, *mend):
    root = pathlib.Path(repository)
    files = [path for room in ROOMS for path in sorted((root / room).rglob('*'))
             if path.suffix in ('.hpp', '.cpp')]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda path: differs(program, path, mend == ('--mend',)), files))
    wrong = [(path, said) for path, said in zip(files, found) if said]
    for path, said in wrong:
        print(f'{path.relative_to(root)}: expected what .clang-format makes of it; format.py --mend writes that\n'
              f'{said.splitlines()[0]}')
    print(f'{len(files)} files, {len(wrong)} differ')
    return 1 if wrong or not files else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
