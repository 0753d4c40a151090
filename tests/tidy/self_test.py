"""Breaks each of tidy's rules once, in a tree that is clean without it: a rule that can't fail guards nothing."""

import pathlib
import tempfile

from source import functions_of
from tidy import RULES, breaches

HEADER = '// What this file is for.\n#pragma once\n'
CORE, LOG, RAFT, STORAGE, TCP = (f'include/quorate/{name}.hpp' for name in
                                 ('core/id', 'log/role', 'raft/node', 'storage/memory', 'transport/tcp'))

SUM = '#include "quorate/raft.hpp"\nusing node = raft::replica<add>;\nint main() {\n  return 0;\n}\n'
OTHER_SUM = SUM.replace('raft', 'multi_paxos')
LAMBDA = '[&](auto const& event) {}\n'
README = (f'# A tree\n\n```cpp\n{SUM}```\n\n[that](examples/sum.cpp), [a page](https://example.org),\n'
          '[below](#x-it)\nNo link: `f[0](call)`, `over\nlines [0](call)`.\n'
          '[Line](examples/sum.cpp#L5), [room](tests/core/), '
          '[house](tests/README.md#a-b-1).\n\n'
          f'## `X`, it!\n\n```cpp\n{LAMBDA}```\n```sh\nsh examples/run.sh --any\n```\n')
PAGE = ('# A b\n\n## A [b](core/id.cpp)\n\n[first]: core/id.cpp\n\n| ' + 'wide ' * 30 + '|\n\n```sh\n'
        '$kv serve --id 1 \\\n  --data build/tests/x  # --more\nmeson compile -C build/gcc bench\n```\n')
WAYS = '# In\n\n```cmake\n' + '# wide' * 30 + '\nfind_package(quorate)\n```\n```meson\nx\n```\n'

BUGS, CASES, TRIED = 'tests/scenario/README.md', 'tests/support/cases.hpp', 'TEST_CASE("E5, E7: a vote") {}\n'
LIST = ('# Known bugs\n\n## Elections\n\n- **E5** A vote. (`../support/cases.hpp`)\n- **E7** Another.\n'
        '  (`../support/cases.hpp`)\n\n## Not tried yet\n\n- Snapshots are not built. **S1 to S3**, **T1**.\n')

ROOMS = {room: f'# {room}\n\n| header | tested by |\n|---|---|\n| `{header}` | [{test}](../{test}): all |\n'
         for room, header, test in (('log', 'role.hpp', 'core/id.cpp'), ('raft', 'node.hpp', 'core'),
                                    ('message', 'hana.hpp', 'core/id_more.cpp'),
                                    ('storage', 'memory.hpp', 'core'), ('transport', 'tcp.hpp', 'core'))}
ROOMS['raft'] = ROOMS['raft'].replace('[core](../core)', '`../core`')
LOG_PAGE, LOG_ROOM = 'tests/log/README.md', ROOMS['log']

CLEAN = {
    'meson.build': '', 'LICENSE': '',
    'README.md': README, 'tests/README.md': PAGE, 'include/quorate/README.md': WAYS,
    '.gitignore': '/build*/\n', 'build/anything': '', 'bench/meson.build': "run_target('bench', command: [])\n",
    'examples/meson.build': "executable('sum.cpp', 'kv/main.cpp')\n", 'examples/run.sh': '',
    'examples/kv/main.cpp': 'auto flags = {"--id", "--data"};\n', 'examples/kv/hear.hpp': HEADER + LAMBDA,
    'examples/sum.cpp': SUM, 'examples/sum_multi_paxos.cpp': OTHER_SUM,
    'include/quorate/raft.hpp': HEADER + '#include "quorate/raft/node.hpp"\n'
                                         '#include "quorate/storage/memory.hpp"\n',
    CORE: HEADER + '// A virtual throw of the dice in a comment, and in a literal:\n'
                   'inline char const* id = "new virtual 100\'000 times"; // #include <iostream>\n',
    LOG: HEADER + '#include "quorate/core/id.hpp"\n'
                  '// Elected once (scenarios E5,\n// E7), and sent (scenario S2).\n',
    RAFT: HEADER + '#include "quorate/core/id.hpp"\n#include "quorate/log/role.hpp"\n'
                   'struct node {\n  node(node const&) = delete;\n  node() : a{1},\n           b{2} {\n  }\n};\n',
    'include/quorate/message/hana.hpp': HEADER + '#include <boost/hana/tuple.hpp>\n#include <vector>\n',
    STORAGE: HEADER + '#include <unistd.h>\n#include <chrono>\nclass memory { virtual void sync(); };\n',
    TCP: HEADER + '#include <asio/ip/tcp.hpp>\n',
    'tests/meson.build': "foreach room : ['core']\n",
    'tests/core/meson.build': "test('core', executable('test_core', 'id.cpp', 'id_more.cpp', 'heap.cpp'))\n",
    'tests/core/id.cpp': 'TEST_CASE("an id") {}\n',
    'tests/core/id_more.cpp': 'TEST_CASE("more of it") {}\n',
    'tests/core/heap.cpp': 'void* counted();\n',
    BUGS: LIST, CASES: TRIED, **{f'tests/{room}/README.md': page for room, page in ROOMS.items()},
}

LONG_FUNCTION = '\n'.join(['template <class T>', 'void f(T) {', *['  if (true) { g(); }'] * 59, '}', ''])
LONG_CONSTRUCTOR = '\n'.join(['struct s {', '  s()', '      : a{1},', '        b{2} {',
                              *['    g();'] * 57, '  }', '};', ''])


def pure(code):
    """The same breach on each floor where it is one."""
    return [('purity', {CORE: HEADER + code}), ('purity', {RAFT: HEADER + code})]


# (the rule that must see it, what is changed in the clean tree; None removes a file)
BREACHES = [
    ('top', {'notes.txt': ''}),
    ('top', {'src/quorate.cpp': ''}),
    ('top', {'README.md': None}),
    ('arrow', {CORE: HEADER + '#include "quorate/raft/node.hpp"\n'}),
    ('arrow', {CORE: HEADER + '#include "quorate/effect/event.hpp"\n'}),
    ('arrow', {LOG: HEADER + '#include "quorate/raft/node.hpp"\n'}),
    ('arrow', {RAFT: HEADER + '#include "quorate/storage/memory.hpp"\n'}),
    ('arrow', {RAFT: HEADER + '  #  include <quorate/storage/memory.hpp>\n'}),
    ('arrow', {STORAGE: HEADER + '#include "quorate/service/lock.hpp"\n'}),
    ('arrow', {STORAGE: HEADER + '#include "quorate/raft.hpp"\n'}),
    ('arrow', {RAFT: HEADER + '#include "quorate/paxos/node.hpp"\n'}),
    ('arrow', {RAFT: HEADER + '#include "../core/id.hpp"\n'}),
    ('arrow', {'include/quorate/attic/old.hpp': HEADER}),
    ('boost', {CORE: HEADER + '#include <boost/hana/tuple.hpp>\n'}),
    ('boost', {STORAGE: HEADER + '#include <boost/hana/tuple.hpp>\n'}),
    ('boost', {RAFT: HEADER + '#include <boost/crc.hpp>\n'}),
    ('boost', {'include/quorate/message/hana.hpp': HEADER + '#include <boost/hana.hpp>\n'}),
    ('system', {CORE: HEADER + '#include <unistd.h>\n'}),
    ('system', {'include/quorate/replica/turn.hpp': HEADER + '#include <sys/socket.h>\n',
                'tests/replica/README.md': LOG_ROOM.replace('role', 'turn')}),
    ('system', {STORAGE: HEADER + '#include <asio.hpp>\n'}),
    *pure('struct s { virtual void f(); };\n'),
    *pure('std::function<void()> f;\n'),
    *pure('std::shared_ptr<int> p;\n'),
    *pure('inline void f() { throw 1; }\n'),
    *pure('inline int* p = new int;\n'),
    *pure('inline void f(int* p) { delete p; }\n'),
    *pure('inline void* p = malloc(1);\n'),
    *pure('inline auto t = std::chrono::seconds{1};\n'),
    *pure('inline auto t = steady_clock::now();\n'),
    *pure('inline int r = rand();\n'),
    *pure('#define QUORATE 1\n'),
    *pure('#include <iostream>\n'),
    *pure('#include <ranges>\n'),
    *pure('#include <chrono>\n'),
    *pure('#include <vector>\n'),
    ('opening', {CORE: '// What this is for.\nint id;\n'}),
    ('opening', {CORE: '#pragma once\n'}),
    ('opening', {CORE: '// Ids\n#pragma once\n'}),
    ('opening', {CORE: '\n' + HEADER}),
    ('size', {CORE: HEADER + '\n' * 399}),
    ('size', {'tests/help.py': '\n' * 401}),
    ('function', {STORAGE: HEADER + LONG_FUNCTION}),
    ('function', {STORAGE: HEADER + LONG_CONSTRUCTOR}),
    ('function', {'tests/core/id.cpp': 'int a;\n\n' + LONG_FUNCTION.replace('void f(T)', 'TEST_CASE("an id")')}),
    ('columns', {CORE: HEADER + '//' + 'x' * 114 + '\n'}),
    ('columns', {'meson.build': '#' * 116 + '\n'}),
    ('unfinished', {CORE: HEADER + '// TO' 'DO: the rest\n'}),
    ('unfinished', {'meson.build': '# FIX' 'ME\n'}),
    ('unfinished', {'README.md': README + 'Not yet imple' 'mented.\n'}),
    ('machine_path', {'README.md': README + 'See /ho' 'me/somebody/quorate.\n'}),
    ('machine_path', {'tests/meson.build': "foreach room : ['core'] # in /wo" 'rk/main\n'}),
    ('spilled', {CORE: HEADER + 'using namespace quorate;\n'}),
    ('spilled', {'examples/page.hpp': HEADER + 'using namespace std::literals;\n'}),
    ('mirror', {'tests/core/id_more.cpp': '', 'tests/core/idea.cpp': 'TEST_CASE("no header") {}\n',
                'tests/core/meson.build': "['id.cpp', 'id_more.cpp', 'heap.cpp', 'idea.cpp']"}),
    ('tested', {LOG_PAGE: None}),
    ('tested', {'include/quorate/core/heap.hpp': HEADER}),  # what has its name tests nothing
    ('tested', {LOG_PAGE: LOG_ROOM.replace('](../core/id.cpp)', ']')}),
    ('tested', {LOG_PAGE: LOG_ROOM.replace('[core/id.cpp](../core/id.cpp)', '`../core/ids.cpp`')}),
    ('tested', {LOG_PAGE: LOG_ROOM.replace('../core/id.cpp', '../../examples/sum.cpp')}),
    ('tested', {LOG_PAGE: LOG_ROOM + '| `gone.hpp` | [core](../core) |\n'}),
    ('tested', {'tests/core/README.md': '# Core\n\n| `id.hpp` | [id](id.cpp) |\n'}),
    ('built', {'tests/core/meson.build': "['id.cpp', 'heap.cpp']"}),
    ('built', {'tests/meson.build': ''}),
    ('built', {'tests/static/sizes.cpp': ''}),
    ('once', {f'tests/core/{name}.hpp': HEADER + 'namespace t {\ntemplate <class T>\nstruct a : T {\n};\n}\n'
              for name in 'ab'}),
    ('once', {f'tests/core/{name}.hpp': HEADER + 'namespace t::inline ids {\nclass a {};\n}\n' for name in 'ab'}),
    ('readme', {'README.md': README.replace('return 0', 'return  0')}),
    ('readme', {'README.md': README.replace('  return 0;\n', '')}),
    ('readme', {'README.md': README.replace('}\n```', '}\n\n```', 1)}),
    ('readme', {'README.md': README.replace('```cpp', '```sh\nmeson test\n```\n\n```cpp')}),
    ('readme', {'README.md': README.replace('```cpp', 'A long story.\n' * 10 + '```cpp')}),
    ('readme', {'README.md': '# No code\n'}),
    ('readme', {'examples/sum.cpp': SUM + '// more\n',
                'examples/sum_multi_paxos.cpp': OTHER_SUM + '// more\n'}),
    ('forms', {'examples/sum_multi_paxos.cpp': OTHER_SUM.replace('return 0', 'return 1')}),
    ('forms', {'examples/sum_multi_paxos.cpp': SUM}),
    ('link', {'README.md': README + 'See [the walk](WALK.md).\n'}),
    ('link', {'README.md': README + 'See [the walk](tests/core/walk.cpp#L7).\n'}),
    ('scenario', {BUGS: None}),
    ('scenario', {CORE: HEADER + '// Once (scenario E9).\n'}),
    ('scenario', {CORE: HEADER + '// Once (scenarios E5,\n// E9).\n'}),
    ('scenario', {'tests/help.py': '# Scenarios E5 to E7.\n'}),
    ('scenario', {CASES: TRIED + 'TEST_CASE("E5, E9: a vote") {}\n'}),
    ('scenario', {CASES: TRIED + 'TEST_CASE_FIXTURE(pair,\n                  "E9: a vote") {}\n'}),
    ('scenario', {CASES: TRIED + 'TEST_CASE("S2: a snapshot") {}\n'}),
    ('scenario', {CASES: TRIED.replace(', E7', '')}),
    ('scenario', {CASES: TRIED.replace(', E7', '') + '// TEST_CASE("E7: a vote") {}\n'}),
    ('scenario', {'tests/scenario/without.py': "GUARDS = [\n    ('E9', 'raft', 'votes_count_once'),\n]\n"}),
    ('scenario', {BUGS: LIST.replace('../support/cases.hpp', '../core/id.cpp', 1)}),
    ('scenario', {BUGS: LIST.replace('../support/cases.hpp', 'cases.hpp', 1)}),
    ('scenario', {BUGS: LIST.replace('`../support/cases.hpp`', 'somewhere', 1)}),
    ('link', {'README.md': README + 'See [the id](tests/core/id.cpp#L2).\n'}),
    ('link', {'README.md': README + 'See [the id](tests/core/id.cpp#x).\n'}),
    ('link', {'README.md': README.replace('## `X`', '## `Y`')}),
    ('link', {'README.md': README + 'See [the house](tests/README.md#a-b-2).\n'}),
    ('link', {'README.md': README + 'See [elsewhere](../other/README.md).\n'}),
    ('link', {'README.md': README + 'See [the root](/README.md).\n'}),
    ('link', {'tests/README.md': PAGE + 'See [the example](examples/sum.cpp).\n'}), # from where the page stands
    ('link', {'tests/README.md': PAGE + '\n[other]: core/other.cpp\n'}),
    ('length', {'README.md': README + '\n' * 120}),
    ('length', {'README.md': README + 'wide ' * 25 + '\n'}),
    ('length', {'tests/README.md': PAGE + 'wide ' * 25 + '\n'}),
    ('snippet', {'tests/README.md': PAGE + f'```cpp\n{LAMBDA.replace("&]", "=]")}```\n'}),
    ('snippet', {'tests/README.md': PAGE + '```cpp\nauto const& event) {}\n```\n'}), # a part of a line
    ('snippet', {'tests/README.md': PAGE + '```cpp\n```\n'}),
    ('snippet', {'examples/other.cpp': 'int other;\n', # which is not built
                 'tests/README.md': PAGE + '```cpp\nint other;\n```\n'}),
    ('snippet', {'include/quorate/README.md': WAYS + f'```cpp\n{HEADER}```\n', 'examples/kv/hear.hpp': LAMBDA}),
    ('snippet', {'tests/README.md': PAGE + '```cmake\nfind_package(quorate)\n```\n'}),
    ('snippet', {'tests/README.md': PAGE + '```meson\nx\n```\n'}),
    ('snippet', {'tests/README.md': PAGE + '```\nx\n```\n'}),
    ('snippet', {'tests/README.md': PAGE + '```python\nx\n```\n'}),
    ('snippet', {'README.md': README.replace('run.sh', 'walk.sh')}),
    ('snippet', {'tests/README.md': PAGE.replace('gcc bench', 'gcc bench_more')}),
    ('snippet', {'tests/README.md': PAGE.replace('--id', '--ids')}),
    ('snippet', {'tests/README.md': PAGE.replace('--data', '--dat')}),
]


def rules_broken(changes):
    with tempfile.TemporaryDirectory() as root:
        for path, text in {**CLEAN, **changes}.items():
            if text is not None:
                file = pathlib.Path(root, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding='utf-8')
        return {breach[0] for breach in breaches(root)}


def check():
    failures = [f'the clean tree breaks {rules_broken({})}'] if rules_broken({}) else []
    for rule, changes in BREACHES:
        seen = rules_broken(changes)
        if seen != {rule}:
            failures.append(f'{rule} should have been the one rule broken by {changes}: {seen or "none was"}')
    failures += [f'no breach of {rule.__name__} is tried' for rule in RULES
                 if rule.__name__ not in {name for name, _ in BREACHES}]
    if functions_of(LONG_FUNCTION) != [(1, 62)] or functions_of(LONG_CONSTRUCTOR) != [(2, 61)]:
        failures.append(f'lengths: {functions_of(LONG_FUNCTION)} {functions_of(LONG_CONSTRUCTOR)}')
    for failure in failures:
        print(failure)
    print(f'self test: {len(BREACHES)} breaches of {len(RULES)} rules, {len(failures)} failures')
    return 1 if failures else 0


if __name__ == '__main__':
    raise SystemExit(check())
