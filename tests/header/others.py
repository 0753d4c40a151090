"""All headers in one file, as others meet them: with each compiler, library and standard that quorate is for, in
both orders, and after the macros that other people's headers leave behind.

`others.py INCLUDE [COMPILER...]`: a compiler is a command with its options, such as 'clang++-16 -stdlib=libc++';
without one, all of COMPILERS. One that is not installed fails.
"""

import concurrent.futures
import pathlib
import re
import shlex
import subprocess
import sys

FLAGS = ['-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Wshadow', '-Werror', '-DASIO_STANDALONE',
         '-DASIO_NO_DEPRECATED', '-fsyntax-only', '-x', 'c++', '-']
COMPILERS = ['g++-12 -std=c++20', 'g++-12 -std=c++23', 'clang++-14 -std=c++20', 'clang++-14 -std=c++2b',
             'clang++-16 -std=c++20', 'clang++-16 -std=c++2b', 'clang++-19 -std=c++20', 'clang++-19 -std=c++23',
             'clang++-16 -std=c++20 -stdlib=libc++', 'clang++-16 -std=c++2b -stdlib=libc++',
             'arm-linux-gnueabihf-g++ -std=c++20']
# What templates convert is seen only where they are used: by the examples, on a target of 32 bits.
NARROW, USERS = 'arm-linux', ('*.cpp', 'kv/main.cpp', 'simulate/main.cpp')

MACROS = {
    'Windows': """
        #define min(a, b) (((a) < (b)) ? (a) : (b))
        #define max(a, b) (((a) > (b)) ? (a) : (b))
        #define near
        #define far
        #define small char
        #define interface struct
        #define IN
        #define OUT
        #define OPTIONAL
        #define CONST const
        #define ERROR 0
        #define DELETE 0x00010000L
        #define NO_ERROR 0L
        #define IGNORE 0
        #define INFINITE 0xFFFFFFFF
        #define STRICT 1
        #define TRUE 1
        #define FALSE 0
        #define GetMessage GetMessageW
        #define SendMessage SendMessageW
        """,
    'Qt': """
        #define slots
        #define signals public
        #define emit
        #define foreach(variable, container) for (variable : container)
        #define forever for (;;)
        """,
    'Arduino': """
        #define min(a, b) ((a) < (b) ? (a) : (b))
        #define max(a, b) ((a) > (b) ? (a) : (b))
        #define round(x) ((x) >= 0 ? (long)((x) + 0.5) : (long)((x) - 0.5))
        #define abs(x) ((x) > 0 ? (x) : -(x))
        #define sq(x) ((x) * (x))
        #define constrain(x, low, high) ((x) < (low) ? (low) : ((x) > (high) ? (high) : (x)))
        #define radians(x) ((x) * 0.0174)
        #define degrees(x) ((x) * 57.29)
        #define bit(b) (1UL << (b))
        #define lowByte(w) ((unsigned char)((w) & 0xff))
        #define highByte(w) ((unsigned char)((w) >> 8))
        #define interrupts() sei()
        #define F(s) s
        #define HIGH 0x1
        #define LOW 0x0
        #define INPUT 0x0
        #define OUTPUT 0x1
        #define CHANGE 1
        #define FALLING 2
        #define RISING 3
        #define DEFAULT 1
        #define PI 3.14
        #define DEC 10
        #define HEX 16
        """,
    'Apple': """
        #define check(x) ((void)(x))
        #define verify(x) ((void)(x))
        #define require(x, label) ((void)0)
        #define check_noerr(x) ((void)(x))
        #define verify_noerr(x) ((void)(x))
        #define YES 1
        #define NO 0
        """,
    'the C library of GNU': """
        #define unix 1
        #define linux 1
        #define major(dev) gnu_dev_major(dev)
        #define minor(dev) gnu_dev_minor(dev)
        #define likely(x) __builtin_expect(!!(x), 1)
        #define unlikely(x) __builtin_expect(!!(x), 0)
        """,
}


def including(headers):
    return ''.join(f'#include "{header}"\n' for header in headers)


def beneath(include, headers):
    """What the headers themselves include of others: its own code needn't stand other people's macros."""
    found = {name for header in headers
             for name in re.findall(r'^ *# *include <(.*)>', (include / header).read_text(encoding='utf-8'), re.M)}
    return ''.join(f'#include <{name}>\n' for name in sorted(found))


def macros_of(kind):
    return ''.join(line.strip() + '\n' for line in MACROS[kind].split('\n') if line.strip())


def units(include, compilers):
    """(compiler, what is tried, source); about the reverse order and the macros compilers agree, so one says."""
    headers = sorted(path.relative_to(include).as_posix() for path in include.rglob('*.hpp'))
    for compiler in compilers:
        yield compiler, 'in alphabetical order', including(headers)
    yield compilers[0], 'in reverse order', including(reversed(headers))
    for kind in MACROS:
        yield (compilers[0], f'after the macros of {kind}',
               beneath(include, headers) + macros_of(kind) + including(headers))
    examples = include.parent / 'examples'
    for compiler in compilers:
        for path in sorted(path for user in USERS for path in examples.glob(user)):
            if compiler.startswith(NARROW):
                yield compiler, f'used by {path.relative_to(include.parent)}', f'#include "{path}"\n'


def complaint(include, compiler, name, source):
    """What the compiler says against that file; nothing, if it is clean."""
    command, *options = shlex.split(compiler)
    try:
        said = subprocess.run([command, *options, '-I', str(include), *FLAGS], input=source, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    except FileNotFoundError:
        return f'{compiler}: is not installed'
    return f'{compiler}, {name}: {said.stdout or "refused"}' if said.returncode else ''


def main(include, compilers):
    include = pathlib.Path(include).resolve()
    tried = list(units(include, compilers or COMPILERS))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        complaints = [said for said in pool.map(lambda unit: complaint(include, *unit), tried) if said]
    for said in complaints:
        print(said)
    print(f'{len(tried)} files, {len(complaints)} complaints')
    return 1 if complaints else 0


if __name__ == '__main__':
    if len(sys.argv) < 2:
        print(__doc__)
        sys.exit(2)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
