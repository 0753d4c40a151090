"""Each header compiles alone, and twice in one place; two translation units with all of them link. Under C++17 the
first error of each is our sentence.

`headers.py [--together] INCLUDE COMPILER...`: floors 1 and 2 do so without exceptions and run-time types.
--together leaves out that each compiles alone: that is known from another compiler, with the same libraries.
"""

import concurrent.futures
import pathlib
import subprocess
import sys
import tempfile

FLAGS = ['-std=c++20', '-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Wshadow', '-Werror',
         '-DASIO_STANDALONE', '-DASIO_NO_DEPRECATED']
PURE = ('core', 'policy', 'effect', 'message', 'log', 'paxos', 'multi_paxos', 'raft')
PURE_FLAGS = ['-fno-exceptions', '-fno-rtti']
OLD = ['-std=c++17', '-DASIO_STANDALONE', '-DASIO_NO_DEPRECATED', '-fmax-errors=1']  # so does clang name it
OLD_SAYS = 'quorate needs C++20: -std=c++20'


def run(command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)


def alone(compiler, include, header):
    """What the compiler says against the header; nothing, if it stands alone."""
    pure = len(header.parts) > 2 and header.parts[1] in PURE
    flags = [*FLAGS, *(PURE_FLAGS if pure else []), '-I', str(include)]
    command = [*compiler, *flags, '-fsyntax-only', '-x', 'c++', '-']
    said = run(command, input=f'#include "{header}"\n#include "{header}"\n')
    return f'{header}: {said.stdout or "refused"}' if said.returncode else ''


def too_old(compiler, include, header):
    """What is wrong with what the compiler says first against the header under C++17; nothing, if it is ours."""
    command = [*compiler, *OLD, '-I', str(include), '-fsyntax-only', '-x', 'c++', '-']
    said = run(command, input=f'#include "{header}"\n').stdout
    first = next((line for line in said.split('\n') if 'error:' in line), 'no error at all')
    return '' if OLD_SAYS in first else f'{header}: under C++17 the first error is: {first}'


def together(compiler, include, headers):
    """What compiler or linker say against two translation units that include everything."""
    everything = ''.join(f'#include "{header}"\n' for header in headers) + 'int other();\n'
    units = {'one': 'int main() { return other(); }\n', 'two': 'int other() { return 0; }\n'}
    with tempfile.TemporaryDirectory() as folder:
        for name, code in units.items():
            pathlib.Path(folder, f'{name}.cpp').write_text(everything + code, encoding='utf-8')
        steps = [[*compiler, *FLAGS, '-I', str(include), '-c', f'{name}.cpp', '-o', f'{name}.o'] for name in units]
        for step in [*steps, [*compiler, 'one.o', 'two.o', '-pthread', '-o', 'both'], ['./both']]:
            said = run(step, cwd=folder)
            if said.returncode:
                return said.stdout or f'{step[-1]} failed'
    return ''


def main(arguments):
    looks = (too_old,) if arguments[:1] == ['--together'] else (alone, too_old)
    include, *compiler = arguments[arguments[:1] == ['--together']:]
    include = pathlib.Path(include).resolve()
    headers = sorted(path.relative_to(include) for path in include.rglob('*.hpp'))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        complaints = [said for look in looks
                      for said in pool.map(lambda header: look(compiler, include, header), headers) if said]
    if not complaints:
        complaints = [said for said in [together(compiler, include, headers)] if said]
    for said in complaints:
        print(said)
    print(f'{len(headers)} headers, {len(complaints)} complaints')
    return 0 if headers and not complaints else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
