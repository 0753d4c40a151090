"""Scenarios miss their rules: of those that a rule guards some are drawn, and each must fail without it.

usage: without.py REPOSITORY [--seed N] [--count N | --all] COMPILER...

For each, the headers are copied, the rule is taken out of the copy, and the scenario's file is compiled with it.
"""
import argparse
import concurrent.futures
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

FLAGS = ['-std=c++20', '-O0', '-DBOOST_ALL_NO_LIB']

# The scenario (README.md), the protocol whose tests have it, and the rule that guards it
# (mutant/PROTOCOL_rules.hpp).
GUARDS = [
    ('E1', 'raft', 'votes_wait_for_the_disk'),
    ('E1', 'raft', 'votes_outlive_crashes'),
    ('E2', 'raft', 'votes_survive_stepping_down'),
    ('E3', 'raft', 'votes_count_once'),
    ('E4', 'raft', 'pre_votes_elect_nobody'),
    ('E5', 'raft', 'votes_compare_terms'),
    ('E5', 'raft', 'votes_compare_lengths'),
    ('E12', 'raft', 'votes_compare_logs'),
    ('E12', 'raft', 'pre_votes_raise_no_term'),
    ('E14', 'raft', 'refusals_put_off_nothing'),
    ('E15', 'raft', 'leaders_check_their_quorum'),
    ('E16', 'raft', 'votes_respect_a_leader'),
    ('E16', 'raft', 'pre_votes_respect_a_leader'),
    ('C1', 'raft', 'own_terms_commit_by_counting'),
    ('C2', 'raft', 'refusals_match_nothing'),
    ('C3', 'raft', 'followers_commit_what_is_verified'),
    ('C3', 'raft', 'only_what_is_verified_is_acknowledged'),
    ('C3', 'raft', 'new_terms_verify_anew'),
    ('C3', 'raft', 'heartbeats_tell_what_is_matched'),
    ('C4', 'raft', 'past_acknowledgements_do_not_count'),
    ('C5', 'raft', 'own_appends_wait_for_the_disk'),
    ('C5', 'raft', 'leaders_forget_their_own_match'),
    ('C7', 'raft', 'quorums_are_more_than_half'),
    ('C11', 'raft', 'appends_wait_for_the_disk'),
    ('L1', 'raft', 'only_conflicts_are_removed'),
    ('L7', 'raft', 'refusals_move_next_back'),
    ('L8', 'raft', 'matches_never_fall'),
    ('L12', 'raft', 'commits_never_fall'),
    ('L13', 'raft', 'leaders_forget_matches'),
    ('R1', 'raft', 'reads_wait_for_an_own_commit'),
    ('R2', 'raft', 'reads_count_later_answers'),
    ('R6', 'raft', 'reads_end_with_leadership'),
    ('T6', 'raft', 'past_leaders_are_refused'),
    ('P1', 'paxos', 'promises_wait_for_the_disk'),
    ('P1', 'paxos', 'promises_outlive_crashes'),
    ('P2', 'paxos', 'accepting_is_promising'),
    ('P4', 'paxos', 'promises_tell_votes'),
    ('P9', 'paxos', 'accepts_respect_promises'),
    ('P18', 'paxos', 'ballots_outlive_crashes'),
    ('P18', 'paxos', 'floors_wait_for_the_disk'),
    ('P19', 'paxos', 'attempts_have_ballots_of_their_own'),
    ('P20', 'paxos', 'past_promises_do_not_count'),
    ('P22', 'paxos', 'proposals_adopt_the_highest'),
    ('P23', 'paxos', 'promises_count_once'),
    ('P23', 'paxos', 'votes_count_once'),
    ('P26', 'paxos', 'changes_are_made_once'),
    ('P32', 'paxos', 'reads_take_a_round'),
    ('P35', 'paxos', 'tallies_are_of_one_ballot'),
    ('P35', 'paxos', 'past_votes_do_not_count'),
    ('P4', 'multi_paxos', 'promises_tell_votes'),
    ('P9', 'multi_paxos', 'accepts_respect_promises'),
    ('P18', 'multi_paxos', 'campaigns_have_ballots_of_their_own'),
    ('P20', 'multi_paxos', 'past_promises_do_not_count'),
    ('P22', 'multi_paxos', 'highest_votes_are_adopted'),
    ('P22', 'multi_paxos', 'one_report_chooses_nothing'),
    ('P23', 'multi_paxos', 'promises_count_once'),
    ('P34', 'multi_paxos', 'refusals_depose'),
    ('P38', 'multi_paxos', 'followers_commit_what_is_verified'),
    ('P39', 'multi_paxos', 'gaps_are_not_skipped'),
    ('P40', 'multi_paxos', 'past_votes_do_not_count'),
    ('P41', 'multi_paxos', 'what_is_gone_is_not_free'),
    ('P42', 'multi_paxos', 'gaps_are_filled'),
    ('P44', 'multi_paxos', 'leaders_settle_first'),
    ('P59', 'multi_paxos', 'leaders_check_their_quorum'),
    ('P68', 'multi_paxos', 'reads_wait_for_an_own_commit'),
    ('P68', 'multi_paxos', 'reads_count_later_answers'),
    ('P68', 'multi_paxos', 'reads_end_with_leadership'),
]


def arguments():
    parser = argparse.ArgumentParser(description='Takes out the rules of drawn scenarios, which must then fail.')
    parser.add_argument('repository', type=pathlib.Path)
    parser.add_argument('--seed', type=int, help='of the draw; left out: any, and it is printed')
    parser.add_argument('--count', type=int, default=10)
    parser.add_argument('--all', action='store_true')
    parser.add_argument('compiler', nargs='+')
    return parser.parse_args()


def run(command, **more):
    return subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors='replace', **more)


def protocol_of(file):
    return next((p for p in ('multi_paxos', 'paxos') if file.name.startswith(p + '_')), 'raft')


def files_of(repository, scenario, protocol):
    named = re.compile(rf'TEST_CASE\w*\("(\w+, )*{scenario}[:,]')
    files = sorted((repository / 'tests/scenario').glob('*.cpp'))
    return [file for file in files if protocol_of(file) == protocol and named.search(file.read_text())]


def change(file, *changes):
    text = file.read_text()
    for asked, becomes in changes:
        text, found = re.subn(asked, becomes, text, flags=re.DOTALL)
        if found != 1:
            raise SystemExit(f'{file}: expected "{asked}" once, to take a rule out there; it has changed')
    file.write_text(text)


def take_out(headers, protocol, rule):
    """Every core of the protocol lacks the rule, whatever its own options say, and is in careless hands; and the
    overloads for bent cores come with it."""
    room = headers / 'quorate'
    change(room / 'mutant/without.hpp',
           ('#pragma once\n', rf'#pragma once\n#include "quorate/mutant/{protocol}_rules.hpp"\n'),
           ('pick<without_axis, without<>, Keywords...>',
            f'pick<without_axis, without<{protocol}::rule::{rule}>, Keywords...>'))
    node = room / protocol / 'node.hpp'
    change(node,
           ('#pragma once\n', r'#pragma once\n#include "quorate/mutant/careless_core.hpp"\n'),
           (r'template <class\.\.\. (\w+)>\nclass node(?: : [^{]*)? \{.*?\n\};\n',
            lambda found: re.sub(r'(?<!\.)\bnode\b', 'careful_node', found[0]) +
            'template <class... K>\nusing node = careless<careful_node<K...>>;\n'))
    with node.open('a') as end:
        end.write(f'#include "quorate/mutant/{protocol}.hpp"\n')


def try_without(repository, compiler, doctest_main, guard):
    """What came of one scenario without its rule, and whether that is a failure of it."""
    scenario, protocol, rule = guard
    files = files_of(repository, scenario, protocol)
    if not files:
        return False, 'no test has that name'
    with tempfile.TemporaryDirectory() as folder:
        headers = pathlib.Path(folder, 'include')
        shutil.copytree(repository / 'include', headers)
        take_out(headers, protocol, rule)
        program = pathlib.Path(folder, 'scenario')
        tests = repository / 'tests'
        built = run([*compiler, *FLAGS, '-I', headers, '-I', tests, *files, doctest_main, '-o', program])
        if built.returncode:
            return 'static assertion failed' in built.stdout, 'does not compile:\n' + built.stdout[-600:]
        try:
            said = run([program, f'-tc=*{scenario}:*,*{scenario}\\,*', '-nc'], timeout=120)
        except subprocess.TimeoutExpired:
            return True, 'goes on for ever'
        counts = re.search(r'test cases: +(\d+) \| +(\d+) passed \| +(\d+) failed', said.stdout)
        if said.returncode < 0:
            return True, f'died of signal {-said.returncode}'
        if not counts or counts[1] == '0':
            return False, 'no test ran'
        return counts[3] != '0', f'{counts[3]} of {counts[1]} tests failed'


def main():
    options = arguments()
    repository = options.repository.resolve()
    seed = random.randrange(1 << 32) if options.seed is None else options.seed
    drawn = GUARDS if options.all else random.Random(seed).sample(GUARDS, options.count)
    print(f'seed {seed}: {len(drawn)} of {len(GUARDS)}')
    missed = 0
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        doctest_main = pathlib.Path(folder, 'main.o')
        built = run([*options.compiler, *FLAGS, '-c', repository / 'tests/main.cpp', '-o', doctest_main])
        if built.returncode:
            raise SystemExit(built.stdout)
        tries = [pool.submit(try_without, repository, options.compiler, doctest_main, guard) for guard in drawn]
        for (scenario, protocol, rule), attempt in zip(drawn, tries):
            caught, how = attempt.result()
            missed += 0 if caught else 1
            print(f'{scenario:4} {protocol:12} without {rule:38} {"caught" if caught else "NOT CAUGHT"}: {how}',
                  flush=True)
    print(f'{len(drawn)} scenarios without their rules, {missed} not caught')
    sys.exit(1 if missed else 0)


main()
