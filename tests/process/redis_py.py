"""redis-py's default client against a cluster: pipelines, transactions, and what it asks on the way.

   redis_py.py PORT PORT PORT    (run by kv_clients, which starts the nodes)
"""
import sys

import redis

wrong = 0


def expect(what, got, wanted):
    global wrong
    if got == wanted:
        print('ok:', what)
    else:
        wrong += 1
        print(f'WRONG: {what}: expected {wanted!r}, but got {got!r}')


def error_of(call):
    try:
        return f'no error, but {call()!r}'
    except redis.RedisError as e:
        return f'{type(e).__name__}: {e}'


def basics(r):
    expect('ping', r.ping(), True)
    expect('set, get', (r.set('a', '1'), r.get('a')), (True, b'1'))
    expect('setnx', (r.setnx('a', '2'), r.setnx('fresh', '2')), (False, True))
    expect('incr, decrby', (r.incr('n', 10), r.decr('n', 3)), (10, 7))
    expect('type', (r.type('a'), r.type('none')), (b'string', b'none'))
    expect('unlink', r.unlink('a', 'fresh', 'none'), 2)
    expect('getset, getdel', (r.getset('g', 'x'), r.getset('g', 'y'), r.getdel('g')), (None, b'x', b'y'))
    expect('mset, mget', (r.mset({'x': '1', 'y': '2'}), r.mget('x', 'none', 'y')), (True, [b'1', None, b'2']))
    expect('scan_iter', sorted(r.scan_iter(match='[xy]', count=1)), [b'x', b'y'])
    expect('keys', sorted(r.keys('[xy]')), [b'x', b'y'])


def pipelines(r):
    p = r.pipeline()  # MULTI and EXEC around it, by default
    p.set('t', '1')
    p.incr('t')
    p.get('t')
    p.mget('x', 'y')
    expect('the default pipeline', p.execute(), [True, 2, b'2', [b'1', b'2']])
    p = r.pipeline(transaction=False)
    for i in range(500):
        p.set(f'p{i}', i)
        p.get(f'p{i}')
    expect('a pipeline of 1,000', p.execute(), [v for i in range(500) for v in (True, str(i).encode())])
    p = r.pipeline()
    p.set('e', 'text')
    p.incr('e')
    p.set('e2', 'made')
    expect('an error inside leaves the rest done', [type(v).__name__ if isinstance(v, Exception) else v
                                                    for v in p.execute(raise_on_error=False)],
           [True, 'ResponseError', True])
    expect('... and it was made', r.get('e2'), b'made')


def refused(r):
    p = r.pipeline()
    p.set('spoiled', '1')
    p.execute_command('HSET', 'h', 'f', 'v')
    expect('a command that there is not spoils all', error_of(p.execute).split(':')[0], 'ResponseError')
    expect('... and nothing was made', r.get('spoiled'), None)
    p = r.pipeline()
    expect('WATCH is refused by name', 'WATCH is not supported' in error_of(lambda: p.watch('x')), True)
    p.reset()
    c = r.client()  # one connection: what follows a WATCH that a client did not look at
    error_of(lambda: c.execute_command('WATCH', 'x'))
    c.execute_command('MULTI')
    c.execute_command('SET', 'watched', '1')
    expect('the transaction after it is discarded', error_of(lambda: c.execute_command('EXEC')).split(':')[0],
           'ExecAbortError')
    expect('... and nothing was made', c.get('watched'), None)
    c.execute_command('MULTI')
    c.execute_command('SET', 'next', '1')
    expect('the one after that takes place', c.execute_command('EXEC'), [b'OK'])
    expect('too many keys', 'at most 2048 keys' in error_of(lambda: r.mset({str(i): i for i in range(3000)})),
           True)
    c.close()


def looking(r):
    info = r.info()
    looked_for = ('redis_version', 'role', 'tcp_port', 'used_memory')
    expect('info: what clients look for', [k for k in looked_for if k not in info], [])
    expect('info with a section', 'role' in r.info('replication'), True)
    expect('client list has us', str(r.client_id()) in [c['id'] for c in r.client_list()], True)
    expect('role', r.execute_command('ROLE')[0] in (b'master', b'slave'), True)
    expect('flushdb', (r.flushdb(), r.dbsize()), (True, 0))


for port in sys.argv[1:]:
    client = redis.Redis(port=int(port), socket_timeout=20)
    for part in (basics, pipelines, refused, looking):
        part(client)
    client.close()
print(f'{wrong} wrong')
sys.exit(1 if wrong else 0)
