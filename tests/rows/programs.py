"""Starts the programs that the tests of rows need."""

import collections
import json
import os
import subprocess
import sys
import tempfile

import interpreters

BIN = os.environ["VTLOOKUP_BIN"]
PLUGIN = os.environ["VTLOOKUP_PLUGIN"]
SAMPLES = os.environ["VTLOOKUP_SAMPLES"]


class Program:
    """A program that says on its first line where it listens."""

    def __init__(self, *words, **environment):
        self._process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, **environment})
        line = self._process.stdout.readline()
        if " ready on " not in line:
            raise RuntimeError("%s: %r" % (words[0], line))
        self.address = line.split(" ready on ")[1].split()[0]

    def next_line(self):
        """Returns the next line that the program writes."""
        return self._process.stdout.readline()

    def kill(self):
        self._process.kill()
        self._process.wait()

    def stop(self):
        self._process.terminate()
        self._process.wait()
        self._process.stdout.close()


# Where a daemon listens: for gRPC, and for HTTP.
Addresses = collections.namedtuple("Addresses", "address gateway")


class Daemon:
    """A daemon, and a stand-in for VirusTotal with recorded answers."""

    def __init__(self, api="v3", answers=None, sim=(), daemon=()):
        self._folder = tempfile.TemporaryDirectory()
        words = [os.path.join(BIN, "vtsim"), *sim]
        if answers:
            words += ["--answers", answers]
        self.sim = Program(*words)
        self.program = Program(
            os.path.join(BIN, "vtlookupd"), "--listen.address=127.0.0.1:0",
            "--gateway.address=127.0.0.1:0", "--http.address=",
            "--cache.path=" + self._folder.name,
            "--virustotal.api=" + api,
            "--virustotal.base_url=" + self.sim.address,
            "--virustotal.quota.per_minute=0", "--virustotal.quota.per_day=0",
            "--virustotal.quota.per_month=0", *daemon, VT_API_KEY="test-key")
        self.address = self.program.address
        line = self.program.next_line()
        if " gateway on " not in line:
            raise RuntimeError("the daemon has no gateway: %r" % line)
        self.gateway = line.split(" gateway on ")[1].strip()

    def stop(self):
        self.program.stop()
        self.sim.stop()
        self._folder.cleanup()


def plugin(lookup, rows, field, daemon, timeout=30, config=None, call=None,
           python=sys.executable):
    """The rows as the plugin returns them, run as DNIF runs it."""
    with tempfile.TemporaryDirectory() as workdir:
        folder = os.path.join(workdir, "lookup_plugins")
        os.mkdir(folder)
        os.mkdir(os.path.join(folder, "virustotal"))
        for name in os.listdir(PLUGIN):
            if name != "dnifconfig.yml":
                os.symlink(os.path.join(PLUGIN, name),
                           os.path.join(folder, "virustotal", name))
        with open(os.path.join(folder, "virustotal", "dnifconfig.yml"), "w",
                  encoding="utf-8") as file:
            file.write(config or
                       "lookup_plugin:\n  VTLOOKUP_SERVER: %s\n"
                       "  VTLOOKUP_TIMEOUT: %s\n" % (daemon.gateway, timeout))
        script = ("import json, sys\n"
                  "sys.path.insert(0, %r)\n"
                  "import virustotal\n"
                  "rows = json.load(sys.stdin)\n"
                  "%s\n"
                  "json.dump(virustotal.%s(rows, [%r]), sys.stdout)\n" %
                  (os.path.join(folder, "virustotal"), call or "", lookup,
                   field))
        result = subprocess.run(
            [python, "-c", script], input=json.dumps(rows), text=True,
            capture_output=True, check=True,
            env={**os.environ, "WORKDIR": workdir})
        return json.loads(result.stdout)


def plugin_in_fork(name, daemon):
    """The rows of a child, whose parent has looked something up before."""
    return plugin("get_domain_report", [{"f": name}], "f", daemon,
                  call="import os\n"
                       "virustotal.get_domain_report([{'f': 'b.com'}], ['f'])\n"
                       "child = os.fork()\n"
                       "if child: sys.exit(os.waitpid(child, 0)[1])\n")


def run_over_lines(words, rows):
    text = "".join(json.dumps(row) + "\n" for row in rows)
    result = subprocess.run(words, input=text, text=True, capture_output=True,
                            check=False)
    return [json.loads(line) for line in result.stdout.splitlines()], result


def enrich(lookup, rows, field, daemon, *options):
    """The rows as `vtlookup enrich` writes them."""
    return run_over_lines([os.path.join(BIN, "vtlookup"), "--server",
                           daemon.address, "enrich", lookup, field, *options], rows)[0]


def cpp(lookup, rows, field, daemon):
    """The rows as a C++ program makes them with the client library."""
    return run_over_lines([os.path.join(BIN, "enrich_rows"), daemon.address,
                           lookup, field], rows)[0]


def main_pythons():
    """The oldest interpreter that the plugin runs in, and ours."""
    found = interpreters.found()
    return [found[version] for version in ("2.7", "3.11") if version in found]
