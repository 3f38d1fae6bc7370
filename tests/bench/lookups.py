"""One cached lookup, beside an echo of gRPC and the proxy cache of nginx."""

import re

from bench import POPULATION, Samples
from servers import BIN, NGINX, free_port, load, nginx_config, run

ECHO_BYTES = 2914  # of a VIEW_FULL answer, so that both send as many


def unary(bench, daemon):
    echoes = {}
    for how in ('typed', 'raw', 'queue'):
        port = free_port()
        echoes[how] = bench.serve(
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
        bench.report.add(
            f'cached Lookup, 2.9 kB, and a {name}',
            f'{ours}; {samples.told(how, "us")}',
            f'{samples.ratio("ours", how, "us"):.2f} x',
            f'<= {goal} x' if goal else '-')
    bench.report.add('its rate', 'lookups/s ' + samples.told('ours', 'rate', 0),
                    f'{samples.ratio("ours", "typed", "rate"):.2f} x of typed',
                    '-')
    for server in echoes.values():
        server.stop()
    return samples


def proxy(bench, sim, unary):
    port = free_port()
    folder = bench.folder / 'nginx'
    folder.mkdir()
    config = folder / 'nginx.conf'
    config.write_text(nginx_config(folder, port, sim))
    nginx = bench.serve([NGINX, '-e', folder / 'error.log', '-p', folder,
                        '-c', config], port)
    url = f'http://127.0.0.1:{port}/api/v3/domains/d1.example.com'

    def once():
        before = nginx.cpu()
        out = run('wrk', '-t1', '-c64', '-d3s', '-H',
                  'x-apikey: key-of-the-stand-in', url)
        if 'Non-2xx' in out:
            raise RuntimeError(out)
        calls = int(re.search(r'(\d+) requests in', out).group(1))
        return {'us': (nginx.cpu() - before) / calls * 1e6}

    samples = Samples(nginx=once)
    bench.report.add(
        'the same, and nginx proxy cache over the stand-in',
        f'{unary.told("ours", "us")}; {samples.told("nginx", "us")}',
        f'{unary.of("ours", "us") / samples.of("nginx", "us"):.2f} x',
        '<= 0.8 x')
    nginx.stop()
