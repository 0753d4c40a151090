"""Mutants by program: makes small wrong things in the headers of floors 2 and 3, and sees whether a test notices.

usage: mutate.py REPOSITORY [--seed N] [--files N] [--count N] [--only TEXT] [--list] [--table FILE]

Draws headers, and of each some mutants; builds each header's tests once, with all of its mutants, in a folder of
its own, and runs them with one mutant after the other. Ends with 1 if one survives that EQUIVALENT does not name.
"""
import argparse
import concurrent.futures
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

from mutants import CHOSEN, apart, found_in, where, written

FLOORS = ('log', 'paxos', 'multi_paxos', 'raft', 'replica', 'storage', 'timer', 'transport')
# The tests that a room's headers have, cheapest first.
TESTS = {
    'log': ['raft/test_raft', 'multi_paxos/test_multi_paxos', 'scenario/test_scenario', 'sim/test_sim_seeds'],
    'paxos': ['paxos/test_paxos', 'scenario/test_scenario', 'paper/test_paper', 'sim/test_sim_seeds'],
    'multi_paxos': ['scenario/test_scenario', 'multi_paxos/test_multi_paxos', 'paper/test_paper',
                    'sim/test_sim_seeds'],
    'raft': ['scenario/test_scenario', 'raft/test_raft', 'paper/test_paper', 'sim/test_sim_seeds'],
    'replica': ['replica/test_replica', 'replica/test_replica_watched', 'scenario/test_scenario',
                'sim/test_sim_seeds', 'transport/test_transport'],
    'storage': ['storage/test_storage', 'storage/test_storage_images', 'replica/test_replica'],
    'timer': ['timer/test_timer', 'replica/test_replica'],
    'transport': ['transport/test_transport', 'replica/test_replica'],
}
# Laws of one node, field lists and concept tables are checks: a mutant of them is no wrong core.
LEFT_OUT = re.compile(r'(invariant|options|message|_fit|sentence|watch\w*|fitting)\.hpp$')
ROUNDS = 6  # of dropping what does not compile
# Survivors that were looked at: (header, what was, what became), each with a line why it is the same program.
CHOOSING, READER = 'multi_paxos/choosing.hpp', 'storage/wal/reader.hpp'
SAME_VALUE = 'if equal, it assigns what is there'
EQUIVALENT = {
    (CHOOSING, 'first < p.apart_first', 'first <= p.apart_first'): SAME_VALUE,
    (CHOOSING, 'last > p.apart_last', 'last >= p.apart_last'): SAME_VALUE,
    (CHOOSING, 'p.match > commit', 'p.match >= commit'): 'if equal, both are the base',
    (CHOOSING, 'last > p.match', 'last >= p.match'): SAME_VALUE,
    (CHOOSING, 'return p.apart_first <= at && at <= p.apart_last ? p.apart_last : at - 1;', 'with 2 for that 1'):
        'whoever asks only wants to know that it is below `at`',
    (CHOOSING, 'p.apart_last > p.match', 'p.apart_last >= p.match'): SAME_VALUE,
    (CHOOSING, 'chosen < log.last()', 'chosen <= log.last()'): 'nobody holds what is behind the end: no quorum',
    (CHOOSING, 'end < upto', 'end <= upto'): SAME_VALUE,
    (CHOOSING, 'chosen > s.commit', 'chosen >= s.commit'): 'advance_commit does nothing where nothing is new',
    ('log/leading.hpp', 'room < reserve', 'room <= reserve'): 'with no room left for one entry it is refused, too',
    ('raft/doubt.hpp', 'm.prev_log_index > last_index_believed', 'm.prev_log_index >= last_index_believed'):
        'the entry behind it is doubted in any case',
    ('multi_paxos/leader.hpp', 'p.match > s.commit', 'p.match >= s.commit'): SAME_VALUE,
    ('multi_paxos/leader.hpp', 'own.match > s.commit', 'own.match >= s.commit'): SAME_VALUE,
    ('raft/progress.hpp', 'answered < p.in_flight', 'answered <= p.in_flight'): SAME_VALUE,
    ('raft/progress.hpp', 'verified < p.match', 'verified <= p.match'): SAME_VALUE,
    ('timer/jittered.hpp', 'due < next_', 'due <= next_'): SAME_VALUE,
    ('timer/jittered.hpp', 'longest() < wait', 'longest() <= wait'):
        'they differ where a wait is a quarter of all ticks that there are',
    ('timer/jittered.hpp', 'longest() < settings_.election', 'longest() <= settings_.election'):
        'they are equal if T is 0, which misfit() refuses',
    (READER, 'k > 0', 'k >= 0'): 'no offset is below the first segment, so the walk ends there',
    (READER, 'segments[k].start > at', 'segments[k].start >= at'):
        'a segment begins with the head of a frame, not a record',
    (READER, 'at + n <= at_ + window_.size()', 'at + n < at_ + window_.size()'): 'the same bytes are read again',
    (READER, 'open_ = s.start;', ''): 'the file is opened again each time',
    (READER, 'checked_ = none;', ''): 'the next check says another, or refuses for good',
    ('replica/replica.hpp', 'upto > applying_.index()', 'upto >= applying_.index()'):
        SAME_VALUE,
    ('paxos/proposer.hpp', 'at.round_number() > s.heard', 'at.round_number() >= s.heard'):
        SAME_VALUE,
    ('paxos/proposer.hpp', 'm.voted.at > now.best.at', 'm.voted.at >= now.best.at'):
        'votes of one ballot have one value',
}


def arguments():
    parser = argparse.ArgumentParser(description='Makes simple mutants of the headers, and sees whether a test '
                                                 'notices each.')
    parser.add_argument('repository', type=pathlib.Path)
    parser.add_argument('--seed', type=int, help='of the draw; left out: any, and it is printed')
    parser.add_argument('--files', type=int, default=12, help='how many headers are drawn (12)')
    parser.add_argument('--count', type=int, default=200, help='how many mutants, over all of them (200)')
    parser.add_argument('--only', default='', help='headers whose path begins so')
    parser.add_argument('--list', action='store_true', help='prints what could be drawn, and builds nothing')
    parser.add_argument('--table', type=pathlib.Path, help='writes the table there, too')
    return parser.parse_args()


def headers_of(repository, only):
    include = repository / 'include/quorate'
    found = {}
    for room in FLOORS:
        for path in sorted((include / room).rglob('*.hpp')):
            name = path.relative_to(include).as_posix()
            wanted = name.startswith(only) and not LEFT_OUT.search(name)
            mutants = list(found_in(path.read_text())) if wanted else []
            if mutants:
                found[name] = mutants
    return found


def draw(found, seed, files, count):
    """[(header, mutants)]: headers by how much there is in them, and of each as many as its part of the count."""
    chance = random.Random(seed)
    names = sorted(found)
    drawn = []
    while names and len(drawn) < files:
        name = chance.choices(names, weights=[len(found[n]) for n in names])[0]
        names.remove(name)
        drawn.append(name)
    picked = []
    for place, name in enumerate(drawn):
        share = (count - sum(len(m) for _, m in picked)) // (len(drawn) - place)
        mixed = found[name][:]
        chance.shuffle(mixed)
        picked.append((name, sorted(apart(mixed)[:share], key=lambda m: m.start)))
    return picked


def compiler():
    """Who builds: what CXX says, else clang without optimising, which is by far the fastest."""
    return os.environ.get('CXX') or shutil.which('clang++-14') or 'c++'


def run(command, **more):
    return subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors='replace', **more)


def build(folder, header, text, numbered, targets):
    """Writes the header and builds; drops what does not compile, and returns what is left."""
    path = folder / 'tree/include/quorate' / header
    for _ in range(ROUNDS):
        path.write_text(written(text, numbered))
        said = run(['ninja', '-k', '0', '-C', folder / 'build', *targets])
        if said.returncode == 0:
            return numbered
        lines = {int(line) for line in re.findall(rf'{re.escape(header)}:(\d+):\d+: error', said.stdout)}
        lines |= {int(line) for line in re.findall(rf'{re.escape(header)}:(\d+):\d+:  +required', said.stdout)}
        left = [(n, m) for n, m in numbered if where(text, m) + 1 not in lines]  # below the #include
        if len(left) == len(numbered):
            raise SystemExit(f'{header}: with its mutants the tests do not build, and no mutant is named:\n'
                             f'{said.stdout[-2000:]}')
        numbered = left
    raise SystemExit(f'{header}: with its mutants the tests do not build, after {ROUNDS} rounds')


def patience_of(folder, targets):
    """{test: seconds to wait for it}, by how long it takes with no mutant; a test that fails is not there."""
    patience = {}
    for target in targets:
        begun = time.monotonic()
        if not killer_of(folder, {target: 600}, 0):
            patience[target] = 20 + 5 * (time.monotonic() - begun)
    return patience


def killer_of(folder, patience, number):
    """Which test notices; '' if none does. Of a test that takes five times as long as usual it is said."""
    for target, seconds in patience.items():
        program = folder / 'build' / target
        try:
            said = run([program], timeout=seconds, env={'QUORATE_MUTANT': str(number), 'PATH': '/usr/bin:/bin'})
        except subprocess.TimeoutExpired:
            return f'{pathlib.Path(target).name} (never ends)'
        if said.returncode != 0:
            return pathlib.Path(target).name
    return ''


def tried_each(folder, patience, numbers):
    """(which test notices, seconds) of each mutant in their order, as many at once as there are cores."""
    def timed(number):
        begun = time.monotonic()
        return killer_of(folder, patience, number), time.monotonic() - begun
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(timed, numbers)


def main():
    options = arguments()
    repository = options.repository.resolve()
    found = headers_of(repository, options.only)
    if options.list:
        for name, mutants in found.items():
            print(f'{len(mutants):4} {name}')
        print(f'{sum(len(m) for m in found.values())} mutants of {len(found)} headers')
        return 0
    seed = random.randrange(1 << 32) if options.seed is None else options.seed
    picked = draw(found, seed, options.files, options.count)
    total = sum(len(m) for _, m in picked)
    print(f'seed {seed}: {total} mutants of {len(picked)} headers', flush=True)
    rows, survivors, number, dropped = [], 0, 0, 0
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        shutil.copytree(repository, folder / 'tree',
                        ignore=shutil.ignore_patterns('build*', '.git', '__pycache__'))
        (folder / 'tree/include/quorate/core/chosen_mutant.hpp').write_text(CHOSEN)
        said = run(['meson', 'setup', '-Dwerror=false', '-Ddebug=false', '-Doptimization=0', folder / 'build',
                    folder / 'tree'], env={**os.environ, 'CXX': compiler()})
        if said.returncode:
            raise SystemExit(said.stdout)
        for header, mutants in picked:
            begun = time.monotonic()
            targets = ['tests/' + test for test in TESTS[header.split('/')[0]]]
            path = folder / 'tree/include/quorate' / header
            text = path.read_text()
            numbered = [(number + i + 1, m) for i, m in enumerate(mutants)]
            number += len(mutants)
            built = build(folder, header, text, numbered, targets)
            dropped += len(numbered) - len(built)
            print(f'{header}: {len(built)} of {len(numbered)} compile, built in {time.monotonic() - begun:.0f} s',
                  flush=True)
            patience = patience_of(folder, targets)
            if len(patience) != len(targets):
                raise SystemExit(f'{header}: with no mutant chosen, {set(targets) - set(patience)} fails')
            for (n, m), (killer, spent) in zip(built, tried_each(folder, patience, [n for n, _ in built])):
                same = EQUIVALENT.get((header, m.was, m.now), '')
                survivors += 0 if killer or same else 1
                verdict = killer or (f'the same program: {same}' if same else 'SURVIVES')
                row = (f'{header}:{where(text, m)}  {m.kind}: {m.was}' + (f'  ->  {m.now}' if m.now else '') +
                       f'  |  {verdict}  |  {spent:.1f} s')
                rows.append(row)
                print(f'{len(rows):4} {row}', flush=True)
            path.write_text(text)
    tried = len(rows)
    if options.table:
        options.table.write_text('\n'.join(rows) + '\n')
    print(f'{tried} mutants tried, {dropped} did not compile, {survivors} survive')
    return 1 if survivors or tried == 0 else 0


if __name__ == '__main__':
    sys.exit(main())
