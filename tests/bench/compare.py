"""Runs the daemon and its peers in turn, and writes docs/benchmarks.md.

All figures come from one run on one machine, so only their ratios mean
something. CPU is the user and system time of the server's processes divided by
the number of their answers.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

import batches
import gateway
import lookups
import misses
import storage
from bench import POPULATION, ROUNDS, Bench
from servers import BIN, NGINX, ROOT, run


def compare(bench, large):
    sim = bench.sim()
    cache = bench.folder / 'cache'
    run(BIN / 'bench_fill', 'disk', cache, POPULATION)
    daemon = bench.daemon(cache, sim)
    bench.warm(daemon)
    unary = lookups.unary(bench, daemon)
    lookups.proxy(bench, sim, unary)
    batches.batches(bench, daemon, 'summary')
    batches.batches(bench, daemon, 'full')
    batches.streams(bench, daemon)
    daemon.stop()
    gateway.gateway(bench, cache)
    misses.hanging(bench, cache)
    misses.misses(bench)
    storage.reading(bench)
    storage.on_disk(bench)
    if large:
        storage.large(bench)


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
        compare(bench, arguments.large)
        write(bench.report, arguments.out)
    finally:
        bench.stop_all()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == '__main__':
    main()
