"""Misses: as fast as VirusTotal allows, and no harm to hits while they wait."""

import re
import subprocess
import time

from bench import POPULATION, Samples
from servers import BIN, load, run


def misses(bench):
    sim = bench.sim('--fault', '*=latency:100ms')
    connections = 100
    count = 10_000

    def wrk():
        # As many requests as connections allow in the time.
        out = run('wrk', '-t1', f'-c{connections}', '-d5s', '-H',
                  'x-apikey: key-of-the-stand-in',
                  f'http://{sim.address}/api/v3/domains/d1.example.com')
        rate = float(re.search(r'Requests/sec:\s+([\d.]+)', out).group(1))
        return {'seconds': count / rate}

    first = [0]

    def ours():
        cache = bench.folder / f'misses{first[0]}'
        daemon = bench.daemon(cache, sim,
                             f'--virustotal.max_inflight={connections}')
        result = load(daemon, kind='lookup', calls=count, in_flight=count,
                      connections=10, in_order=True, population=count,
                      prepared=count, deadline=60)
        first[0] += 1
        daemon.stop()
        return {'seconds': result['seconds']}

    samples = Samples(ours=ours, wrk=wrk)
    bench.report.add(
        '10,000 distinct misses at once, upstream 100 ms, and wrk',
        f's {samples.told("ours", "seconds")}; '
        f'{samples.told("wrk", "seconds")}',
        f'{samples.ratio("ours", "wrk", "seconds"):.2f} x', '<= 1.5 x')
    sim.stop()


def hanging(bench, cache):
    """10,000 misses that get no answer, as calls and as items of a stream:
    each on a daemon of its own, so that memory is not another's."""
    sim = bench.sim('--fault', '*=hang')
    for how, name in (
            (('lookup', '--connections', '10'), 'as calls'),
            (('stream', '--batch', '100'), 'as items of a stream')):
        daemon = bench.daemon(cache, sim, '--virustotal.timeout=60s')
        bench.warm(daemon)

        def hits():
            result = load(daemon, kind='lookup', in_flight=8, seconds=3,
                          population=POPULATION)
            return {'p99': result['p99_us']}

        alone = Samples(hits=hits)
        before, threads = daemon.status('VmRSS'), daemon.status('Threads')
        waiting = subprocess.Popen(
            [BIN / 'bench_load', '--target', daemon.address, '--kind', *how,
             '--first', '1000000', '--population', '10000', '--in-order',
             '--calls', '10000', '--in-flight', '10000', '--deadline', '60'],
            stdout=subprocess.DEVNULL)
        time.sleep(3)
        kib = (daemon.status('VmRSS') - before) / 10_000
        more = daemon.status('Threads') - threads
        beside = Samples(hits=hits)
        bench.report.add(
            f'p99 of hits while 10,000 misses hang, {name}, and alone',
            f'us {beside.told("hits", "p99", 0)}; '
            f'{alone.told("hits", "p99", 0)}',
            f'{beside.of("hits", "p99") / alone.of("hits", "p99"):.2f} x',
            '<= 1.5 x')
        bench.report.add(f'memory of each of these, {name}',
                        f'KiB {kib:.2f}; threads more: {more}',
                        f'{kib:.1f} KiB', '<= 16 KiB')
        seconds = daemon.stop()
        waiting.kill()
        waiting.wait()
        bench.report.add(f'SIGTERM to exit, while they hang, {name}',
                        f's {seconds:.2f}', f'{seconds:.2f} s', '<= 2 s')
    sim.stop()
