#!/usr/bin/env python3
"""Tests a store that cannot be used, and a store that two daemons want.

It mounts file systems, so it needs root; without root it is skipped (exit 77).
VTLOOKUP_BIN is the folder of the programs.
"""

import os
import signal
import stat
import subprocess
import sys
import unittest

from bad_disk import (BIN, SKIPPED, Disk, Failure, Program, hashes,
                      look_up, start_daemon)

REQUIRED = "--cache.required=true"


class BadStore(unittest.TestCase):

    def setUp(self):
        self.disk = Disk(128 << 20)
        self.addCleanup(self.disk.close)
        self.sim = Program(os.path.join(BIN, "vtsim"))
        self.addCleanup(self.sim.end, signal.SIGTERM)
        self.folder = self.disk.path + "/cache"

    def start(self, *words):
        daemon = start_daemon(self.folder, self.sim, *words)
        self.addCleanup(self.end, daemon)
        return daemon

    def end(self, daemon):
        if daemon.process.poll() is None:
            self.assertEqual(daemon.end(signal.SIGTERM), 0, daemon.said())

    def serves_from_memory(self):
        daemon = self.start()
        count, known = look_up(daemon, hashes("a", 20))
        self.assertEqual(count, 20, daemon.said())
        self.assertEqual(look_up(daemon, list(known), "--cached")[1], known)
        self.assertIn("error cache: ", daemon.said())
        self.assertIn("counted in memory only", daemon.said())
        self.end(daemon)
        with self.assertRaises(Failure):
            self.start(REQUIRED)

    def refuses_a_second(self):
        first = self.start()
        with self.assertRaisesRegex(Failure, "in use by another process"):
            self.start()
        return first

    def test_read_only(self):
        daemon = self.start()
        look_up(daemon, hashes("before", 20))
        self.end(daemon)
        subprocess.run(["mount", "-o", "remount,ro", self.disk.path],
                       check=True)
        self.serves_from_memory()

    def test_a_file_in_its_place(self):
        with open(self.folder, "w", encoding="utf-8") as file:
            file.write("x")
        self.serves_from_memory()

    def test_two_daemons(self):
        self.refuses_a_second()

    def test_two_daemons_on_a_full_disk(self):
        self.end(self.start())
        self.disk.fill()
        self.refuses_a_second()

    def test_two_daemons_where_the_disk_fills_later(self):
        self.start()
        self.disk.fill()
        with self.assertRaisesRegex(Failure, "in use by another process"):
            self.start()

    def test_two_daemons_on_a_damaged_store(self):
        daemon = self.start()
        _, known = look_up(daemon, hashes("a", 200))
        self.end(daemon)
        with open(self.folder + "/verdicts/BROKEN", "wb"):
            pass
        first = self.refuses_a_second()
        # The copy is made in the background, soon.
        for _ in range(100):
            kept = look_up(first, list(known), "--cached")[1]
            if kept == known:
                break
        self.assertEqual(kept, known, first.said())
        self.assertIn("entries were copied", first.said())

    def test_a_flipped_bit(self):
        daemon = self.start()
        _, known = look_up(daemon, hashes("a", 400))
        self.end(daemon)
        self.end(self.start())  # turns the write-ahead log into a table
        tables = [file for file in os.scandir(self.folder + "/verdicts")
                  if file.name.endswith(".sst")]
        largest = max(tables, key=lambda file: file.stat().st_size)
        with open(largest.path, "r+b") as file:
            file.seek(largest.stat().st_size // 2)
            byte = file.read(1)[0]
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte ^ 1]))
        socket = "unix:" + self.disk.path + "/admin.sock"
        self.start("--admin.address=" + socket)
        export = subprocess.run(
            [os.path.join(BIN, "vtlookup"), "--server", socket, "admin",
             "export"], capture_output=True, text=True, check=False)
        self.assertEqual(export.returncode, 0, export.stderr)
        # A block of 16 KiB, and each verdict is there under three hashes.
        self.assertGreater(len(export.stdout.splitlines()),
                           3 * 0.8 * len(known))

    def test_nobody_else_can_read_it(self):
        before = os.umask(0o022)
        self.addCleanup(os.umask, before)
        os.makedirs(self.folder + "/verdicts")
        daemon = self.start()
        look_up(daemon, hashes("a", 20))
        self.end(daemon)
        paths = [self.folder]
        for folder, folders, files in os.walk(self.folder):
            paths += [os.path.join(folder, name) for name in folders + files]
        self.assertGreater(len(paths), 5)
        for path in paths:
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode) & 0o077, 0,
                             path)


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("skipped: only root can mount")
        sys.exit(SKIPPED)
    unittest.main(warnings="ignore")
