"""The rules of style and structure that a program can check. `tidy.py ROOT` names every breach, or passes.

Each rule is a function that yields (path, line, sentence); RULES at the end lists them by name; those for
pages stand in pages.py. self_test.py breaks each of them once.
"""

import itertools
import pathlib
import posixpath
import re
import sys

from pages import length, link, readme, snippet
from source import code_of, functions_of, includes_of, line_of

TOP = {'include', 'tests', 'bench', 'examples', 'meson.build', 'README.md', 'LICENSE'}
FLOORS = {
    'core': 1, 'policy': 1.1, 'effect': 1.1, 'message': 1.1, 'log': 1.5,
    'paxos': 2, 'multi_paxos': 2, 'raft': 2,
    'replica': 3, 'snapshot': 3, 'storage': 3, 'timer': 3, 'transport': 3,
    'world': 4, 'truth': 4, 'explore': 4, 'sim': 4, 'mutant': 4, 'conform': 4, 'history': 4, 'trace': 4,
    'service': 4,
}
PROTOCOLS = {'paxos', 'multi_paxos', 'raft'}
MIRRORED = {'core', 'policy', 'effect', 'message', 'paxos', 'raft', 'replica', 'storage', 'timer', 'transport',
            'service', 'truth', 'world'}
MAX_LINES, MAX_FUNCTION, MAX_COLUMNS = 400, 60, 115

# What floors 1 and 2 may not say (in code: comments and literals are blanked first) ...
WORDS = [
    (r'\bvirtual\b', 'no virtual'),
    (r'\bstd::function\b', 'no std::function'),
    (r'\b(shared_ptr|make_shared|unique_ptr|make_unique)\b', 'no owning pointer'),
    (r'\b(throw|try|catch)\b', 'no exceptions'),
    (r'\bnew\b|(?<!= )\bdelete\b|\b(malloc|calloc|realloc|free)\s*\(', 'no allocation'),
    (r'\bchrono\b|\b\w+_clock\b|\bclock_gettime\b|\btime\s*\(\s*(0|NULL|nullptr)\s*\)', 'no clock'),
    (r'\bs?rand(om)?\s*\(|\brandom_device\b|\bmt19937', 'no chance'),
]
# ... nor include ...
HEADERS = {'iostream', 'ranges', 'chrono', 'ctime', 'time.h', 'random', 'thread', 'mutex', 'future',
           'condition_variable', 'fstream', 'filesystem', 'functional', 'memory_resource'}
# ... and these only for what the user's own fields are made of.
ALLOCATING = {'string', 'vector', 'map', 'set', 'unordered_map', 'unordered_set', 'deque', 'list', 'memory'}

SYSTEM = re.compile(r'<(sys/|netinet/|arpa/|linux/|unistd\.h|fcntl\.h|dirent\.h|poll\.h|signal\.h|pthread\.h)')
DEFINED = re.compile(r'^(?:(?:inline )?namespace ([\w: ]+) \{|'
                     r'(?:template <.*>\s)?(?:struct|class|union) (\w+)[^;]*?\{)',
                     re.MULTILINE)
# In two pieces each, or this file would break its own rules.
UNFINISHED = re.compile(r'\b(TO' r'DO|FIX' r'ME|X' r'XX)\b|(?i:\bnot (yet )?imple' r'mented\b)')
# The known bugs that tests try, and how they are named: by comments, by tests, and by what takes rules out.
BUGS, UNTRIED = 'tests/scenario/README.md', '## Not tried yet'
ID = r'[A-Z]\d+b?'
SERIES = rf'{ID}(?:(?:,|(?:\s|//|#)+(?:and|to))(?:\s|//|#)+{ID})*\b'
SCENARIO = re.compile(rf'\b[Ss]cenarios?(?:\s|//|#)+({SERIES})')
CASE = re.compile(rf'\bTEST_CASE\w*\([^";]*"({ID}(?:, {ID})*): ')
GUARD = re.compile(rf"^    \('({ID})', '", re.MULTILINE)
TRIED = re.compile(rf'^- \*\*({ID})\*\*(.*?)(?=^- |^#|\Z)', re.MULTILINE | re.DOTALL)
# A row of a room's page for a header without a test of its own name, and the paths in it: linked, or in backticks.
ROW = re.compile(r'^\| *`([\w/]+\.hpp)` *\|(.*)$')
NAMED = re.compile(r'\]\(([^)#\s]+)|`([\w./]+)`')
TESTS = re.compile(r'^ *(TEST_CASE|static_assert)|#include "replicated_log/suite\.hpp"', re.MULTILINE)
MACHINE_PATH = re.compile(r'(?<![\w.])/(wo' r'rk|ho' r'me|ro' r'ot|Us' r'ers)/\w')


class Tree:
    """The files of a repository, read once."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.files = {}
        for top in sorted(TOP):
            for path in sorted([self.root / top, *(self.root / top).rglob('*')]):
                if path.is_file() and '__pycache__' not in path.parts:
                    self.files[path.relative_to(self.root).as_posix()] = path.read_text(encoding='utf-8')

    def sources(self):
        return ((path, text) for path, text in self.files.items() if path.endswith(('.hpp', '.cpp')))

    def headers(self):
        """(path, room, text): the room is '' for the headers that a user includes by a protocol's name."""
        for path, text in self.files.items():
            if path.startswith('include/quorate/') and path.endswith('.hpp'):
                parts = path.split('/')
                yield path, parts[2] if len(parts) > 3 else '', text

    def pure(self):
        return ((path, room, text) for path, room, text in self.headers() if FLOORS.get(room, 9) <= 2)


def floor_of(include):
    """The floor of "quorate/room/file.hpp". quorate/raft.hpp brings a replica with it, so it is above floor 3."""
    parts = include.split('/')
    if len(parts) == 2:
        return 1 if parts[1] in ('fwd.hpp', 'version.hpp') else 3.5
    return FLOORS.get(parts[1], 9)


def top(tree):
    names = {path.name for path in tree.root.iterdir() if not re.match(r'\.|build', path.name)}
    for name in sorted(names - TOP):
        yield name, 1, 'has no place at the top'
    for name in sorted(TOP - names):
        yield name, 1, 'is missing from the top'


def arrow(tree):
    for path, room, text in tree.headers():
        if room and room not in FLOORS:
            yield path, 1, f'the room {room}/ stands on no floor'
        for line, include in includes_of(text):
            name = include[1:-1]
            if include[0] == '"' and not name.startswith('quorate/'):
                yield path, line, f'{include} is not named from quorate/'
            if not name.startswith('quorate/') or not room:
                continue
            if floor_of(name) > FLOORS.get(room, 9):
                yield path, line, f'{room}/ includes {name}, which is on a higher floor'
            if {room, name.split('/')[1]} <= PROTOCOLS and room != name.split('/')[1]:
                yield path, line, f'the protocols never include each other: {name}'


def boost(tree):
    for path, room, text in tree.headers():
        for line, include in includes_of(text):
            name = include[1:-1]
            if name.startswith('boost/hana') and (room != 'message' or not name.startswith('boost/hana/')):
                yield path, line, f'{name}: Hana in pieces, and only under message/'
            elif name.startswith('boost/') and not name.startswith('boost/hana') and FLOORS.get(room, 9) <= 2:
                yield path, line, f'{name}: floors 1 and 2 use nothing of Boost but Hana'


def system(tree):
    for path, room, text in tree.headers():
        for line, include in includes_of(text):
            if SYSTEM.match(include) and room not in ('storage', 'timer', 'transport'):
                yield path, line, f'{include}: the system belongs to the adapters'
            if re.match(r'<asio', include) and room != 'transport':
                yield path, line, f'{include}: Asio belongs to transport/'


def purity(tree):
    for path, room, text in tree.pure():
        code = code_of(text)
        for number, line in enumerate(code.split('\n'), 1):
            for pattern, sentence in WORDS:
                if re.search(pattern, line):
                    yield path, number, f'{sentence} on floors 1 and 2'
            if re.match(r'\s*#\s*define\b', line) and not path.endswith('/config.hpp'):
                yield path, number, 'no macros on floors 1 and 2, but in config.hpp'
        for number, include in includes_of(text):
            if include[1:-1] in HEADERS or (include[1:-1] in ALLOCATING and room != 'message'):
                yield path, number, f'no {include} on floors 1 and 2'


def opening(tree):
    for path, _, text in tree.headers():
        lines = text.split('\n')
        if '#pragma once' not in lines:
            yield path, 1, 'has no #pragma once'
            continue
        comment = lines[:lines.index('#pragma once')]
        first = comment[:comment.index('//')] if '//' in comment else comment
        if not first or not all(line.startswith('//') for line in comment) or first[-1][-1] not in '.!?:)':
            yield path, 1, 'does not open with a sentence that says what it is for, then #pragma once'


def size(tree):
    for path, text in tree.files.items():
        lines = text.count('\n')
        if path.endswith(('.hpp', '.cpp', '.py', '.sh')) and lines > MAX_LINES:
            yield path, lines, f'has {lines} lines; at most {MAX_LINES}'


def function(tree):
    for path, text in tree.sources():
        for line, length in functions_of(text):
            if length > MAX_FUNCTION:
                yield path, line, f'a function of {length} lines; at most {MAX_FUNCTION}'


def columns(tree):
    for path, text in tree.files.items():
        for number, line in enumerate(text.split('\n'), 1):
            if len(line) > MAX_COLUMNS and path.endswith(('.hpp', '.cpp', '.py', '.sh', '.build')):
                yield path, number, f'{len(line)} columns; at most {MAX_COLUMNS}'


def unfinished(tree):
    for path, text in tree.files.items():
        for number, line in enumerate(text.split('\n'), 1):
            if UNFINISHED.search(line):
                yield path, number, 'says that something is unfinished'


def machine_path(tree):
    for path, text in tree.files.items():
        for number, line in enumerate(text.split('\n'), 1):
            if MACHINE_PATH.search(line):
                yield path, number, 'names a path of somebody\'s machine'


def spilled(tree):
    """What people include and copy opens no namespace for them."""
    for path, text in tree.files.items():
        if path.endswith('.hpp') and path.split('/')[0] in ('include', 'examples'):
            for number, line in enumerate(code_of(text).split('\n'), 1):
                if re.match(r'using namespace\b', line):
                    yield path, number, 'using namespace in a header, outside of a function'


def stems(tree, room):
    """How a test may name a header of the room: record, and for wal/record.hpp also wal_record."""
    for path, header_room, _ in tree.headers():
        if header_room == room:
            inner = path.split('/')[3:]
            inner[-1] = inner[-1][:-len('.hpp')]
            yield inner[-1]
            yield '_'.join(inner)


def mirror(tree):
    for path, text in tree.sources():
        parts = path.split('/')
        if parts[0] != 'tests' or parts[1] not in MIRRORED or 'TEST_CASE' not in code_of(text):
            continue
        stem = '_'.join(parts[2:])[:-len('.cpp')]
        if not any(stem == header or stem.startswith(header + '_') for header in stems(tree, parts[1])):
            yield path, 1, f'no header of include/quorate/{parts[1]}/ has a name with which this one begins'


def own_test(tree, header):
    """The test in the room of the header whose name begins with the header's, or none."""
    room, *inner = header[len('include/quorate/'):-len('.hpp')].split('/')
    for path in tree.files:
        parts = path.split('/')
        if parts[:2] == ['tests', room] and path.endswith('.cpp') and TESTS.search(tree.files[path]):
            stem = '_'.join(parts[2:])[:-len('.cpp')]
            if any(stem == name or stem.startswith(name + '_') for name in (inner[-1], '_'.join(inner))):
                return path
    return ''


def tested(tree):
    """Each header of floors 1 to 3 has a test of its own name, or a row in its room's page that names one."""
    rooms = {room for room, floor in FLOORS.items() if floor <= 3}
    headers = {path for path, room, _ in tree.headers() if room in rooms}
    there = {'/'.join(path.split('/')[:n + 1]) for path in tree.files for n in range(1, path.count('/') + 1)}
    rows = set()
    for room in sorted(rooms):
        page = f'tests/{room}/README.md'
        for number, line in enumerate(tree.files.get(page, '').split('\n'), 1):
            row = ROW.match(line)
            if not row:
                continue
            header = f'include/quorate/{room}/{row.group(1)}'
            own = own_test(tree, header)
            rows.add(header)
            named = [posixpath.normpath(posixpath.join(f'tests/{room}', one or other))
                     for one, other in NAMED.findall(row.group(2))]
            if header not in headers:
                yield page, number, (f'expected a header of {room}/, and there is no {row.group(1)}: '
                                     'take the row out')
            elif own:
                yield page, number, (f'expected a header without a test of its own name, and {row.group(1)} has '
                                     f'{own}: take the row out')
            elif not any(path.startswith('tests/') and path in there for path in named):
                yield page, number, (f'expected a file or a folder under tests/ that tests {row.group(1)}, and '
                                     f'{" and ".join(named) or "none"} is named: name one that is there')
    for path in sorted(headers - rows):
        if not own_test(tree, path):
            room, name = path.split('/')[2], '/'.join(path.split('/')[3:])
            stem = name[:-len('.hpp')].replace('/', '_')
            yield path, 1, (f'expected a test tests/{room}/{stem}*.cpp or a row for {name} in '
                            f'tests/{room}/README.md, and there is neither: write one of them')


def built(tree):
    rooms = tree.files.get('tests/meson.build', '')
    for path in tree.files:
        parts = path.split('/')
        if parts[0] != 'tests' or not path.endswith('.cpp') or len(parts) < 3:
            continue
        name, room = '/'.join(parts[2:]), parts[1]
        listed = tree.files.get(f'tests/{room}/meson.build', '')
        if f"'{name}'" not in listed and f"'{name[:-len('.cpp')]}'" not in listed:
            yield path, 1, f'tests/{room}/meson.build does not name it, so it never runs'
        if f"'{room}'" not in rooms:
            yield path, 1, f'tests/meson.build does not name the room {room}, so it never runs'


def once(tree):
    """No two headers of tests/ define a type of the same name: a program of several files may include both, each
    in another one, and then a name means two things."""
    first = {}
    for path, text in tree.files.items():
        if not (path.startswith('tests/') and path.endswith('.hpp')):
            continue
        space = ''
        for found in DEFINED.finditer(code_of(text)):
            space = found.group(1) or space
            if found.group(2) and first.setdefault((space, found.group(2)), path) != path:
                yield path, line_of(text, found.start()), (
                    f'{space}::{found.group(2)} stands in {first[space, found.group(2)]} too')


def forms(tree):
    """The example by each protocol is the same but for one include and one alias."""
    one, other = (tree.files.get(f'examples/{name}.cpp', '').split('\n') for name in ('sum', 'sum_multi_paxos'))
    differ = [pair for pair in itertools.zip_longest(one, other, fillvalue='') if pair[0] != pair[1]]
    begins = [tuple(line.split(' ')[0] for line in pair) for pair in differ]
    if begins != [('#include', '#include'), ('using', 'using')]:
        yield 'examples/sum_multi_paxos.cpp', 1, (
            f'differs from sum.cpp in {len(differ)} lines; expected one #include and one using')


def ids_of(series):
    """The ids of "E1, E4 to E6": E1, E4, E5, E6."""
    words = re.findall(rf'{ID}|\bto\b', series)
    found = [word for word in words if word != 'to']
    for at, word in enumerate(words):
        if word == 'to':
            first, last = (int(end[1:].rstrip('b')) for end in (words[at - 1], words[at + 1]))
            found += [f'{words[at - 1][0]}{number}' for number in range(first + 1, last)]
    return found


def ids_named(tree):
    """(path, line, id, whether a test tries it) for each scenario that a comment, a test or a script names."""
    for path, text in tree.files.items():
        code = code_of(text) if path.startswith('tests/') and path.endswith(('.hpp', '.cpp')) else ''
        cases = [found for found in CASE.finditer(text) if code[found.start():].startswith('TEST_CASE')]
        guards = GUARD.finditer(text) if path == 'tests/scenario/without.py' else []
        for names, tries in ((SCENARIO.finditer(text), False), (cases, True), (guards, False)):
            yield from ((path, line_of(text, found.start()), name, tries)
                        for found in names for name in ids_of(found.group(1)))


def scenario(tree):
    """The list of scenarios has each id that is named, and each that it has as tried is tried where it says."""
    text = tree.files.get(BUGS, '')
    end = text.find(UNTRIED) if UNTRIED in text else len(text)
    tried = {found.group(1): found for found in TRIED.finditer(text[:end])}
    untried = {name for series in re.findall(rf'\*\*({SERIES})\*\*', text[end:]) for name in ids_of(series)}
    tests = {}
    for path, line, name, tries in ids_named(tree):
        if tries:
            tests.setdefault(name, set()).add(path)
        if name not in tried and name not in untried:
            yield path, line, f'expected an id of {BUGS}, which has no {name}: list it, or name another one'
        elif tries and name not in tried:
            yield path, line, (f'expected an id that {BUGS} has as tried, and {name} stands under '
                               f'"{UNTRIED[3:]}": move it to its subject')
    for name, found in tried.items():
        line = line_of(text, found.start())
        files = re.findall(r'`([\w./]+\.[ch]pp)`', found.group(2))
        if name not in tests:
            yield BUGS, line, (f'expected a TEST_CASE("{name}: ...") for what is listed as tried, and there '
                                    f'is none: write one, or move {name} to "{UNTRIED[3:]}"')
        elif not files:
            yield BUGS, line, (f'expected a file that tests {name}, and none is named: name '
                                    f'{" or ".join(sorted(tests[name]))}')
        for file in files if name in tests else []:
            path = posixpath.normpath(posixpath.join(posixpath.dirname(BUGS), file))
            if path not in tests[name]:
                came = 'it has none' if path in tree.files else 'there is no such file'
                yield BUGS, line, (f'expected a TEST_CASE("{name}: ...") in {path}, and {came}: name '
                                        f'{" or ".join(sorted(tests[name]))}, or write one')


RULES = [top, arrow, boost, system, purity, opening, size, function, columns, unfinished, machine_path, spilled,
         mirror, tested, built, once, forms, length, readme, link, snippet, scenario]


def breaches(root):
    tree = Tree(root)
    return [(rule.__name__, *breach) for rule in RULES for breach in rule(tree)]


if __name__ == '__main__':
    found = breaches(sys.argv[1])
    for name, path, line, sentence in found:
        print(f'{path}:{line}: {name}: {sentence}')
    print(f'tidy: {len(RULES)} rules, {len(found)} breaches')
    sys.exit(1 if found else 0)
