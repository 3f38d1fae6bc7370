"""Tests what `vtlookup enrich` does with its input and its failures."""

import collections
import json
import os
import signal
import subprocess
import tempfile
import threading
import unittest

import programs


class Enrich(unittest.TestCase):
    """What `vtlookup enrich` does beside looking up."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = programs.Daemon()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.stop()

    def run_it(self, text, *options, lookup="get_domain_report", field="f"):
        return subprocess.run(
            [os.path.join(programs.BIN, "vtlookup"), "--server",
             self.daemon.address, "enrich", lookup, field, *options],
            input=text, capture_output=True, check=False)

    def test_bad_lines_are_told_and_kept_apart(self):
        text = b'{"f":"a.com"}\nnot json\n\n[1]\n{"f":"b.com"}\n{"f":"\xff"}\n'
        with tempfile.TemporaryDirectory() as folder:
            rejects = os.path.join(folder, "rejects")
            result = self.run_it(text, "--rejects", rejects)
            with open(rejects, "rb") as file:
                self.assertEqual(file.read(),
                                 b'not json\n[1]\n{"f":"\xff"}\n')
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stdout.count(b"\n"), 3)
        for line in (b"standard input:2: not JSON",
                     b"standard input:4: not a JSON object",
                     b"standard input:6: not JSON", b"3 lines are not rows"):
            self.assertIn(line, result.stderr)
        # Without a rejects file nothing is lost either.
        self.assertIn(b"not json\n", self.run_it(text).stderr)

    def test_output_that_cannot_be_written_is_a_failure(self):
        vtlookup = [os.path.join(programs.BIN, "vtlookup"), "--server",
                    self.daemon.address]
        with open("/dev/full", "wb") as full:
            for words in (["domain", "a.com"], ["domain", "a.com", "--json"],
                          ["status"], ["completion", "bash"], ["--help"]):
                result = subprocess.run(vtlookup + words, stdout=full,
                                        stderr=subprocess.PIPE, check=False)
                self.assertEqual(result.returncode, 2, words)
                self.assertIn(b"cannot be written", result.stderr)
        closed = subprocess.run(
            ["sh", "-c", 'exec "$@" >&-', "sh", *vtlookup, "domain", "a.com"],
            stderr=subprocess.PIPE, check=False)
        self.assertEqual(closed.returncode, 2)
        result = self.run_it(b"not json\n", "--rejects", "/dev/full")
        self.assertEqual(result.returncode, 2)
        self.assertIn(b"/dev/full", result.stderr)

    def test_without_standard_input_there_are_no_rows(self):
        closed = subprocess.run(
            ["sh", "-c", 'exec "$@" <&-', "sh",
             os.path.join(programs.BIN, "vtlookup"), "--server",
             self.daemon.address, "enrich", "get_domain_report", "f"],
            capture_output=True, check=False)
        self.assertEqual(closed.stdout, b"")
        self.assertIn(b"0 rows", closed.stderr)

    def test_csv_is_known_by_its_name(self):
        with tempfile.TemporaryDirectory() as folder:
            name = os.path.join(folder, "rows.csv")
            with open(name, "w", encoding="utf-8") as file:
                file.write('n,f\r\n1,a.com\r\n2,"missing.com"\r\n3,\r\n\r\n')
            result = self.run_it(b"", name)
        lines = result.stdout.decode().split("\r\n")
        header = result.stdout.decode().split("\n")[0].strip().split(",")
        self.assertEqual(header[:2], ["n", "f"])
        self.assertEqual(header[-1], "$VTError")
        self.assertTrue(any(line.startswith('2,"missing.com",0,')
                            for line in lines), lines)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout.count(b"\n"),
                         result.stdout.count(b"\r\n"))
        self.assertTrue(result.stdout.endswith(b"\r\n\r\n"))

    def test_csv_of_other_programs(self):
        with tempfile.TemporaryDirectory() as folder:
            name = os.path.join(folder, "rows.tsv")
            with open(name, "wb") as file:
                file.write(b"\xef\xbb\xbff\tnote\ra.com\t5\" disk\r"
                           b"\"b.com\"\tcaf\xe9\r")
            result = self.run_it(b"", name)
        lines = result.stdout.split(b"\r")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue(lines[0].startswith(b"\xef\xbb\xbff\tnote\t$VT"))
        self.assertTrue(lines[1].startswith(b"a.com\t5\" disk\t0\t"), lines)
        self.assertTrue(lines[2].startswith(b"\"b.com\"\tcaf\xe9\t0\t"), lines)
        for delimiter, text in ((";", b"f;b\na.com;1\n"),
                                ("tab", b"f\tb\na.com\t1\n"),
                                (",", b"f,b\na.com,1\n")):
            result = self.run_it(text, "--delimiter", delimiter)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn(b"1 looked up", result.stderr)
        for delimiter in (";;", '"', "", "\u00e9"):
            result = self.run_it(b"f\n", "--delimiter", delimiter)
            self.assertEqual(result.returncode, 2)
            self.assertIn(b"one ASCII character other than a quote", result.stderr)

    def test_a_quote_that_is_not_closed_costs_one_row(self):
        # Some 10 MB. Reading everything again for each such row would take
        # hours.
        count = 100000
        text = b"f,note\n" + b"".join(
            b'a.com,"not closed %d\nb.com,"a note, with a comma"\n' % n
            for n in range(count))
        result = self.run_it(text, "--csv", "--rejects", "/dev/null", "--quiet")
        self.assertEqual(result.stdout.count(b"\n"), count + 1)
        self.assertEqual(result.returncode, 1)

    def test_a_field_that_no_row_has_is_told(self):
        warning = b"warning: no row has a value in f"
        self.assertIn(warning, self.run_it(b'{"g":1}\n', "--quiet").stderr)
        self.assertIn(warning, self.run_it(b"f\n-\n", "--csv").stderr)
        for text in (b"", b'{"f":"a.com"}\n{"g":1}\n'):
            self.assertNotIn(warning, self.run_it(text).stderr)

    def test_a_header_without_rows_is_an_answer(self):
        result = self.run_it(b"f,b\n", "--csv")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue(result.stdout.startswith(b"f,b,$VT"))

    def test_a_field_that_would_be_replaced_is_refused(self):
        result = self.run_it(b"$VTURL\na.com\n", "--csv", field="$VTURL")
        self.assertEqual(result.returncode, 2)
        self.assertIn(b"rename the field", result.stderr)
        self.assertEqual(result.stdout, b"")

    def test_some_fields_may_be_chosen(self):
        for names in ("$VTResponseCode", "VTResponseCode"):
            result = self.run_it(b'{"f":"a.com"}\n', "--fields", names)
            self.assertEqual(result.stdout,
                             b'{"f":"a.com","$VTResponseCode":0}\n')
        result = self.run_it(b"f\na.com\n", "--csv", "--fields",
                             "$VTResponseCode")
        self.assertEqual(result.stdout, b"f,$VTResponseCode,$VTError\na.com,0,\n")
        result = self.run_it(b"f\n", "--csv", "--fields", "$VTOdd")
        self.assertEqual(result.returncode, 2)
        self.assertIn(b"there is no field $VTOdd; there are, for each", result.stderr)

    def test_several_lookups_in_one_pass(self):
        text = (b'{"f":"a.com","ip":"93.184.216.34"}\n{"f":"b.com"}\n'
                b'{"ip":"no address"}\n{}\n')
        also = ("--also", "get_ip_report", "ip")
        result = self.run_it(text, *also)
        self.assertEqual(result.returncode, 0, result.stderr)
        rows = [json.loads(line) for line in result.stdout.splitlines()]
        codes = [(row.get("$VTResponseCode"), row.get("$VTResponseCode_ip"))
                 for row in rows]
        self.assertEqual(codes, [(0, 1), (0, None), (None, -1), (None, None)])
        # Enriched again, nothing comes twice.
        self.assertEqual(self.run_it(result.stdout, *also).stdout,
                         result.stdout)
        csv = self.run_it(b"f,ip\na.com,\n,93.184.216.34\n", *also, "--csv",
                          "--fields", "VTResponseCode")
        self.assertEqual(csv.stdout,
                         b"f,ip,$VTResponseCode,$VTError,$VTResponseCode_ip,"
                         b"$VTError_ip\na.com,,0,,,\n,93.184.216.34,,,1,\n")
        twice = self.run_it(text, *also, "--also", "get_url_report", "ip")
        self.assertEqual(twice.returncode, 2)
        self.assertIn(b"two lookups would add fields", twice.stderr)

    def test_an_interrupted_run_can_go_on(self):
        # More rows wait than are looked up at once.
        rows = [b'{"f":"a%d.com"}' % n for n in range(32)]
        slow = [b'{"f":"slow%d.com"}' % n for n in range(400)]
        daemon = programs.Daemon(sim=("--fault", "slow=latency:60s"))
        words = [os.path.join(programs.BIN, "vtlookup"), "--server",
                 daemon.address, "enrich", "get_domain_report", "f", "--csv",
                 "--fields=$VTResponseCode"]
        try:
            process = subprocess.Popen(
                words, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            process.stdin.write(b"f\n" + b"".join(
                json.loads(row)["f"].encode() + b"\n" for row in rows + slow))
            process.stdin.flush()
            # What is answered is written, though the rest waits.
            written = [process.stdout.readline() for _ in range(33)]
            process.send_signal(signal.SIGINT)
            rest, said = process.communicate(timeout=20)
            self.assertEqual(rest, b"")
            self.assertEqual(process.returncode, 130)
            self.assertIn(b"interrupted; the same command with --skip 32,", said)
            self.assertIn(b"32 rows in", said)
            again = subprocess.run(
                words + ["--skip", "30"], capture_output=True,
                input=b"f\n" + b"".join(
                    json.loads(row)["f"].encode() + b"\n" for row in rows),
                check=False)
            self.assertEqual(again.stdout.splitlines(True), written[31:33])
        finally:
            daemon.stop()

    def test_json_lines_of_other_programs(self):
        text = (b"\xef\xbb\xbf" + b'{"f":"a.com"}\n'
                b'{"f":"b.com","x":NaN}\n'
                b'{"f":"c.com","x":1e400,"y":"\\ud83d"}\n'
                b'{"f":"d.com","x":"\xff"}\n')
        result = self.run_it(text)
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = result.stdout.split(b"\n")
        self.assertTrue(lines[0].startswith(b'{"f":"a.com","$VT'))
        self.assertTrue(lines[2].startswith(
            b'{"f":"c.com","x":1e400,"y":"\\ud83d","$VT'))
        self.assertIn(b"4 looked up", result.stderr)
        result = self.run_it(b'{"url":{"domain":"a.com"}}\n', field="url.domain")
        self.assertIn(b"1 looked up", result.stderr)

    def test_a_slow_virustotal_costs_no_row(self):
        daemon = programs.Daemon(
            sim=("--fault", "100%=latency:100ms"),
            daemon=("--virustotal.max_inflight=4",
                    "--limits.wait_without_deadline=1s"))
        try:
            rows = [{"f": "slow%d.example.com" % n} for n in range(150)]
            for row in programs.enrich("get_domain_report", rows, "f",
                                       daemon):
                self.assertIn("$VTResponseCode", row)
        finally:
            daemon.stop()

    def test_what_becomes_of_failures(self):
        text = b'{"f":"a.com"}\n{"f":"b.com"}\n'
        options = ("--cached", "--quiet")
        kept = self.run_it(text, *options, field="f", lookup="get_ip_report")
        self.assertEqual(kept.stdout.count(b"\n"), 2)
        dropped = self.run_it(b'{"f":"1.2.3.4"}\n{"g":1}\n', "--on-error=drop",
                              *options, lookup="get_ip_report")
        self.assertEqual(dropped.stdout, b'{"g":1}\n')
        self.assertEqual(dropped.returncode, 1)
        ended = self.run_it(b'{"g":1}\n{"f":"1.2.3.4"}\n{"g":2}\n',
                            "--on-error=fail", *options, lookup="get_ip_report")
        self.assertEqual(ended.stdout, b'{"g":1}\n')
        self.assertIn(b"the same command with --skip 1,", ended.stderr)
        self.assertEqual(ended.returncode, 1)
        self.assertIn(b"standard input:2: \"NOT_FOUND", ended.stderr)

    def test_what_makes_no_sense_is_said_at_once(self):
        for options, words in ((("/nowhere",), b"No such file"),
                               (("--csv",), b"has no column f"),
                               (("--rejects", "/nowhere/x"), b"/nowhere/x")):
            result = self.run_it(b"a,b\n", *options)
            self.assertEqual(result.returncode, 2)
            self.assertIn(words, result.stderr)

    def test_a_daemon_killed_in_mid_stream_loses_no_row(self):
        daemon = programs.Daemon(sim=("--fault", "slow=latency:300ms"))
        process = subprocess.Popen(
            [os.path.join(programs.BIN, "vtlookup"), "--server",
             daemon.address, "--timeout=3s", "enrich", "get_domain_report",
             "f"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        count = 20000

        def write():
            for number in range(count):
                process.stdin.write(b'{"n":%d,"f":"%s%d.example.com"}\n' %
                                    (number, b"slow" if number % 50 == 0
                                     else b"a", number))
            process.stdin.close()

        writer = threading.Thread(target=write)
        writer.start()
        # Some rows have come, so that the run is in the middle.
        lines = [process.stdout.readline() for _ in range(100)]
        daemon.program.kill()
        lines += process.stdout.readlines()
        writer.join()
        summary = process.stderr.read().decode()
        process.stderr.close()
        process.stdout.close()
        self.assertEqual(process.wait(), 1)
        daemon.stop()
        rows = [json.loads(line) for line in lines]
        self.assertEqual([row["n"] for row in rows], list(range(count)))
        failed = [row for row in rows if "$VTError" in row]
        answered = [row for row in rows if "$VTResponseCode" in row]
        self.assertEqual(len(failed) + len(answered), count)
        self.assertGreaterEqual(len(answered), 100)
        self.assertGreater(len(failed), 0)
        errors = collections.Counter(row["$VTError"].split(":")[0]
                                     for row in failed)
        self.assertEqual(set(errors), {"UNAVAILABLE"})
        self.assertIn("times", summary)


if __name__ == "__main__":
    unittest.main()
