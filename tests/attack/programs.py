"""Starts the programs that attacks need, and measures them from outside."""

import hashlib
import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

BIN = os.environ.get("VTLOOKUP_BIN", "build/dev/bin")
HERE = os.path.dirname(os.path.abspath(__file__))
MIB = 1 << 20


class Target:
    """Where to connect; `ca_file` means with TLS. `source` is the address of
    loopback to connect from, and `token` is sent with each call, if there are
    any."""

    def __init__(self, address, ca_file=None, source=None, token=None):
        host, port = address.rsplit(":", 1)
        self.host = host
        self.port = int(port)
        self.address = address
        self.ca_file = ca_file
        self.tls = ca_file is not None
        self._source = source
        self.headers = []
        if token:
            self.headers.append(
                (b"authorization", b"Bearer " + token.encode()))

    def connect(self, timeout):
        """A TCP connection."""
        return socket.create_connection(
            (self.host, self.port), timeout,
            source_address=(self._source, 0) if self._source else None)


# Tokens of clients, by name.
TOKENS = {"honest": "token-of-an-honest-client",
          "bad": "token-of-a-client-gone-bad",
          "operator": "token-of-an-operator"}


def configuration_with_clients(folder):
    """A file with the clients of TOKENS, who may look up; the operator may do
    more."""
    path = os.path.join(folder, "vtlookupd.yml")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"auth": {"clients": [
            {"name": name,
             "roles": ["lookup", "admin"] if name == "operator" else ["lookup"],
             "token_sha256": hashlib.sha256(token.encode()).hexdigest()}
            for name, token in TOKENS.items()]}}, file)
    return path


class Simulator:
    """vtsim, the stand-in for VirusTotal, on a port of its own."""

    def __init__(self):
        self._process = subprocess.Popen(
            [os.path.join(BIN, "vtsim")], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        line = self._process.stdout.readline()
        self.url = line.split(" ready on ")[1].split()[0]

    def stop(self):
        """Ends it."""
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()


class Daemon:
    """vtlookupd with a cache of its own, on loopback.

    `files` limits how many files it may open. What it logs is in `log_file`.
    """

    def __init__(self, folder, simulator, options=(), files=None):
        self.log_file = os.path.join(folder, "daemon.log")
        limit = None
        if files is not None:
            def limit():
                resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
        with open(self.log_file, "wb") as log:
            self._process = subprocess.Popen(
                [os.path.join(BIN, "vtlookupd"),
                 "--listen.address=127.0.0.1:0", "--http.address=127.0.0.1:0",
                 "--gateway.address=",
                 "--admin.address=",
                 "--cache.path=" + os.path.join(folder, "cache"),
                 "--virustotal.base_url=" + simulator.url,
                 "--log.format=json", *options],
                stdout=subprocess.PIPE, stderr=log, text=True,
                preexec_fn=limit, env={**os.environ, "VT_API_KEY": "test-key"})
        line = self._process.stdout.readline()
        if " ready on " not in line:
            raise RuntimeError("vtlookupd does not start: " + self.log())
        self.address = line.split(" ready on ")[1].split()[0]
        self.gateway = None
        if any(word.startswith("--gateway.address=1") for word in options):
            line = self._process.stdout.readline()
            self.gateway = line.split(" gateway on ")[1].strip()
        self.pid = self._process.pid
        self.pages = re.search(r'status and metrics on (http://[^"\s]*/)',
                               self.log()).group(1)

    def log(self):
        """Returns the whole log."""
        with open(self.log_file, encoding="utf-8", errors="replace") as file:
            return file.read()

    def log_lines(self):
        """How many lines it has logged, and how many are not JSON."""
        lines, odd = self.log().splitlines(), 0
        for line in lines:
            try:
                json.loads(line)
            except ValueError:
                odd += 1
        return len(lines), odd

    def exit_code(self):
        """None while it runs; minus the signal that ended it."""
        return self._process.poll()

    def ready(self):
        """What /readyz says, as a number; None when it does not answer."""
        try:
            with urllib.request.urlopen(self.pages + "readyz",
                                        timeout=1) as response:
                return response.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def admin(self):
        """The address of its AdminService."""
        return re.search(r"AdminService on ([^\s\"]+)", self.log()).group(1)

    def stop(self, patience=8):
        """SIGTERM. Its exit code, and how many seconds it took; after
        `patience` it is killed."""
        begin = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        return self._process.returncode, time.monotonic() - begin


class Hits:
    """The honest client of hits.py, in a process of its own."""

    def __init__(self, target, token=None):
        words = [sys.executable, "-B", os.path.join(HERE, "hits.py"),
                 target.address]
        if target.ca_file:
            words += ["--ca", target.ca_file]
        if token:
            words += ["--token", token]
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self._process.stdout.readline() != "ready\n":
            raise RuntimeError("the honest client gets no answer")
        self.samples = []  # of (begin, seconds, outcome), appended by a thread
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._process.stdout:
            begin, took, outcome = line.split()
            self.samples.append((float(begin), float(took), outcome))

    def stop(self):
        """Ends it; `samples` are then complete."""
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        self._process.stdout.close()


class Watch:
    """Looks at a process every 20 ms: its memory, threads and files."""

    def __init__(self, pid):
        self._pid = pid
        self._over = threading.Event()
        self.before = self._look() or {}
        self.most = dict(self.before)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _look(self):
        try:
            with open("/proc/%d/status" % self._pid, encoding="ascii") as file:
                status = dict(line.split(":", 1) for line in file)
            return {"rss": int(status["VmRSS"].split()[0]) * 1024,
                    "threads": int(status["Threads"]),
                    "files": len(os.listdir("/proc/%d/fd" % self._pid))}
        except (OSError, KeyError):
            return None  # it has ended

    def _run(self):
        while not self._over.wait(0.02):
            for name, value in (self._look() or {}).items():
                self.most[name] = max(self.most[name], value)

    def growth(self):
        """Returns by how many bytes the memory has grown, at most."""
        return self.most["rss"] - self.before["rss"]

    def stop(self):
        """Stops measuring."""
        self._over.set()
        self._thread.join()


def make_certificates(folder, address="127.0.0.1"):
    """An authority, and a certificate of its for `address`: the names of the
    authority's file, the certificate's and the key's."""
    ca, server = os.path.join(folder, "ca"), os.path.join(folder, "server")

    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", "/CN=Test-CA", "-keyout", ca + ".key", "-out",
            ca + ".pem")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + address,
            "-keyout", server + ".key", "-out", server + ".csr")
    with open(server + ".ext", "w", encoding="ascii") as file:
        file.write("subjectAltName=IP:%s\n" % address)
    openssl("x509", "-req", "-days", "2", "-in", server + ".csr", "-CA",
            ca + ".pem", "-CAkey", ca + ".key", "-CAcreateserial", "-extfile",
            server + ".ext", "-out", server + ".pem")
    return ca + ".pem", server + ".pem", server + ".key"


def temporary_folder():
    """A folder that is deleted with the object."""
    return tempfile.TemporaryDirectory(prefix="vtlookup-attack-")


def page(url):
    """Returns the body of an HTTP page."""
    with urllib.request.urlopen(url, timeout=5) as response:
        return response.read().decode()
