"""Runs an attack on a daemon beside an honest client, measures both, and holds
the figures against bounds.

An attack is a function of (target, stage). It ends by itself, leaves its
connections open in `stage.held`, and may add its own figures to
`stage.figures`. Every attack checks the same requirements: the daemon's memory
stays bounded, it answers hits during the attack and soon afterwards, and
SIGTERM ends it although the attacker still holds its connections.
"""

import argparse
import json
import os
import resource
import sys
import time

import programs
from programs import MIB


class Stage:
    """What an attack may know: its target, its limits, and when to stop."""

    def __init__(self, daemon, seconds, full, watch):
        self.daemon = daemon
        self.full = full
        self.seconds = seconds
        self.until = time.monotonic() + seconds
        # For attacks that consist of connections.
        self.connections = 19_900 if full else 256
        self.held = []
        self.figures = {}
        self._watch = watch

    def over(self):
        """Whether the time is up, or the proof is complete: there is no need
        to fill this machine's memory."""
        most = (3 if self.full else 1) * 1024 * MIB
        return time.monotonic() > self.until or self._watch.growth() > most


def latencies(samples, begin, end, every=0.005):
    """Seconds that lookups took that were under way between `begin` and `end`.
    One that took long stands for those that were not begun because of it."""
    took = []
    for start, seconds, _ in samples:
        if start + seconds < begin or start > end:
            continue
        while seconds > 0:
            took.append(seconds)
            seconds -= max(every, 0.001)
    return sorted(took)


def summary(samples, begin, end):
    """p50, p99 and the longest, in milliseconds."""
    took = latencies(samples, begin, end)
    if not took:
        return {"hits": 0}
    return {"hits": sum(begin <= s[0] <= end for s in samples),
            "p50_ms": round(1000 * took[len(took) // 2], 2),
            "p99_ms": round(1000 * took[len(took) * 99 // 100], 2),
            "max_ms": round(1000 * took[-1], 2)}


def longest_wait_after(samples, end):
    """How long a hit waited after `end`, at most."""
    return max((s[0] + s[1] - max(s[0], end) for s in samples
                if s[0] + s[1] > end), default=999.0)


def add_bounds(parser):
    """The bounds, which arguments of the command line may change."""
    parser.add_argument("--max-rss", type=float, default=300,
                        help="MiB that the daemon's memory may grow by")
    parser.add_argument("--max-p99", type=float, default=2.0,
                        help="seconds of the 99th percentile of hits during "
                        "the attack")
    parser.add_argument("--max-recovery", type=float, default=1.0,
                        help="seconds that a hit may wait after the attack")
    parser.add_argument("--max-stop", type=float, default=4.0,
                        help="seconds that SIGTERM may take")
    parser.add_argument("--max-threads", type=int, default=100)
    parser.add_argument("--max-log", type=int, default=200,
                        help="lines of the log")


def broken_bounds(figures, bounds):
    """Returns the bounds that the figures break, in words."""
    broken = []

    def check(holds, words):
        if not holds:
            broken.append(words)

    check(figures["rss_growth_mib"] <= bounds.max_rss, "memory")
    check(figures["during"].get("p99_ms", 1e9) <= 1000 * bounds.max_p99,
          "p99 of hits during the attack")
    check(figures["recovery_s"] <= bounds.max_recovery,
          "hits after the attack")
    check(not figures["failed_hits"], "failed hits")
    check(figures["exit_code"] == 0, "exit code")
    check(figures["stop_s"] <= bounds.max_stop, "SIGTERM")
    check(figures["threads"] <= bounds.max_threads, "threads")
    check(figures["log_lines"] <= bounds.max_log, "log lines")
    check(figures["log_lines_not_json"] == 0, "log lines that are not JSON")
    return broken


class Case:
    """A daemon with an honest client; one attack on it."""

    def __init__(self, options=(), files=None, tls=False, clients=False):
        self.folder = programs.temporary_folder()
        self._honest = None
        bad = None
        if clients:
            self._honest = programs.TOKENS["honest"]
            bad = programs.TOKENS["bad"]
            options = [*options, "--config",
                       programs.configuration_with_clients(self.folder.name)]
        self.simulator = programs.Simulator()
        ca_file = None
        if tls:
            ca_file, certificate, key = programs.make_certificates(
                self.folder.name)
            options = [*options,
                       "--listen.tls.certificate_file=" + certificate,
                       "--listen.tls.key_file=" + key]
        self.daemon = programs.Daemon(self.folder.name, self.simulator,
                                      options, files)
        self.target = programs.Target(self.daemon.address, ca_file, token=bad)

    def run(self, attack, seconds, full):
        """The figures of `attack`."""
        hits = programs.Hits(self.target, self._honest)
        time.sleep(0.5)
        watch = programs.Watch(self.daemon.pid)
        first = time.monotonic() - 0.5
        stage = Stage(self.daemon, seconds, full, watch)
        begin = time.monotonic()
        attack(self.target, stage)
        end = time.monotonic()
        # Waits until a hit is answered that began after the attack.
        while (time.monotonic() < end + (40 if full else 4) and
               not any(s[0] > end + 0.5 for s in hits.samples)):
            time.sleep(0.1)
        hits.stop()
        died = self.daemon.exit_code()
        code, stop_seconds = self.daemon.stop(70 if full else 8)
        watch.stop()
        lines, odd = self.daemon.log_lines()
        failed = {}
        for _, _, outcome in hits.samples:
            if outcome not in ("OK", "UNFINISHED"):
                failed[outcome] = failed.get(outcome, 0) + 1
        return {
            "seconds": round(end - begin, 1), **stage.figures,
            "rss_growth_mib": round(watch.growth() / MIB),
            "threads": watch.most["threads"], "files": watch.most["files"],
            "before": summary(hits.samples, first, begin),
            "during": summary(hits.samples, begin, end),
            "after": summary(hits.samples, end, float("inf")),
            "recovery_s": round(longest_wait_after(hits.samples, end), 2),
            "failed_hits": failed, "log_lines": lines,
            "log_lines_not_json": odd, "died_during_the_attack": died,
            "exit_code": code, "stop_s": round(stop_seconds, 2)}, stage

    def close(self, stage):
        """Ends all that is left."""
        for connection in stage.held:
            connection.close()
        self.simulator.stop()
        self.folder.cleanup()


def allow_many_files():
    """Raises the limit of files of this process as far as it may."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def main(attack, seconds=5, full_seconds=20, judge=None, files=None,
         full_files=None, tls=False, clients=False, options=(), max_rss=300):
    """Runs `attack` as a program of its own: one line of JSON, and 1 when a
    bound is broken. `judge` adds what else is wrong with the figures; `files`
    is how many the daemon may open, `full_files` in the larger form. With
    `clients` the attacker has a token, and the honest client another one.
    `options` are the daemon's. `max_rss` is the bound of memory, in MiB."""
    parser = argparse.ArgumentParser(
        description=sys.modules["__main__"].__doc__)
    parser.add_argument("--full", action="store_true",
                        help="the larger form, for measuring")
    parser.add_argument("--seconds", type=float,
                        help="how long the attack lasts at most")
    add_bounds(parser)
    parser.set_defaults(max_rss=max_rss)
    arguments = parser.parse_args()
    allow_many_files()
    stand = Case(options, full_files if arguments.full else files, tls,
                 clients)
    figures, stage = stand.run(
        attack, arguments.seconds or
        (full_seconds if arguments.full else seconds), arguments.full)
    broken = broken_bounds(figures, arguments)
    if judge is not None:
        broken += judge(figures)
    stand.close(stage)
    name = os.path.splitext(os.path.basename(sys.argv[0]))[0]
    print(json.dumps({"attack": name, **figures, "broken": broken}))
    sys.exit(1 if broken else 0)
