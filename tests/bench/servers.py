"""The servers that are measured, and the load on them."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = ROOT / 'build/bench/bin'
NGINX = ROOT / 'build/nginx/usr/sbin/nginx'
TICK = os.sysconf('SC_CLK_TCK')


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


def nginx_config(folder, port, sim):
    """A proxy cache in front of the stand-in."""
    return f'''
        daemon off; user root; worker_processes 1; pid {folder}/pid;
        error_log {folder}/error.log;
        events {{ worker_connections 512; }}
        http {{
          access_log off; sendfile on; tcp_nopush on;
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
              proxy_set_header x-apikey key-of-the-stand-in;
            }}
          }}
        }}'''


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
