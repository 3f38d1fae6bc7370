"""Tests that the plugin, `vtlookup enrich` and a program with the C++ library
make the same rows, and that these are the rows that VirusTotal's JSON gives."""

import base64
import collections
import glob
import json
import os
import random
import shutil
import subprocess
import tempfile
import threading
import unittest
import urllib.parse
import urllib.request

import expected
import programs

LOOKUPS = ("get_url_report", "get_domain_report", "get_ip_report",
           "get_filehash_report")

VALUES = {
    "get_url_report": [
        "http://malicious.example.com/a", "clean.example.com",
        "HTTP://Missing.example.com/x", "http://queued.example.com/",
        "http://10.0.0.1/", "http://u:p@a.com/", "not a url", "",
        "http://münchen.example.com/ä?b=c#d", 12, 1.5, True, None, ["a"],
        {"b": 1}, "0" * 64 + "-1390467782"],
    "get_domain_report": ["malicious.example.com", "a.com", "db.corp",
                          "missing.com", "x y", 7],
    "get_ip_report": ["8.8.8.8", "1.1.1.1", "10.0.0.1", "::1", "999.1.1.1",
                      "2001:4860:4860::8888", 16843009],
    "get_filehash_report": ["44d88612fea8a8f36de82e1278abb02f", "0" * 40,
                            "A" * 64, "xyz"],
    "post_scan_url": ["http://scan.example.com/", "http://10.0.0.1/", "x y"],
}


def rows_for(lookup, count=60):
    """Rows of all sorts, some of them without the field."""
    shuffle = random.Random(lookup)
    rows = []
    for number in range(count):
        row = {"$Number": number, "$Text": "ünï\n\"\\", "$Nested": {"a": [1]}}
        if number % 7 != 3:
            row["$Value"] = shuffle.choice(VALUES[lookup])
        if number % 5 == 2:
            # The fields of an earlier lookup.
            row.update({"$VTPositives": 99, "$VTError": "old", "$VTURL": "old"})
        rows.append(row)
    return rows


class SameRows(unittest.TestCase):
    """All three ways over the same rows."""

    def compare(self, api):
        daemon = programs.Daemon(api)
        try:
            for lookup in VALUES:
                rows = rows_for(lookup)
                arguments = (lookup, rows, "$Value", daemon.address)
                by_plugin = programs.plugin(*arguments)
                self.assertEqual(len(by_plugin), len(rows))
                for before, after in zip(rows, by_plugin):
                    if "$Value" not in before:
                        self.assertEqual(before, after)
                        continue
                    self.assertEqual(before["$Number"], after["$Number"])
                    self.assertNotEqual(after.get("$VTError"), "old")
                    if before["$Value"] == "":
                        self.assertEqual(
                            after["$VTError"],
                            "INVALID_ARGUMENT: the value is empty")
                    else:
                        self.assertIn("$VTResponseCode", after)
                self.same(by_plugin, programs.enrich(*arguments), lookup)
                self.same(by_plugin, programs.cpp(*arguments), lookup)
        finally:
            daemon.stop()

    def same(self, first, second, what):
        self.assertEqual(len(first), len(second), what)
        for one, other in zip(first, second):
            if what == "post_scan_url":
                # Each of the three ways has submitted a scan of its own.
                for row in (one, other):
                    row.pop("$VTScanID", None)
                    row.pop("$VTSystemTstamp", None)
                    row.pop("$VTPermalink", None)
            self.assertEqual(one, other, what)

    def test_with_api_v2(self):
        self.compare("v2")

    def test_with_api_v3(self):
        self.compare("v3")

    def test_duplicates_are_asked_once(self):
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "log")
            daemon = programs.Daemon(sim=("--log", log))
            try:
                rows = [{"f": "once.example.com"}] * 1000
                programs.plugin("post_scan_url", rows, "f", daemon.address)
                programs.enrich("get_domain_report", rows, "f", daemon.address)
                with open(log, encoding="utf-8") as requests:
                    self.assertEqual(len(requests.readlines()), 2)
            finally:
                daemon.stop()

    def test_a_failure_reads_as_a_failure(self):
        daemon = programs.Daemon(sim=("--fault", "broken=status:503"),
                                 daemon=("--virustotal.max_retries=0",))
        try:
            rows = [{"f": "broken.example.com", "$VTPositives": 0},
                    {"f": "a.com"}]
            for way in (programs.plugin, programs.enrich, programs.cpp):
                first, second = way("get_domain_report", rows, "f",
                                    daemon.address)
                self.assertEqual(set(first) - {"$VTPositives"},
                                 {"f", "$VTError"})
                self.assertTrue(first["$VTError"].startswith("UNAVAILABLE: "))
                self.assertIn("$VTResponseCode", second)
                self.assertNotIn("$VTError", second)
        finally:
            daemon.stop()

    def test_the_plugin_survives_a_fork(self):
        daemon = programs.Daemon()
        try:
            answer = programs.plugin_in_fork("a.com", daemon.address)
            self.assertNotIn("$VTError", answer[0])
        finally:
            daemon.stop()

    def test_mistakes_in_the_configuration_are_told_in_the_rows(self):
        for lines, words in (
                ("  VTLOOKUP_TIMEOUT: nan\n", "must be a number of seconds"),
                ("  VTLOOKUP_SERVER:\n", "host:port"),
                ("  VTLOOKUP_CERT: x\n  VTLOOKUP_KEY: y\n", "VTLOOKUP_CA"),
                ("  VTLOOKUP_SERVER: far:1\n  VTLOOKUP_TOKEN_FILE: /dev/null\n",
                 "VTLOOKUP_CA"),
                ("  VTLOOKUP_SERVER: 127.far.example:1\n"
                 "  VTLOOKUP_TOKEN_FILE: /dev/null\n", "VTLOOKUP_CA"),
                ("  VTLOOKUP_SEVER: x\n", ":2: VTLOOKUP_SEVER: unknown key")):
            row, = programs.plugin("get_ip_report", [{"f": "8.8.8.8"}], "f",
                                   None, config="lookup_plugin:\n" + lines)
            self.assertIn("FAILED_PRECONDITION", row["$VTError"])
            self.assertIn(words, row["$VTError"])

    def test_a_daemon_that_is_away(self):
        rows = [{"f": "a.com"}, {"g": 1}, {"f": "b.com"}]
        for way in (lambda *a: programs.plugin(*a, timeout=2),
                    lambda *a: programs.enrich(*a, "--timeout=2s")):
            first, second, third = way("get_domain_report", rows, "f",
                                       "127.0.0.1:1")
            self.assertTrue(first["$VTError"].startswith("UNAVAILABLE: "))
            self.assertEqual(second, {"g": 1})
            self.assertEqual(third["f"], "b.com")
            self.assertIn("$VTError", third)


class Samples(unittest.TestCase):
    """Every recorded answer that can be asked for, served by the stand-in, and
    the row that its JSON must make."""

    def setUp(self):
        if not os.path.isdir(programs.SAMPLES):
            self.skipTest("the recorded answers are not here")

    def rows(self, api, lookup, values):
        daemon = programs.Daemon(
            api, answers=programs.SAMPLES,
            daemon=("--privacy.allow_unlisted_suffixes=true",
                    "--privacy.allow_private_ips=true"))
        try:
            rows = [{"f": value} for value in values]
            by_plugin = programs.plugin(lookup, rows, "f", daemon.address)
            self.assertEqual(
                by_plugin, programs.enrich(lookup, rows, "f", daemon.address))
            self.assertEqual(
                by_plugin, programs.cpp(lookup, rows, "f", daemon.address))
            bodies = [self.served(daemon.sim.address, api, lookup, value)
                      for value in values]
            for row in by_plugin:
                del row["f"]
            return list(zip(values, by_plugin, bodies))
        finally:
            daemon.stop()

    @staticmethod
    def served(sim, api, lookup, value):
        """What the stand-in itself says."""
        quoted = urllib.parse.quote(value, safe="")
        path = {
            ("v2", "get_url_report"): "/vtapi/v2/url/report?resource=%s",
            ("v2", "get_filehash_report"): "/vtapi/v2/file/report?resource=%s",
            ("v2", "get_domain_report"): "/vtapi/v2/domain/report?domain=%s",
            ("v2", "get_ip_report"): "/vtapi/v2/ip-address/report?ip=%s",
            ("v3", "get_filehash_report"): "/api/v3/files/%s",
            ("v3", "get_domain_report"): "/api/v3/domains/%s",
            ("v3", "get_ip_report"): "/api/v3/ip_addresses/%s",
            ("v3", "get_url_report"): "/api/v3/urls/%s",
        }[(api, lookup)]
        if path.startswith("/api/v3/urls/"):
            value = base64.urlsafe_b64encode(value.encode()).decode()
            quoted = value.rstrip("=")
        path %= quoted
        request = urllib.request.Request(
            sim + path + ("&apikey=x" if api == "v2" else ""),
            headers={"x-apikey": "x"})
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    @staticmethod
    def bodies(folder):
        for name in sorted(glob.glob(os.path.join(programs.SAMPLES, folder,
                                                  "*.json"))):
            with open(name, encoding="utf-8") as file:
                body = json.load(file)
            for each in body if isinstance(body, list) else [body]:
                yield os.path.basename(name), each

    def check(self, rows, make):
        self.assertGreaterEqual(len(rows), 3)
        for value, row, body in rows:
            wanted = make(body)
            for name in set(wanted) | set(row):
                self.assertEqual(wanted.get(name), row.get(name),
                                 "%s of %s" % (name, value))

    def test_urls_of_v2(self):
        values = {body.get("url") or body.get("resource")
                  for _, body in self.bodies("v2/url")
                  if body.get("response_code") == 1 and body.get("positives")
                  is not None}
        values = sorted(v for v in values if v and v.startswith("http"))
        rows = self.rows("v2", "get_url_report", values)
        self.check(rows, lambda body: expected.url_v2(body, False))

    def test_files_of_v2(self):
        values = sorted({body["sha256"] for _, body in self.bodies("v2/file")
                         if len(body.get("sha256", "")) == 64})
        rows = [each for each in self.rows("v2", "get_filehash_report", values)
                # For some names the stand-in has the answers of a rescan.
                if "positives" in each[2]]
        self.check(rows, expected.file_v2)

    def test_domains_of_v2(self):
        names = [name for name, body in self.bodies("v2/domain")
                 if body["response_code"] == 1]
        values = sorted({name.split("-")[1] for name in names
                         if "." in name.split("-")[1]})
        rows = self.rows("v2", "get_domain_report", values)
        self.assertGreaterEqual(len(rows), 3)
        self.check(rows + rows, expected.domain_v2)

    def test_addresses_of_v2(self):
        names = [name for name, _ in self.bodies("v2/ip")]
        values = sorted({name.split("-")[1] for name in names
                         if name.count(".") > 3})
        self.check(self.rows("v2", "get_ip_report", values), expected.ip_v2)

    def check_v3(self, folder, lookup, value_of, make):
        data = {}
        for _, body in self.bodies("v3/" + folder):
            if isinstance(body.get("data"), dict) and "id" in body["data"]:
                value = value_of(body["data"])
                if value:
                    data[value] = body["data"]
        rows = [(value, {name: row[name] for name in row
                         # Of our own making for v3.
                         if name not in ("$VTPermalink", "$VTScanID",
                                         "$VTMessage")}, body)
                for value, row, body in
                self.rows("v3", lookup, sorted(data))]
        self.check(rows, lambda body: make(body["data"]))

    def test_files_of_v3(self):
        self.check_v3(
            "file", "get_filehash_report",
            lambda data: data["id"] if len(data["id"]) == 64 else None,
            expected.file_v3)

    def test_urls_of_v3(self):
        self.check_v3("url", "get_url_report",
                      lambda data: data["attributes"].get("url"),
                      expected.url_v3)

    def test_domains_of_v3(self):
        self.check_v3("domain", "get_domain_report", lambda data: data["id"],
                      expected.domain_v3)

    def test_addresses_of_v3(self):
        self.check_v3("ip", "get_ip_report", lambda data: data["id"],
                      expected.ip_v3)


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

    def test_a_slow_virustotal_costs_no_row(self):
        daemon = programs.Daemon(
            sim=("--fault", "100%=latency:100ms"),
            daemon=("--virustotal.max_inflight=4",
                    "--limits.wait_without_deadline=1s"))
        try:
            rows = [{"f": "slow%d.example.com" % n} for n in range(150)]
            for row in programs.enrich("get_domain_report", rows, "f",
                                       daemon.address):
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


class Completion(unittest.TestCase):
    """bash completes what the script says."""

    def completed(self, *words):
        script = subprocess.run(
            [os.path.join(programs.BIN, "vtlookup"), "completion", "bash"],
            capture_output=True, text=True, check=True).stdout
        quoted = " ".join("'%s'" % word for word in ("vtlookup",) + words)
        script += ("COMP_WORDS=(%s)\nCOMP_CWORD=%d\n_vtlookup\n"
                   "printf '%%s\\n' \"${COMPREPLY[@]}\"\n" %
                   (quoted, len(words)))
        result = subprocess.run(["bash", "-c", script], capture_output=True,
                                text=True, check=True)
        return result.stdout.split()

    def test_bash(self):
        self.assertIn("enrich", self.completed("en"))
        self.assertEqual(self.completed("enrich", "get_i"), ["get_ip_report"])
        self.assertIn("--on-error=", self.completed("enrich", "--on"))
        self.assertIn("--server=", self.completed("url", "--ser"))

    def test_zsh(self):
        if shutil.which("zsh") is None:
            self.skipTest("there is no zsh")
        script = subprocess.run(
            [os.path.join(programs.BIN, "vtlookup"), "completion", "zsh"],
            capture_output=True, text=True, check=True).stdout
        subprocess.run(["zsh", "-n"], input=script, text=True, check=True)


if __name__ == "__main__":
    unittest.main()
