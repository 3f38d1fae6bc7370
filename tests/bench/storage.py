"""Reading reports, and keeping them on disk, beside simdjson and db_bench."""

import json
import re
import urllib.error
import urllib.request

from servers import BIN, load, run


def reading(bench):
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
        bench.report.add(
            f'{name} into stored verdicts, and simdjson alone',
            f'us for all {ours / 1e3:.0f}; {theirs / 1e3:.0f}',
            f'{ours / theirs:.2f} x', '<= 2 x')


def on_disk(bench):
    """Reports of the stand-in: what came as JSON, and what is kept."""
    sim = bench.sim()
    cache = bench.folder / 'kept'
    daemon = bench.daemon(cache, sim)
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
    bench.report.add(
        'bytes on disk for each of 6,000 verdicts, and their JSON',
        f'{kept / count:,.0f}; {per_json:,.0f}',
        f'{kept / count / per_json:.3f} x', '<= 0.10 x')
    sim.stop()


def large(bench):
    count = 5_000_000
    cache = bench.folder / 'large'
    print(run(BIN / 'bench_fill', 'disk', cache, count).strip())
    sim = bench.sim()
    daemon = bench.daemon(cache, sim, memory='256MiB')
    bench.report.add('start with 5 million entries',
                    f's {daemon.start_seconds:.2f}',
                    f'{daemon.start_seconds:.2f} s', '<= 1 s')
    disk = load(daemon, kind='batch', batch=1000, view='full', seconds=20,
                in_flight=4, population=count)
    resident = daemon.status('VmRSS') / 1024
    bench.report.add('resident memory after 20 s of random lookups among '
                    'them', f'MiB {resident:.0f}, of which 256 + 32 '
                    'configured', f'+ {resident - 288:.0f} MiB',
                    '<= + 96 MiB')
    bench.report.add('its random lookups from disk', f'verdicts/s '
                    f'{disk["verdicts"] / disk["seconds"]:,.0f}; '
                    f'{disk["cpu"] / disk["verdicts"] * 1e6:.2f} us of CPU',
                    '-', '>= 0.8 x of db_bench')
    seconds = daemon.stop()
    bench.report.add('SIGTERM to exit, with them', f's {seconds:.2f}',
                    f'{seconds:.2f} s', '<= 2 s')
    # As many entries of as many bytes, kept in the same way.
    same = ('--num=5000000', '--value_size=2868', '--key_size=48',
            f'--db={bench.folder}/db_bench', '--block_size=16384',
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
    bench.report.add('the same, and db_bench multireadrandom',
                    f'{ours:,.0f}; {theirs:,.0f}',
                    f'{ours / theirs:.2f} x', '>= 0.8 x')
