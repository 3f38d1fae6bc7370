"""The common parts of the tests of a store on a bad disk: a small disk, the
programs, and lookups. It mounts file systems, so it needs root."""

import hashlib
import json
import os
import signal
import subprocess
import tempfile
import threading
import time

BIN = os.environ["VTLOOKUP_BIN"]
SKIPPED = 77  # ctest knows it
DISK_LIMIT = 128 << 20  # half of it for verdicts


class Failure(Exception):
    pass


def check(fact, text):
    if not fact:
        raise Failure(text)


class Disk:
    """A small file system, which a thread can keep full."""

    def __init__(self, size):
        self._folder = tempfile.TemporaryDirectory()
        self.path = self._folder.name
        self._full = threading.Event()
        self._thread = None
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%d" % size,
                        "tmpfs", self.path], check=True)

    def fill(self):
        self._full.set()
        self._thread = threading.Thread(target=self._keep_full)
        self._thread.start()
        while self.free() > 0:
            time.sleep(0.01)

    def free(self):
        return os.statvfs(self.path).f_bavail

    def empty(self):
        if self._thread is None:
            return
        self._full.clear()
        self._thread.join()
        self._thread = None
        os.unlink(self.path + "/filler")

    def _keep_full(self):
        with open(self.path + "/filler", "wb", buffering=0) as file:
            while self._full.is_set():
                try:
                    file.write(bytes(1 << 16))
                except OSError:
                    time.sleep(0.001)

    def close(self):
        self.empty()
        subprocess.run(["umount", "-l", self.path], check=True)
        self._folder.cleanup()


class Program:
    """A program that prints the address at which it listens."""

    def __init__(self, *words, **environment):
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=self.errors, text=True,
            env={**os.environ, **environment})
        line = self.process.stdout.readline()
        if " ready on " not in line:
            self.end(signal.SIGKILL)
            raise Failure("%s does not start: %s" % (words[0], self.said()))
        self.address = line.split(" ready on ")[1].split()[0]

    def said(self):
        self.errors.seek(0)
        return self.errors.read()[-2000:]

    def end(self, how):
        self.process.send_signal(how)
        code = self.process.wait(timeout=20)
        self.process.stdout.close()
        return code


def start_daemon(folder, sim, *words):
    return Program(
        os.path.join(BIN, "vtlookupd"), "--listen.address=127.0.0.1:0",
        "--http.address=", "--gateway.address=", "--admin.address=", "--cache.path=" + folder,
        "--cache.disk_limit=%d" % DISK_LIMIT,
        "--virustotal.base_url=" + sim.address,
        "--virustotal.quota.per_minute=0", "--virustotal.quota.per_day=0",
        "--virustotal.quota.per_month=0", *words, VT_API_KEY="test-key")


def hashes(name, count):
    return [hashlib.sha256(b"%s %d" % (name.encode(), i)).hexdigest()
            for i in range(count)]


def look_up(daemon, names, *options):
    """How many were answered, and of those that are known: hash to counts."""
    result = subprocess.run(
        [os.path.join(BIN, "vtlookup"), "--server", daemon.address, "--json",
         "file", *options, *names], capture_output=True, text=True, check=False)
    answers = 0
    known = {}
    for line in result.stdout.splitlines():
        verdict = json.loads(line).get("verdict")
        if verdict is None:
            continue
        answers += 1
        if verdict.get("response_code") == 1:
            known[verdict["indicator"]["file_hash"]] = (
                verdict.get("positives"), verdict.get("total"))
    return answers, known
