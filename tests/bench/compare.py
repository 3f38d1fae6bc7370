"""Runs the daemon and its peers in turn, and writes docs/benchmarks.md.

All figures come from one run on one machine, so only their ratios mean
something. CPU is the user and system time of the server's processes divided by
the number of their answers.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = ROOT / 'build/bench/bin'
NGINX = ROOT / 'build/nginx/usr/sbin/nginx'
TICK = os.sysconf('SC_CLK_TCK')
POPULATION = 99_999  # a third of each kind
ECHO_BYTES = 2914    # of a VIEW_FULL answer, so that both send as many
ROUNDS = 3


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Server:
    """A process that serves, its children included, until `stop`."""

    def __init__(self, command, port=None, env=None, argv0=None):
        self.address = f'127.0.0.1:{port}'
        self.log = tempfile.TemporaryFile('w+')
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [argv0 or command[0], *map(str, command[1:])],
            executable=str(command[0]), stdout=self.log, stderr=self.log,
            env={**os.environ, **(env or {})})
        while port is not None:
            if self.process.poll() is not None:
                self.log.seek(0)
                raise RuntimeError(f'{command[0]}: {self.log.read()}')
            with socket.socket() as s:
                if s.connect_ex(('127.0.0.1', port)) == 0:
                    break
            time.sleep(0.01)
        self.start_seconds = time.monotonic() - self.began

    def _pids(self):
        pid = self.process.pid
        children = pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text()
        return [pid, *map(int, children.split())]

    def cpu(self):
        ticks = 0
        for pid in self._pids():
            fields = pathlib.Path(f'/proc/{pid}/stat').read_text()
            fields = fields.rsplit(')', 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / TICK

    def status(self, key):
        text = pathlib.Path(f'/proc/{self.process.pid}/status').read_text()
        return int(re.search(rf'^{key}:\s+(\d+)', text, re.M).group(1))

    def stop(self):
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return time.monotonic() - begin


def run(*command):
    return subprocess.run([str(c) for c in command], check=True, text=True,
                          stdout=subprocess.PIPE, timeout=300).stdout


def load(server, **options):
    """What bench_load says, with the server's CPU."""
    words = ['--target', server.address]
    for name, value in options.items():
        words.append('--' + name.replace('_', '-'))
        if value is not True:
            words.append(value)
    before = server.cpu()
    result = json.loads(run(BIN / 'bench_load', *words))
    result['cpu'] = server.cpu() - before
    if result['failed'] or 'errors' in result.get('decoded', {}):
        if not options.get('may_fail'):
            raise RuntimeError(f'{options}: {result}')
    return result


class Samples:
    """The same measure of several sides, taken in turn."""

    def __init__(self, **sides):
        self.values = {name: [] for name in sides}
        for _ in range(ROUNDS):
            for name, measure in sides.items():
                self.values[name].append(measure())

    def of(self, side, key):
        return statistics.median(v[key] for v in self.values[side])

    def told(self, side, key, digits=2):
        all_of = [v[key] for v in self.values[side]]
        return (f'{statistics.median(all_of):,.{digits}f} '
                f'({min(all_of):,.{digits}f} to {max(all_of):,.{digits}f})')

    def ratio(self, a, b, key):
        return self.of(a, key) / self.of(b, key)


class Report:
    def __init__(self):
        self.rows = []

    def add(self, what, figures, ratio, goal):
        self.rows.append((what, figures, ratio, goal))
        print(f'{what}: {figures}; {ratio} (to reach: {goal})', flush=True)


class Bench:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.report = Report()
        self.servers = []

    def serve(self, *args, **kwargs):
        server = Server(*args, **kwargs)
        self.servers.append(server)
        return server

    def stop_all(self):
        for server in reversed(self.servers):
            if server.process.poll() is None:
                server.stop()

    def sim(self, *args):
        port = free_port()
        return self.serve([BIN / 'vtsim', '--port', port, *args], port)

    def daemon(self, cache, sim, *args, memory='1GiB'):
        port = free_port()
        return self.serve(
            [BIN / 'vtlookupd', f'--listen.address=127.0.0.1:{port}',
             '--http.address=', f'--admin.address=unix:{cache}/admin.sock',
             f'--cache.path={cache}', f'--cache.memory={memory}',
             f'--virustotal.base_url=http://{sim.address}',
             '--virustotal.quota.per_minute=0', '--virustotal.quota.per_day=0',
             '--virustotal.quota.per_month=0', *args], port,
            env={'VT_API_KEY': 'key-of-the-stand-in'})

    def warm(self, daemon):
        load(daemon, kind='batch', in_order=True, batch=1000, view='full',
             in_flight=4, population=POPULATION)

    # --- One lookup ---------------------------------------------------------

    def unary(self, daemon):
        echoes = {}
        for how in ('typed', 'raw', 'queue'):
            port = free_port()
            echoes[how] = self.serve(
                [BIN / 'bench_echo', how, f'127.0.0.1:{port}', ECHO_BYTES], port)

        def measure(server, **options):
            def once():
                result = load(server, in_flight=64, connections=4, seconds=3,
                              population=POPULATION, **options)
                return {'us': result['cpu'] / result['calls'] * 1e6,
                        'rate': result['calls'] / result['seconds'],
                        'p99': result['p99_us']}
            return once

        samples = Samples(
            ours=measure(daemon, kind='lookup', view='full'),
            **{how: measure(server, kind='echo')
               for how, server in echoes.items()})
        ours = f'us of CPU {samples.told("ours", "us")}'
        for how, name, goal in (
                ('typed', 'callback echo, typed messages', 0.70),
                ('queue', 'leanest echo (bytes, one queue)', 1.10),
                ('raw', 'callback echo, bytes', None)):
            self.report.add(
                f'cached Lookup, 2.9 kB, and a {name}',
                f'{ours}; {samples.told(how, "us")}',
                f'{samples.ratio("ours", how, "us"):.2f} x',
                f'<= {goal} x' if goal else '-')
        self.report.add('its rate', 'lookups/s ' + samples.told('ours', 'rate', 0),
                        f'{samples.ratio("ours", "typed", "rate"):.2f} x of typed',
                        '-')
        for server in echoes.values():
            server.stop()
        return samples

    def proxy(self, sim, unary):
        port = free_port()
        folder = self.folder / 'nginx'
        folder.mkdir()
        config = folder / 'nginx.conf'
        config.write_text(f'''
            daemon off; worker_processes 1; pid {folder}/pid;
            error_log {folder}/error.log;
            events {{ worker_connections 512; }}
            http {{
              access_log off;
              client_body_temp_path {folder}/a; proxy_temp_path {folder}/b;
              fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d;
              scgi_temp_path {folder}/e;
              proxy_cache_path {folder}/cache keys_zone=z:10m;
              server {{
                listen 127.0.0.1:{port};
                location / {{
                  proxy_pass http://{sim.address}; proxy_cache z;
                  proxy_cache_valid 200 1h; keepalive_requests 1000000000;
                  proxy_ignore_headers Cache-Control Expires;
                }}
              }}
            }}''')
        nginx = self.serve([NGINX, '-e', folder / 'error.log', '-p', folder,
                            '-c', config], port)
        url = f'http://127.0.0.1:{port}/api/v3/domains/d1.example.com'

        def once():
            before = nginx.cpu()
            out = run('wrk', '-t1', '-c64', '-d3s', '-H',
                      'x-apikey: key-of-the-stand-in', url)
            calls = int(re.search(r'(\d+) requests in', out).group(1))
            return {'us': (nginx.cpu() - before) / calls * 1e6}

        samples = Samples(nginx=once)
        self.report.add(
            'the same, and nginx proxy cache over the stand-in',
            f'{unary.told("ours", "us")}; {samples.told("nginx", "us")}',
            f'{unary.of("ours", "us") / samples.of("nginx", "us"):.2f} x',
            '<= 0.8 x')
        nginx.stop()

    # --- Batches and streams --------------------------------------------------

    def redis(self, view):
        port = free_port()
        redis = self.serve(['/usr/bin/redis-check-rdb', '--port', port,
                            '--save', '', '--bind', '127.0.0.1'],
                           port, argv0='redis-server')
        fill = subprocess.Popen([BIN / 'bench_fill', 'redis', view,
                                 str(POPULATION)], stdout=subprocess.PIPE)
        subprocess.run(['redis-cli', '-p', str(port), '--pipe'],
                       stdin=fill.stdout, stdout=subprocess.DEVNULL, check=True)
        fill.wait()
        return redis, port

    def batches(self, daemon, view):
        redis, port = self.redis(view)
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
            self.report.add(
                name, f'us of CPU per verdict {samples.told("ours", "us", 3)}; '
                      f'{samples.told("redis", "us", 3)}',
                f'{samples.ratio("ours", "redis", "us"):.2f} x',
                '<= 0.5 x' if view == 'summary' else '<= 1.0 x')
            self.report.add(
                'its verdicts/s, end to end',
                f'{samples.told("ours", "rate", 0)}; '
                f'{samples.told("redis", "rate", 0)}',
                f'{samples.ratio("ours", "redis", "rate"):.2f} x',
                '>= 1.5 x' if view == 'summary' else '-')
        redis.stop()

    def streams(self, daemon):
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
            self.report.add(
                f'StreamLookup, {name}, and BatchLookup of 100',
                f'verdicts/s {samples.told(side, "rate", 0)}; '
                f'{samples.told("batch", "rate", 0)}',
                f'{samples.ratio(side, "batch", "rate"):.2f} x', goal)

    # --- Misses ----------------------------------------------------------------

    def misses(self):
        sim = self.sim('--fault', '*=latency:100ms')
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
            cache = self.folder / f'misses{first[0]}'
            daemon = self.daemon(cache, sim,
                                 f'--virustotal.max_inflight={connections}')
            result = load(daemon, kind='lookup', calls=count, in_flight=count,
                          connections=10, in_order=True, population=count,
                          prepared=count, deadline=60)
            first[0] += 1
            daemon.stop()
            return {'seconds': result['seconds']}

        samples = Samples(ours=ours, wrk=wrk)
        self.report.add(
            '10,000 distinct misses at once, upstream 100 ms, and wrk',
            f's {samples.told("ours", "seconds")}; '
            f'{samples.told("wrk", "seconds")}',
            f'{samples.ratio("ours", "wrk", "seconds"):.2f} x', '<= 1.5 x')
        sim.stop()

    def hanging(self, cache):
        """10,000 misses that get no answer, as calls and as items of a stream:
        each on a daemon of its own, so that memory is not another's."""
        sim = self.sim('--fault', '*=hang')
        for how, name in (
                (('lookup', '--connections', '10'), 'as calls'),
                (('stream', '--batch', '100'), 'as items of a stream')):
            daemon = self.daemon(cache, sim, '--virustotal.timeout=60s')
            self.warm(daemon)

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
            self.report.add(
                f'p99 of hits while 10,000 misses hang, {name}, and alone',
                f'us {beside.told("hits", "p99", 0)}; '
                f'{alone.told("hits", "p99", 0)}',
                f'{beside.of("hits", "p99") / alone.of("hits", "p99"):.2f} x',
                '<= 1.5 x')
            self.report.add(f'memory of each of these, {name}',
                            f'KiB {kib:.2f}; threads more: {more}',
                            f'{kib:.1f} KiB', '<= 16 KiB')
            seconds = daemon.stop()
            waiting.kill()
            waiting.wait()
            self.report.add(f'SIGTERM to exit, while they hang, {name}',
                            f's {seconds:.2f}', f'{seconds:.2f} s', '<= 2 s')
        sim.stop()

    # --- Reading and keeping -----------------------------------------------------

    def reading(self):
        out = json.loads(run(BIN / 'micro_bench', '--benchmark_format=json',
                             '--benchmark_filter=long_lists',
                             '--benchmark_repetitions=5',
                             '--benchmark_report_aggregates_only=true'))
        medians = {b['run_name']: b['real_time'] for b in out['benchmarks']
                   if b['aggregate_name'] == 'median'}
        for arg, name in (('0', 'recorded v3 file reports'),
                          ('1', 'the same with lists over 100 kB')):
            ours = medians[f'ReadIntoStoredVerdict/long_lists:{arg}']
            theirs = medians[f'ParseTheSameWithSimdjson/long_lists:{arg}']
            self.report.add(
                f'{name} into stored verdicts, and simdjson alone',
                f'us for all {ours / 1e3:.0f}; {theirs / 1e3:.0f}',
                f'{ours / theirs:.2f} x', '<= 2 x')

    def on_disk(self):
        """Reports of the stand-in: what came as JSON, and what is kept."""
        sim = self.sim()
        cache = self.folder / 'kept'
        daemon = self.daemon(cache, sim)
        count = 6000
        load(daemon, kind='batch', batch=500, in_order=True, population=count,
             in_flight=2)
        daemon.stop()
        # The daemon writes ahead; what lasts is what compaction leaves.
        run(BIN / 'bench_fill', 'compact', cache)
        kept = sum(f.stat().st_size
                   for f in (cache / 'verdicts').glob('*.sst'))
        sent = 0
        for i in range(0, count, 40):
            for path in (f'domains/d{i // 3:012d}.bench.example.com',
                         f'files/{"a" * 52}{i // 3:012d}'):
                request = urllib.request.Request(
                    f'http://{sim.address}/api/v3/{path}',
                    headers={'x-apikey': 'key-of-the-stand-in'})
                try:
                    with urllib.request.urlopen(request) as answer:
                        sent += len(answer.read())
                except urllib.error.HTTPError as error:
                    sent += len(error.read())
        per_json = sent / (2 * len(range(0, count, 40)))
        self.report.add(
            'bytes on disk for each of 6,000 verdicts, and their JSON',
            f'{kept / count:,.0f}; {per_json:,.0f}',
            f'{kept / count / per_json:.3f} x', '<= 0.10 x')
        sim.stop()

    def large(self):
        count = 5_000_000
        cache = self.folder / 'large'
        print(run(BIN / 'bench_fill', 'disk', cache, count).strip())
        sim = self.sim()
        daemon = self.daemon(cache, sim, memory='256MiB')
        self.report.add('start with 5 million entries',
                        f's {daemon.start_seconds:.2f}',
                        f'{daemon.start_seconds:.2f} s', '<= 1 s')
        disk = load(daemon, kind='batch', batch=1000, view='full', seconds=20,
                    in_flight=4, population=count)
        resident = daemon.status('VmRSS') / 1024
        self.report.add('resident memory after 20 s of random lookups among '
                        'them', f'MiB {resident:.0f}, of which 256 + 32 '
                        'configured', f'+ {resident - 288:.0f} MiB',
                        '<= + 96 MiB')
        self.report.add('its random lookups from disk', f'verdicts/s '
                        f'{disk["verdicts"] / disk["seconds"]:,.0f}; '
                        f'{disk["cpu"] / disk["verdicts"] * 1e6:.2f} us of CPU',
                        '-', '>= 0.8 x of db_bench')
        seconds = daemon.stop()
        self.report.add('SIGTERM to exit, with them', f's {seconds:.2f}',
                        f'{seconds:.2f} s', '<= 2 s')
        # As many entries of as many bytes, kept in the same way.
        same = ('--num=5000000', '--value_size=2868', '--key_size=48',
                f'--db={self.folder}/db_bench', '--block_size=16384',
                '--bloom_bits=10', '--compression_type=zstd',
                '--compression_max_dict_bytes=16384',
                '--compression_zstd_max_train_bytes=1638400',
                '--compression_ratio=0.05', '--cache_size=33554432',
                '--index_block_restart_interval=16', '--threads=2')
        run('db_bench', '--benchmarks=fillseq,compact', *same,
            '--disable_wal=true', '--threads=1')
        out = run('db_bench', '--benchmarks=multireadrandom', *same,
                  '--use_existing_db=1', '--multiread_batched=true',
                  '--batch_size=1000', '--reads=400000')
        found = re.search(r'multireadrandom\s*:.*?([\d.]+) ops/sec', out)
        theirs = float(found.group(1))
        ours = disk['verdicts'] / disk['seconds']
        self.report.add('the same, and db_bench multireadrandom',
                        f'{ours:,.0f}; {theirs:,.0f}',
                        f'{ours / theirs:.2f} x', '>= 0.8 x')

    def all(self, large):
        sim = self.sim()
        cache = self.folder / 'cache'
        run(BIN / 'bench_fill', 'disk', cache, POPULATION)
        daemon = self.daemon(cache, sim)
        self.warm(daemon)
        unary = self.unary(daemon)
        self.proxy(sim, unary)
        self.batches(daemon, 'summary')
        self.batches(daemon, 'full')
        self.streams(daemon)
        daemon.stop()
        self.hanging(cache)
        self.misses()
        self.reading()
        self.on_disk()
        if large:
            self.large()


def version(*command):
    try:
        out = subprocess.run(command, text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, check=False).stdout
        return out.splitlines()[0].strip()
    except (OSError, IndexError):
        return '?'


def write(report, path):
    cpu = re.search(r'model name\s*: (.*)',
                    pathlib.Path('/proc/cpuinfo').read_text()).group(1)
    packages = subprocess.run(
        ['dpkg-query', '-W', '-f', '${Package} ${Version}, ', 'libgrpc++1.51',
         'librocksdb7.8', 'redis-tools', 'wrk', 'libsimdjson14'],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        check=False).stdout.strip(', ')
    lines = [
        '# Benchmarks', '',
        'Written by `./bench`; do not edit. How the figures came about, and '
        'what was tried, is in [performance.md](performance.md).', '',
        f'{time.strftime("%Y-%m-%d")}, {os.cpu_count()} processors ({cpu}), '
        f'{packages}, {version(str(NGINX), "-v")}. Server and client share the '
        'machine, over loopback. Medians, and the least and the most, of '
        f'{ROUNDS} rounds in turn; the first figure is ours.', '',
        '| what | figures | ratio | to reach |', '|---|---|---|---|']
    lines += [f'| {what} | {figures} | {ratio} | {goal} |'
              for what, figures, ratio, goal in report.rows]
    path.write_text('\n'.join(lines) + '\n')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--large', action='store_true')
    parser.add_argument('--out', type=pathlib.Path,
                        default=ROOT / 'docs/benchmarks.md')
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix='vtlookup-bench-')
    bench = Bench(folder)
    try:
        bench.all(arguments.large)
        write(bench.report, arguments.out)
    finally:
        bench.stop_all()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == '__main__':
    main()
