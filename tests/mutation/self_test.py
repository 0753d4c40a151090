"""The mutants of a small header: which there are, and that a program has each of them only when it is chosen.

usage: self_test.py COMPILER...
"""
import pathlib
import subprocess
import sys
import tempfile

from mutants import CHOSEN, apart, found_in, where, written

HEADER = '''// A header.
#pragma once
#include <cstddef>
namespace quorate {
struct pair_of {
  int low{}, high{};
};
constexpr bool below(int a, int b) { return a < b; } // a < b
constexpr int after(int a) {
  if (a == 7) return 0;
  return a + 1;
}
struct counter {
  int count = 3;
  void add(int n) {
    count += n;
  }
  void reset() {
    count = {};
  }
  void twice(int n) {
    add(n);
    add(n);
  }
};
constexpr pair_of pair(int low, int high) { return pair_of{low, high}; }
template <int N>
concept small = N < 7;
static_assert(below(1, 2) && after(1) == 2 && pair(1, 2).high == 2);
} // namespace quorate
'''
PROGRAM = '''#include "quorate/header.hpp"
#include <cstdio>
using namespace quorate;
int main() {
  counter c;
  c.twice(2);
  auto const added = c.count;
  c.reset();
  volatile int seven = 7, two = 2;
  std::printf("%d %d %d %d %d %d\\n", below(seven, seven), after(seven), after(two), added, c.count,
              pair(two, seven).low);
}
'''
# Each as (line, kind, was), with what the program prints when it is chosen; none is told by 0.
RIGHT = '0 0 3 7 0 2'
EXPECTED = {
    (8, 'comparison', 'a < b'): '1 0 3 7 0 2',
    (10, 'comparison', 'a == 7'): '0 8 0 7 0 2',
    (11, 'off by one', 'return a + 1;'): '0 0 4 7 0 2',
    (16, 'left out', 'count += n;'): '0 0 3 3 0 2',
    (19, 'reset left out', 'count = {};'): '0 0 3 7 7 2',
    (22, 'left out', 'add(n);'): '0 0 3 5 0 2',
    (23, 'left out', 'add(n);'): '0 0 3 5 0 2',
    (26, 'swapped fields', 'low, high'): '0 0 3 7 0 7',
}


def main(compiler):
    mutants = sorted(found_in(HEADER), key=lambda m: m.start)
    wrong = []
    if {(where(HEADER, m), m.kind, m.was) for m in mutants} != set(EXPECTED) or len(mutants) != len(EXPECTED):
        wrong.append(f'expected the mutants {sorted(EXPECTED)}, and there are '
                     f'{[(where(HEADER, m), m.kind, m.was) for m in mutants]}')
    if len(apart(mutants + mutants)) != len(mutants):
        wrong.append('expected that of two mutants in one place one is left')
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        (folder / 'quorate/core').mkdir(parents=True)
        (folder / 'quorate/core/chosen_mutant.hpp').write_text(CHOSEN)
        (folder / 'quorate/header.hpp').write_text(written(HEADER, list(enumerate(mutants, 1))))
        (folder / 'main.cpp').write_text(PROGRAM)
        said = subprocess.run([*compiler, '-std=c++20', '-I', folder, folder / 'main.cpp', '-o', folder / 'main'],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if said.returncode:
            wrong.append(f'expected the header with all its mutants to compile, but\n{said.stdout}')
        else:
            for number, m in [(0, None), *enumerate(mutants, 1)]:
                told = subprocess.run([folder / 'main'], env={'QUORATE_MUTANT': str(number)},
                                      stdout=subprocess.PIPE, text=True).stdout.strip()
                expected = EXPECTED.get((where(HEADER, m), m.kind, m.was)) if m else RIGHT
                if told != expected:
                    wrong.append(f'mutant {number}: expected "{expected}", but the program prints "{told}"')
    for sentence in wrong:
        print(sentence)
    print(f'{len(mutants)} mutants, {len(wrong)} failures')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
