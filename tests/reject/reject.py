"""One pair: a program that compiles, and the same with one token changed, which must be refused as it should.

`reject.py INCLUDE FILE COMPILER...`. The file begins with `// expect: a sentence`, or, where the words are
the compiler's own and each says it in its way, `// expect: one | another`; the first line of the compiler's
output with `error:` in it must contain it. Between `#ifdef REJECT`, `#else` and `#endif` stand the two forms,
one token apart.
"""

import os
import pathlib
import re
import subprocess
import sys

MOST_LINES = 30
EXPECT = re.compile(r'// expect: (.+)\n')
PAIR = re.compile(r'^#ifdef REJECT\n(.*?)^#else\n(.*?)^#endif$', re.MULTILINE | re.DOTALL)
TOKEN = re.compile(r'\w+|::|&&|->|<=>|"[^"\n]*"|\S')


def tokens_apart(one, other):
    """How many tokens lie between what the two begin with alike and what they end with alike."""
    one, other = TOKEN.findall(re.sub(r'//[^\n]*', '', one)), TOKEN.findall(re.sub(r'//[^\n]*', '', other))
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    return max(len(one), len(other))


def malformed(text):
    """What is wrong with the pair as it is written, or nothing."""
    pairs = PAIR.findall(text)
    if not EXPECT.match(text):
        return 'does not begin with `// expect: a sentence`'
    if len(pairs) != 1:
        return f'has {len(pairs)} pairs of forms; one is wanted'
    if tokens_apart(*pairs[0]) != 1:
        return f'has forms that are {tokens_apart(*pairs[0])} tokens apart; one is wanted'
    return ''


def compiled(compiler, include, path, *more):
    """(whether it compiled, the first line that tells of an error, all that was said)."""
    done = subprocess.run([*compiler, '-std=c++20', '-fsyntax-only', '-I', str(include), *more, str(path)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace',
                          env={**os.environ, 'LC_ALL': 'C'})  # plain quotes, and English
    first = next((line for line in done.stdout.split('\n') if 'error:' in line), '')
    return done.returncode == 0, first, done.stdout


def judge(compiler, include, path):
    """What is wrong with the pair, or nothing."""
    text = path.read_text(encoding='utf-8')
    if malformed(text):
        return malformed(text)
    wanted = EXPECT.match(text).group(1).split(' | ')
    accepted, _, said = compiled(compiler, include, path)
    if not accepted:
        return f'must compile, but:\n{said}'
    accepted, first, said = compiled(compiler, include, path, '-DREJECT')
    if accepted:
        return 'compiles, and must not'
    if not any(sentence in first for sentence in wanted):
        return f'is refused, but its first error is not "{" | ".join(wanted)}":\n{said}'
    if len(wanted) == 1 and said.count('\n') > MOST_LINES:
        return f'is refused in {said.count(chr(10))} lines; at most {MOST_LINES} are wanted:\n{said}'
    return ''


def main(include, path, compiler):
    fault = judge(compiler, include, path)
    print(f'{path.name}: {fault or "as expected"}')
    return 1 if fault else 0


if __name__ == '__main__':
    sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3:]))
