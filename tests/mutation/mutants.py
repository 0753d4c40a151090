"""Finds simple mutants of a C++ header, and writes the header with several of them, each chosen at run time.

A mutant is one small wrong thing: a comparison that takes its bound in or leaves it out, an off by one, a
statement left out, two fields swapped. Constant evaluation never sees one: what the compiler proves stays proved.
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'tidy'))
from source import code_of, line_of  # noqa: E402

CHOSEN = '''// Which mutant is chosen: none in constant evaluation, and none unless QUORATE_MUTANT says one.
#pragma once
#include <cstdlib>
#include <type_traits>
namespace quorate {
inline int chosen_mutant() {
  static int const chosen = [] {
    auto const* const said = std::getenv("QUORATE_MUTANT");
    return said == nullptr ? 0 : std::atoi(said);
  }();
  return chosen;
}
constexpr bool mutated(int number) {
  if (std::is_constant_evaluated()) return false;
  return chosen_mutant() == number;
}
} // namespace quorate
'''

# One operand: names joined by . -> ::, with at most one pair of parentheses, brackets or braces behind each.
NAME = r'[A-Za-z_][\w:]*(?:\([^()]*\)|\[[^\[\]]*\])?'
OPERAND = rf'(?:{NAME}(?:(?:\.|->){NAME})*|\d+)'
SUM = rf'{OPERAND}(?: [+-] {OPERAND})*'
COMPARISON = re.compile(rf'(?P<before>[(!?:,=]\s?|&& |\|\| |return )(?P<left>{SUM}) (?P<op><=?|>=?|[=!]=) '
                        rf'(?P<right>{SUM})(?=\)|;| &&| \|\|| \?|,)')
OTHER = {'<': '<=', '<=': '<', '>': '>=', '>=': '>', '==': '!=', '!=': '=='}
STEP = re.compile(r' [+-] (?P<one>1)(?=[);,}\s])')
ASSIGNED = re.compile(rf'^[ ]*(?P<what>\+\+{OPERAND}|--{OPERAND}|{OPERAND} (?:[-+|&]?=) [^;{{}}]+|'
                      rf'{OPERAND} = \{{\}});$', re.MULTILINE)
CALLED = re.compile(rf'^[ ]*(?P<what>{OPERAND}\([^;{{}}]*\));$', re.MULTILINE)
FIELDS = re.compile(rf'\{{(?:[^{{}};]*, )?(?P<first>{OPERAND}), (?P<second>{OPERAND})(?=[,}}])')
# What the compiler decides, and what is no expression.
FIXED = re.compile(r'\b(static_assert|requires|constexpr bool \w+ =|if constexpr|template|using|concept|friend|'
                   r'operator|QUORATE_ASSERT|static constexpr|inline constexpr|noexcept|enum|field_list)\b')


class Mutant:
    def __init__(self, kind, start, end, becomes, was, now):
        self.kind, self.start, self.end, self.becomes, self.was, self.now = kind, start, end, becomes, was, now


def chosen(wrong, right):
    return f'(::quorate::mutated(%d) ? {wrong} : {right})'


def found_in(text):
    """All mutants of a header, in no order. `becomes` has a %d for the mutant's number."""
    code = code_of(text)
    begin = code.find('namespace')

    def fixed(start, end):
        first, last = code.rfind('\n', 0, start) + 1, code.find('\n', end)
        return start < begin or FIXED.search(code[first:last])

    def here(kind, start, end, becomes, was, now):
        if not fixed(start, end):
            yield Mutant(kind, start, end, becomes, was, now)

    for at in COMPARISON.finditer(code):
        left, op, right = (text[at.start(part):at.end(part)] for part in ('left', 'op', 'right'))
        was, now = f'{left} {op} {right}', f'{left} {OTHER[op]} {right}'
        yield from here('comparison', at.start('left'), at.end('right'), chosen(f'({now})', f'({was})'),
                        was, now)
    for at in STEP.finditer(code):
        line = text[code.rfind('\n', 0, at.start()) + 1:code.find('\n', at.end())].strip()
        yield from here('off by one', at.start('one'), at.end('one'), chosen('2', '1'), line, 'with 2 for that 1')
    for kind, pattern in (('left out', ASSIGNED), ('left out', CALLED)):
        for at in pattern.finditer(code):
            what = text[at.start('what'):at.end('what')]
            if re.match(r'(return|throw|case|delete|co_\w+|else)\b', what):
                continue
            resets = r'= \{\}|clear\(\)|= (0|false|no_node|no_member)$'
            name = 'reset left out' if re.search(resets, what) else kind
            yield from here(name, at.start('what'), at.end('what') + 1,
                            '{ if (!::quorate::mutated(%d)) { ' + what.replace('%', '%%') + '; } }',
                            what + ';', '')
    for at in FIELDS.finditer(code):
        first, second = (text[at.start(part):at.end(part)] for part in ('first', 'second'))
        if first != second:
            yield from here('swapped fields', at.start('first'), at.end('second'),
                            f'{chosen(second, first)}, (::quorate::mutated(%d) ? {first} : {second})',
                            f'{first}, {second}', f'{second}, {first}')


def written(text, numbered):
    """The header with these mutants, [(number, mutant)]. They may not overlap."""
    for number, m in sorted(numbered, key=lambda pair: -pair[1].start):
        becomes = m.becomes % ((number,) * (m.becomes.count('%d')))
        text = text[:m.start] + becomes + text[m.end:]
    return text.replace('#pragma once\n', '#pragma once\n#include "quorate/core/chosen_mutant.hpp"\n', 1)


def apart(mutants):
    """Those that overlap none before them, as they are given."""
    kept = []
    for m in mutants:
        if all(m.end <= other.start or other.end <= m.start for other in kept):
            kept.append(m)
    return kept


def where(text, m):
    return line_of(text, m.start)
