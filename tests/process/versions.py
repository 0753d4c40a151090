"""Nodes of two builds in one cluster: the first whose entries are the bare operations, and this one.

    versions.py SOURCE KV COMPILER...

SOURCE is the repository, whose history has the other build; COMPILER is how a C++ file is compiled. Each protocol:
three nodes of the first build; each in turn stopped and started with the other; each back; and a client that reads
what was written, from every node. Exit 77 if the history is not there, as in a shallow clone.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

FIRST = '8df47cb18d4ff4266889f852a4def0908db952bf'
LONGEST = 30  # seconds that a cluster may take for anything


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(('127.0.0.1', 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def first_build(source, compiler, folder):
    """The kv of the commit FIRST, or None."""
    git = ['git', '-C', source]
    if shutil.which('git') is None or subprocess.run(git + ['cat-file', '-e', FIRST + '^{commit}'],
                                                     stderr=subprocess.DEVNULL).returncode != 0:
        return None
    archive = subprocess.run(git + ['archive', FIRST, 'include', 'examples'], stdout=subprocess.PIPE, check=True)
    subprocess.run(['tar', '-x', '-C', folder], input=archive.stdout, check=True)
    files = sorted(os.path.join(folder, 'examples/kv', f) for f in os.listdir(os.path.join(folder, 'examples/kv'))
                   if f.endswith('.cpp'))
    kv = os.path.join(folder, 'kv_first')
    subprocess.run(compiler + ['-std=c++20', '-O1', '-DNDEBUG', '-DASIO_STANDALONE', '-I' + folder + '/include',
                               *files, '-pthread', '-o', kv], check=True)
    return kv


def ask(port, *words):
    """The answer to one command, as it stands on the wire; None: there is none."""
    request = b'*%d\r\n' % len(words) + b''.join(b'$%d\r\n%s\r\n' % (len(w), w) for w in map(str.encode, words))
    try:
        with socket.create_connection(('127.0.0.1', port), timeout=5) as s:
            s.sendall(request)
            answer = b''
            while not answer.endswith(b'\r\n') or (answer.startswith(b'$') and answer.count(b'\r\n') < 2 and
                                                   not answer.startswith(b'$-1')):
                piece = s.recv(4096)
                if not piece:
                    return None
                answer += piece
            return answer
    except OSError:
        return None


def until(what, done):
    end = time.monotonic() + LONGEST
    while not done():
        if time.monotonic() > end:
            raise SystemExit(f'versions: {what}: not within {LONGEST} s')
        time.sleep(0.05)


class Cluster:
    def __init__(self, folder, protocol):
        ports = free_ports(6)
        self.clients = ports[3:]
        self.folder, self.protocol = folder, protocol
        self.peers = ','.join(f'{n + 1}=127.0.0.1:{ports[n]}' for n in range(3))
        self.running = [None] * 3

    def start(self, n, kv):
        log = open(os.path.join(self.folder, f'{self.protocol}_{n}.log'), 'a')
        self.running[n] = subprocess.Popen(
            [kv, 'serve', '--id', str(n + 1), '--cluster', self.peers, '--listen', f'127.0.0.1:{self.clients[n]}',
             '--data', os.path.join(self.folder, f'{self.protocol}_{n}'), '--protocol', self.protocol],
            stdout=log, stderr=log)

    def stop(self, n, how=signal.SIGTERM):
        if self.running[n] is not None:
            self.running[n].send_signal(how)
            self.running[n].wait()
            self.running[n] = None

    def write(self, key):
        until(f'{self.protocol}: write {key}',
              lambda: any(ask(p, 'SET', key, 'of ' + key) == b'+OK\r\n' for p in self.clients))

    def holds(self, n, key):
        value = ('of ' + key).encode()
        until(f'{self.protocol}: node {n + 1} reads {key}',
              lambda: ask(self.clients[n], 'GET', key) == b'$%d\r\n%s\r\n' % (len(value), value))


def mix(folder, protocol, first, newest):
    """How often a node of each build was beside one of the other."""
    c = Cluster(folder, protocol)
    kept, mixed = [], 0
    try:
        for n in range(3):
            c.start(n, first)
        for round_, kv in enumerate([newest, first]):
            for n in range(3):
                kept.append(f'{round_}.{n}')
                c.write(kept[-1])
                c.stop(n, [signal.SIGTERM, signal.SIGKILL][n % 2])
                c.write(kept[-1] + ' with one away')
                c.start(n, kv)
                for key in kept:
                    c.holds(n, key)
                mixed += n < 2
                c.stop((n + 1) % 3)  # so that the node that changed is needed
                c.write(kept[-1] + ' with both')
                c.start((n + 1) % 3, kv if (n + 1) % 3 <= n else [first, newest][round_])
        for n in range(3):
            for key in kept:
                c.holds(n, key)
    finally:
        for n in range(3):
            c.stop(n, signal.SIGKILL)
    return mixed


def main():
    source, newest, *compiler = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix='quorate_versions_') as folder:
        first = first_build(source, compiler, folder)
        if first is None:
            print(f'versions: the commit {FIRST} is not in this clone: skipped')
            return 77
        for protocol in ('raft', 'multi-paxos'):
            mixtures = mix(folder, protocol, first, newest)
            print(f'{protocol}: {mixtures} mixtures of the two builds served', flush=True)
    return 0


if __name__ == '__main__':
    sys.exit(main())
