#!/usr/bin/env python3
"""Tests that the status server answers a probe while a thousand clients send
their requests a byte at a time.

VTLOOKUP_BIN is the folder with vtlookupd. All traffic is on loopback.
"""

import os
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time

SLOW = 1000
SECONDS = 6
LIMIT = 1.0  # seconds for a probe


def raise_file_limit():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Drip(threading.Thread):
    """Keeps SLOW connections open, each of which sends a byte every second."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self._port = port
        self._open = []
        self.opened = 0
        self.stop = threading.Event()

    def _connect(self):
        sock = socket.socket()
        sock.setblocking(False)
        sock.connect_ex(("127.0.0.1", self._port))
        self.opened += 1
        return sock

    def run(self):
        while not self.stop.is_set():
            begin = time.monotonic()
            while len(self._open) < SLOW:
                self._open.append(self._connect())
            left = []
            for sock in self._open:
                try:
                    # A broken connection is opened again in the next round.
                    try:
                        if sock.recv(1) == b"":
                            raise OSError
                    except BlockingIOError:
                        pass
                    sock.send(b"G")
                    left.append(sock)
                except BlockingIOError:
                    left.append(sock)
                except OSError:
                    sock.close()
            self._open = left
            self.stop.wait(max(0, 1 - (time.monotonic() - begin)))
        for sock in self._open:
            sock.close()


def probe(port):
    """Seconds until /readyz was answered; None when it was not in time."""
    begin = time.monotonic()
    try:
        with socket.create_connection(("127.0.0.1", port), LIMIT) as sock:
            sock.settimeout(LIMIT)
            sock.sendall(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = sock.recv(4096)
    except OSError:
        return None
    took = time.monotonic() - begin
    return took if answer.startswith(b"HTTP/1.1 200") and took < LIMIT else None


def main():
    raise_file_limit()
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        daemon = subprocess.Popen(
            [os.path.join(os.environ["VTLOOKUP_BIN"], "vtlookupd"),
             "--listen.address=127.0.0.1:0", f"--http.address=127.0.0.1:{port}",
             "--gateway.address=",
             "--admin.address=", f"--cache.path={folder}"],
            env={**os.environ, "VT_API_KEY": "k"},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            daemon.stdout.readline()
            if probe(port) is None:
                sys.exit("no answer before anything was slow")
            drip = Drip(port)
            drip.start()
            time.sleep(1)
            times = []
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                times.append(probe(port))
                time.sleep(0.2)
            drip.stop.set()
            drip.join()
        finally:
            daemon.terminate()
            daemon.wait()
    late = times.count(None)
    best = [took for took in times if took is not None]
    print(f"{len(times)} probes beside {SLOW} slow connections "
          f"({drip.opened} opened): {late} without an answer within {LIMIT} s, "
          f"the slowest other took {max(best, default=0) * 1000:.0f} ms")
    if not times or late:
        sys.exit(1)


if __name__ == "__main__":
    main()
