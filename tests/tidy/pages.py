"""The rules for the pages, which are the files named README.md: how long they are, and that what they point to and
what they show is there."""

import itertools
import posixpath
import re

from source import line_of

FIRST = 'README.md'
CODE_BY_LINE, FIRST_LINES, PROSE_COLUMNS = 10, 120, 120  # the first two are the first page's
WAYS_PAGE = 'include/quorate/README.md'  # whose blocks for CMake and Meson tests/consumer builds

FENCED = re.compile(r'^```(\w*)\n(.*?)^```$', re.MULTILINE | re.DOTALL)
CODE = re.compile(r'^```.*?^```$|`[^`]*`', re.MULTILINE | re.DOTALL)
LINKED = re.compile(r'\]\((?!\w+:)([^)\s]+)\)|^\[[^\]\n]+\]: *(?!\w+:)(\S+)$', re.MULTILINE)
NAMED = re.compile(r'(?<![\w/.-])(?:examples|tests|bench|include)/[\w./-]*\w')  # a file, in a command
TARGET = re.compile(r'\bmeson compile -C \S+ (\w+)')


def pages(tree):
    return ((path, text) for path, text in tree.files.items() if path.split('/')[-1] == 'README.md')


def blank(found):
    return re.sub(r'[^\n]', ' ', found.group())


def length(tree):
    """The first page is one page, and no page's prose is wider than a screen."""
    lines = tree.files.get(FIRST, '').count('\n')
    if lines > FIRST_LINES:
        yield FIRST, lines, f'has {lines} lines; at most {FIRST_LINES}'
    for path, text in pages(tree):
        for number, line in enumerate(FENCED.sub(blank, text).split('\n'), 1):
            columns = len(line.rstrip())
            if columns > PROSE_COLUMNS and not line.startswith('|'):
                yield path, number, f'{columns} columns; at most {PROSE_COLUMNS}, but in tables and code'


def readme(tree):
    """What the README shows first is, to the letter, a program that the tests compile and run."""
    text, example = (tree.files.get(name, '') for name in (FIRST, 'examples/sum.cpp'))
    block = FENCED.search(text)
    if not text:
        return  # which `top` has seen
    if not block or block.group(1) != 'cpp':
        yield FIRST, 1, 'its first block of code is not C++'
        return
    line = line_of(text, block.start(2))
    if line > CODE_BY_LINE:
        yield FIRST, line, f'shows its first code here; by line {CODE_BY_LINE} at the latest'
    shown, real = block.group(2).split('\n'), example.split('\n')
    differs = [one != other for one, other in itertools.zip_longest(shown, real)]
    if any(differs):
        yield FIRST, line + differs.index(True), 'is not what examples/sum.cpp has there, to the letter'


def anchors(text):
    """What the headings of a page are called in links, as GitHub does it: the second of a name with -1."""
    seen = {}
    for heading in re.findall(r'^#{1,6} +(.*?) *#*$', FENCED.sub(blank, text), re.MULTILINE):
        said = re.sub(r'\[([^\]]*)\]\([^)]*\)', r'\1', heading).lower()
        name = re.sub(r'[^\w\- ]', '', said).replace(' ', '-')
        seen[name] = seen.get(name, -1) + 1
        yield f'{name}-{seen[name]}' if seen[name] else name


def link(tree):
    """What a page points to in the repository is there: the file, and the heading or the line in it."""
    for path, text in pages(tree):
        prose = CODE.sub(blank, text)
        for found in LINKED.finditer(prose):
            said = found.group(1) or found.group(2)
            name, _, anchor = said.partition('#')
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) if name else path
            line = line_of(prose, found.start())
            if target.startswith('..') or name.startswith('/') or not (tree.root / target).exists():
                yield path, line, f'links to {said}, which is not there'
            elif anchor and not has(tree.files.get(target, ''), target, anchor):
                yield path, line, f'links to {said}: {target} is there, but has no {anchor}'


def has(text, target, anchor):
    number = re.fullmatch(r'L(\d+)', anchor)
    if number and not target.endswith('.md'):
        return 1 <= int(number.group(1)) <= text.count('\n')
    return target.endswith('.md') and anchor in anchors(text)


def compiled(tree):
    """(path, text) of the sources of which snippets may be a part: each is in a program that the tests build. (Of
    a .cpp in tests/ the rule `built` sees to that.)"""
    listed = tree.files.get('examples/meson.build', '')
    for path, text in tree.sources():
        parts = path.split('/')
        if parts[0] == 'tests' or (parts[0] == 'examples' and (
                path.endswith('.hpp') or f"'{parts[-1]}'" in listed or f"'{parts[-1][:-len('.cpp')]}'" in listed
                or f"'{'/'.join(parts[1:])}'" in listed)):
            yield path, text


def snippet(tree):
    """What a page shows as code is tested: C++ stands so in a source that the tests compile; what is for CMake or
    Meson is on the page that tests/consumer takes its words from; a command's files, targets, flags are there."""
    sources = [f'\n{text}' for _, text in compiled(tree)]
    said = '\n'.join(text for path, text in tree.files.items() if path.startswith('examples/') and path != FIRST
                     and not path.endswith('.md'))
    targets = tree.files.get('bench/meson.build', '')
    shown = FENCED.search(tree.files.get(FIRST, ''))
    first = (FIRST, shown.start()) if shown else None
    for path, text in pages(tree):
        for block in FENCED.finditer(text):
            language, code, line = block.group(1), block.group(2), line_of(text, block.start(2))
            if language == 'cpp':
                if (path, block.start()) == first:
                    continue  # which is the rule `readme`'s
                if not code.strip() or not any(f'\n{code}' in source for source in sources):
                    yield path, line, 'shows C++ that no compiled source of examples/ or tests/ has so'
            elif language in ('cmake', 'meson'):
                if path != WAYS_PAGE:
                    yield path, line, f'shows a block of {language}, which only {WAYS_PAGE} may: a test builds it'
            elif language == 'sh':
                yield from ((path, line, breach) for breach in commands(tree, code, said, targets))
            else:
                yield path, line, f'shows a block of {language or "no language"}, which no test knows'


def commands(tree, code, said, targets):
    for name in NAMED.findall(re.sub(r'build/\S+', '', code)):
        if not (tree.root / name).exists():
            yield f'names {name} in a command, which is not there'
    for target in TARGET.findall(code):
        if f"run_target('{target}'" not in targets:
            yield f'has Meson compile {target}, which is no target of bench/'
    for program in re.findall(r'^\s*\$\w+ ((?:.*\\\n)*.*)', code, re.MULTILINE):
        for flag in re.findall(r'(?<!\S)--[a-z][a-z-]*', program.split('#')[0]):
            if f'"{flag}"' not in said:
                yield f'gives a program the flag {flag}, which none of examples/ has'
