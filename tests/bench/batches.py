"""Batches and streams of cached verdicts, beside Redis."""

import subprocess
import time

from bench import POPULATION, Samples
from servers import BIN, free_port, load, run


def start_redis(bench, view):
    port = free_port()
    redis = bench.serve(['/usr/bin/redis-check-rdb', '--port', port,
                        '--save', '', '--bind', '127.0.0.1'],
                       port, argv0='redis-server')
    fill = subprocess.Popen([BIN / 'bench_fill', 'redis', view,
                             str(POPULATION)], stdout=subprocess.PIPE)
    subprocess.run(['redis-cli', '-p', str(port), '--pipe'],
                   stdin=fill.stdout, stdout=subprocess.DEVNULL, check=True)
    fill.wait()
    return redis, port


def batches(bench, daemon, view):
    redis, port = start_redis(bench, view)
    patterns = ['http://u__rand_int__.example.com/path/page.html',
                'd__rand_int__.bench.example.com',
                'a' * 52 + '__rand_int__']

    def ours(size):
        def once():
            result = load(daemon, kind='batch', batch=size, view=view,
                          connections=4, in_flight=16, seconds=3,
                          population=POPULATION)
            return {'us': result['cpu'] / result['verdicts'] * 1e6,
                    'rate': result['verdicts'] / result['seconds']}
        return once

    def theirs(size):
        calls = (3_000_000 if view == 'summary' else 1_000_000) // size
        keys = [patterns[i % 3] for i in range(size)]

        def once():
            before, begin = redis.cpu(), time.monotonic()
            run('redis-benchmark', '-p', port, '-c', 16, '-q', '-r',
                POPULATION // 3, '-n', calls, 'MGET', *keys)
            seconds = time.monotonic() - begin
            return {'us': (redis.cpu() - before) / calls / size * 1e6,
                    'rate': calls * size / seconds}
        return once

    for size in (100, 1000):
        samples = Samples(ours=ours(size), redis=theirs(size))
        name = f'BatchLookup of {size}, {view}, and Redis MGET'
        bench.report.add(
            name, f'us of CPU per verdict {samples.told("ours", "us", 3)}; '
                  f'{samples.told("redis", "us", 3)}',
            f'{samples.ratio("ours", "redis", "us"):.2f} x',
            '<= 0.5 x' if view == 'summary' else '<= 1.0 x')
        bench.report.add(
            'its verdicts/s, end to end',
            f'{samples.told("ours", "rate", 0)}; '
            f'{samples.told("redis", "rate", 0)}',
            f'{samples.ratio("ours", "redis", "rate"):.2f} x',
            '>= 1.5 x' if view == 'summary' else '-')
    redis.stop()


def streams(bench, daemon):
    def measure(**options):
        def once():
            result = load(daemon, seconds=3, population=POPULATION,
                          view='summary', **options)
            return {'rate': result['verdicts'] / result['seconds'],
                    'us': result['cpu'] / result['verdicts'] * 1e6}
        return once

    samples = Samples(
        many=measure(kind='stream', batch=100, in_flight=1600),
        one=measure(kind='stream', batch=1, in_flight=1000),
        batch=measure(kind='batch', batch=100, in_flight=16))
    for side, name, goal in (('many', '100 items in a message', '>= 0.8 x'),
                             ('one', 'one item in a message', '-')):
        bench.report.add(
            f'StreamLookup, {name}, and BatchLookup of 100',
            f'verdicts/s {samples.told(side, "rate", 0)}; '
            f'{samples.told("batch", "rate", 0)}',
            f'{samples.ratio(side, "batch", "rate"):.2f} x', goal)
