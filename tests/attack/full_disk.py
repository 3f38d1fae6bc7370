#!/usr/bin/env python3
"""Tests a disk that becomes full under load: the daemon goes on, ends when it
is told to, and loses no verdict that a client has received.

    full_disk.py [ROUNDS]     each round runs every story once

It mounts a small tmpfs, so it needs root; without root it is skipped (exit 77).
VTLOOKUP_BIN is the folder of the programs.
"""

import os
import signal
import sys
import threading
import time

from bad_disk import (BIN, SKIPPED, Disk, Failure, Program, check, hashes,
                      look_up, start_daemon)

DISK = 96 << 20
BEFORE = 700  # verdicts of about 6 kB: some memtables are flushed
DURING = 250
FULL_FOR = 1.0  # seconds
# How the daemon ends: when, and by which signal.
STORIES = [("while full", signal.SIGTERM), ("while full", signal.SIGKILL),
           ("after room", signal.SIGTERM), ("after room", signal.SIGKILL)]


def compare(given, kept, what):
    lost = [name for name in given if name not in kept]
    wrong = [name for name in given if kept.get(name, given[name]) !=
             given[name]]
    check(not wrong, "%d of %d verdicts from %s are wrong afterwards" %
          (len(wrong), len(given), what))
    check(not lost, "%d of %d verdicts from %s are lost" %
          (len(lost), len(given), what))


def tell(sim, name, when, how):
    """One story."""
    disk = Disk(DISK)
    try:
        folder = disk.path + "/cache"
        daemon = start_daemon(folder, sim)
        count, before = look_up(daemon, hashes(name + "before", BEFORE))
        check(count == BEFORE, "only %d answers before" % count)
        filler = threading.Thread(target=disk.fill)
        filler.start()
        count, during = look_up(daemon, hashes(name + "during", DURING))
        filler.join()
        time.sleep(FULL_FOR)
        check(count == DURING, "only %d answers while full: %s" %
              (count, daemon.said()))
        if when == "after room":
            disk.empty()
            count, _ = look_up(daemon, hashes(name + "after", 20))
            check(count == 20, "only %d answers after" % count)
        code = daemon.end(how)
        wanted = 0 if how == signal.SIGTERM else -signal.SIGKILL
        check(code == wanted, "ended with %d, not %d: %s" %
              (code, wanted, daemon.said()))
        disk.empty()
        daemon = start_daemon(folder, sim)
        try:
            _, kept = look_up(daemon, list(before) + list(during), "--cached")
            compare(before, kept, "before")
            compare(during, kept, "while the disk was full")
        finally:
            daemon.end(signal.SIGTERM)
    finally:
        disk.close()


def main():
    if os.geteuid() != 0:
        print("skipped: a tmpfs can be mounted by root only")
        return SKIPPED
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    sim = Program(os.path.join(BIN, "vtsim"))
    failed = 0
    try:
        for i in range(rounds):
            for when, how in STORIES:
                began = time.monotonic()
                what = "round %d, %s %s" % (i + 1, signal.Signals(how).name,
                                            when)
                try:
                    tell(sim, what, when, how)
                    result = "good"
                except Failure as failure:
                    failed += 1
                    result = "FAILED: %s" % failure
                print("%s: %s (%.1f s)" %
                      (what, result, time.monotonic() - began), flush=True)
    finally:
        sim.end(signal.SIGTERM)
    print("%d of %d failed" % (failed, rounds * len(STORIES)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
