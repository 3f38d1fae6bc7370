"""What the clients ask: vtsim itself, or a daemon that asks another vtsim."""

import hashlib
import json
import os
import re
import subprocess
import urllib.request

import private_network
import tls_front

BIN = os.environ["VTLOOKUP_BIN"]
# The key with which daemons ask VirusTotal, and the tokens of their clients.
# vtsim takes the tokens as keys when the clients ask it directly.
API_KEY = "the-key-of-the-daemons"
# Each client has its own token for one lookup a minute.
LIMITED = {"limited-" + client: "a-token-for-one-lookup-a-minute-of-" + client
           for client in ("python", "node", "cvt")}
KNOWN = {"good": "a-token-of-the-clients", **LIMITED}
TOKENS = {**KNOWN, "wrong": "a-token-that-nobody-knows", "none": ""}


class Program:
    """A program that says on its first line where it listens."""

    def __init__(self, words, log, **environment):
        with open(log, "wb") as file:
            self._process = subprocess.Popen(
                words, stdout=subprocess.PIPE, stderr=file, text=True,
                env={**os.environ, **environment})
        self._name = os.path.basename(words[0])
        self._log = log
        self.address = self.address_after(" ready on ")

    def address_after(self, words):
        """Returns the address that follows these words on the next line."""
        line = self._process.stdout.readline()
        if words not in line:
            self.stop()
            with open(self._log, encoding="utf-8", errors="replace") as file:
                raise RuntimeError("%s writes %r instead of %r: %s" % (
                    self._name, line, words, file.read()))
        return line.split(words)[1].split()[0]

    def stop(self):
        self._process.terminate()
        self._process.wait()
        self._process.stdout.close()


def start_simulator(folder, name, keys, faults):
    """vtsim, whose requests are then in `name`.jsonl."""
    words = [os.path.join(BIN, "vtsim"), "--log",
             os.path.join(folder, name + ".jsonl")]
    for key in keys:
        words += ["--key", key]
    for fault in faults:
        words += ["--fault", fault]
    return Program(words, os.path.join(folder, name + ".log"))


class Simulator:
    """vtsim, asked directly; `ip` is where clients of a private network find
    it."""

    def __init__(self, folder, name, faults, network, ip):
        self._program = start_simulator(folder, name, KNOWN.values(), faults)
        self.address, self.ip, self._front = self._program.address, ip, None
        if network:
            self._front = tls_front.TlsFront(
                ip, 443, self._program.address.split("//")[1],
                network.certificate, network.key)
            self.address = "https://" + private_network.NAME

    def stop(self):
        if self._front:
            self._front.stop()
        self._program.stop()


class Daemon:
    """A daemon with tokens, which asks a vtsim of its own."""

    def __init__(self, folder, name, api, faults, network, ip):
        self._before, self.ip = os.path.join(folder, name), ip
        self._simulator = start_simulator(folder, name + "-virustotal",
                                          [API_KEY], faults)
        self._log, self._audit = self._before + ".log", self._before + ".audit"
        self._pages = []
        try:
            self._program = self._start(api, network)
            self.address = "http://" + self._program.address_after(
                " gateway on ")
        except BaseException:
            self._simulator.stop()
            raise
        if network:
            self.address = "https://" + private_network.NAME

    def _start(self, api, network):
        gateway = self.ip + ":443" if network else "127.0.0.1:0"
        return Program(
            [os.path.join(BIN, "vtlookupd"), "--config",
             self._configuration(network), "--listen.address=127.0.0.1:0",
             "--gateway.address=" + gateway, "--http.address=127.0.0.1:0",
             "--admin.address=", "--virustotal.api=" + api,
             "--cache.path=" + self._before + "-cache",
             "--virustotal.base_url=" + self._simulator.address,
             "--log.level=debug"], self._log, VT_API_KEY=API_KEY)

    def _configuration(self, network):
        gateway = {"hosts": [private_network.NAME]}
        if network:
            gateway["tls"] = {"certificate_file": network.certificate,
                              "key_file": network.key}
        clients = [
            {"name": name, "roles": ["lookup", "submit"],
             "token_sha256": hashlib.sha256(token.encode()).hexdigest(),
             "lookups_per_minute": 1 if name in LIMITED else 0}
            for name, token in KNOWN.items()]
        path = self._before + ".yaml"
        with open(path, "w", encoding="utf-8") as file:
            json.dump({
                "gateway": gateway, "auth": {"clients": clients},
                "log": {"one_call_in": 1, "audit_file": self._audit},
                "virustotal": {"quota": {"per_minute": 0, "per_day": 0,
                                         "per_month": 0}}}, file)
        return path

    def save_pages(self):
        """Writes what operators see in a browser into the folder."""
        with open(self._log, encoding="utf-8") as file:
            pages = re.search(r'metrics on (http://[^"\s]*/)', file.read())[1]
        for page in ("", "metrics", "status.json"):
            self._pages.append("%s-page-%s" % (self._before, page))
            with urllib.request.urlopen(pages + page, timeout=10) as answer, \
                    open(self._pages[-1], "wb") as file:
                file.write(answer.read())

    def written(self):
        """The files with what the daemon tells its operators."""
        return [self._log, self._audit, *self._pages]

    def stop(self):
        self._program.stop()
        self._simulator.stop()
