"""Lookups over HTTP: fields beside a batch of gRPC, and a report beside nginx."""

import json
import re

from bench import POPULATION, Samples
from servers import NGINX, free_port, load, nginx_config, run

VALUES = 1000
HASH = 'ab' * 32
ENGINES = 75


class Gateway:
    """The gateway of a daemon, as a server whose CPU is the daemon's."""

    def __init__(self, daemon, port):
        self.address = f'127.0.0.1:{port}'
        self.cpu = daemon.cpu


def wrk(server, path, seconds=3, connections=16, script=None):
    """CPU and rate of requests by keep-alive connections."""
    before = server.cpu()
    words = ['wrk', '-t1', f'-c{connections}', f'-d{seconds}s']
    if script:
        words += ['-s', script]
    out = run(*words, f'http://{server.address}{path}')
    if 'Non-2xx' in out or 'Socket errors' in out:
        raise RuntimeError(out)
    calls = int(re.search(r'(\d+) requests in', out).group(1))
    return {'us': (server.cpu() - before) / calls * 1e6,
            'rate': float(re.search(r'Requests/sec:\s+([\d.]+)', out).group(1))}


def answers(bench):
    """A folder with a recorded report of 30 kB, the size of a usual one."""
    results = {f'Engine {i}': {
        'method': 'blacklist', 'engine_name': f'Engine {i}',
        'engine_version': f'1.{i}.20261127', 'engine_update': '20261127',
        'category': 'malicious' if i < 60 else 'undetected',
        'result': f'Trojan.Generic.{i * 7919}' if i < 60 else None}
        for i in range(ENGINES)}
    report = {'data': {'type': 'file', 'id': HASH, 'attributes': {
        'sha256': HASH, 'md5': 'cd' * 16, 'sha1': 'ef' * 20,
        'last_analysis_date': 1795500000, 'last_analysis_results': results,
        'last_analysis_stats': {'malicious': 60, 'suspicious': 0,
                                'undetected': ENGINES - 60, 'harmless': 0},
        'names': [f'{i:04x}_some_name_of_a_file.exe' for i in range(420)]}}}
    folder = bench.folder / 'answers'
    reports = folder / 'v3' / 'file'
    reports.mkdir(parents=True)
    (reports / 'report.json').write_text(json.dumps(report))
    return folder


def start(bench, cache, sim):
    port = free_port()
    daemon = bench.daemon(cache, sim, f'--gateway.address=127.0.0.1:{port}')
    return daemon, Gateway(daemon, port)


def post_script(bench):
    """A script of wrk that asks for the fields of a thousand domains."""
    body = json.dumps({'values': [f'd{i}.bench.example.com'
                                  for i in range(VALUES)]})
    script = bench.folder / 'fields.lua'
    script.write_text(
        'wrk.method = "POST"\nwrk.headers["Content-Type"] = '
        f'"application/json"\nwrk.body = [[{body}]]\n')
    return script


def fields(bench, daemon, gateway):
    script = post_script(bench)

    def over_http():
        result = wrk(gateway, '/v1/fields/get_domain_report', connections=4,
                     script=script)
        return {'us': result['us'] / VALUES, 'rate': result['rate'] * VALUES}

    def over_grpc():
        result = load(daemon, kind='batch', batch=VALUES, view='full',
                      connections=4, in_flight=4, seconds=3,
                      population=POPULATION)
        return {'us': result['cpu'] / result['verdicts'] * 1e6,
                'rate': result['verdicts'] / result['seconds']}

    samples = Samples(ours=over_http, grpc=over_grpc)
    bench.report.add(
        f'/v1/fields of {VALUES:,} values, and BatchLookup with VIEW_FULL',
        f'us of CPU per value {samples.told("ours", "us")}; '
        f'{samples.told("grpc", "us")}',
        f'{samples.ratio("ours", "grpc", "us"):.2f} x', '<= 2 x')
    bench.report.add(
        'its values/s, end to end',
        f'{samples.told("ours", "rate", 0)}; {samples.told("grpc", "rate", 0)}',
        f'{samples.ratio("ours", "grpc", "rate"):.2f} x', '>= 0.5 x')


def report(bench, gateway, sim):
    port = free_port()
    folder = bench.folder / 'nginx-report'
    folder.mkdir()
    config = folder / 'nginx.conf'
    config.write_text(nginx_config(folder, port, sim))
    nginx = bench.serve([NGINX, '-e', folder / 'error.log', '-p', folder,
                        '-c', config], port)
    path = f'/api/v3/files/{HASH}'
    size = len(run('curl', '-sf', f'http://{gateway.address}{path}'))
    for server in (gateway, nginx):
        wrk(server, path, seconds=1)
    samples = Samples(ours=lambda: wrk(gateway, path),
                      nginx=lambda: wrk(nginx, path))
    bench.report.add(
        f'cached file report of API v3, {size / 1000:.0f} kB, and nginx proxy '
        'cache', f'us of CPU {samples.told("ours", "us")}; '
                 f'{samples.told("nginx", "us")}',
        f'{samples.ratio("ours", "nginx", "us"):.2f} x', '<= 1.3 x')
    nginx.stop()


def gateway(bench, cache):
    sim = bench.sim('--answers', answers(bench))
    daemon, http = start(bench, cache, sim)
    bench.warm(daemon)
    fields(bench, daemon, http)
    report(bench, http, sim)
    daemon.stop()
    sim.stop()
