"""What every comparison needs: the daemon, the stand-in, and the report."""

import pathlib
import statistics

from servers import BIN, Server, free_port, load

POPULATION = 99_999  # a third of each kind
ROUNDS = 3


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
             '--http.address=', '--gateway.address=', f'--admin.address=unix:{cache}/admin.sock',
             f'--cache.path={cache}', f'--cache.memory={memory}',
             f'--virustotal.base_url=http://{sim.address}',
             '--virustotal.quota.per_minute=0', '--virustotal.quota.per_day=0',
             '--virustotal.quota.per_month=0', *args], port,
            env={'VT_API_KEY': 'key-of-the-stand-in'})

    def warm(self, daemon):
        load(daemon, kind='batch', in_order=True, batch=1000, view='full',
             in_flight=4, population=POPULATION)
