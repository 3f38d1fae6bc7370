"""Tests that the plugin, `vtlookup enrich` and a program with the C++ library
make the same rows."""

import os
import random
import tempfile
import unittest
import unittest.mock

import interpreters
import programs

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
                arguments = (lookup, rows, "$Value", daemon)
                by_plugin = programs.plugin(*arguments)
                self.assertEqual(len(by_plugin), len(rows))
                for before, after in zip(rows, by_plugin):
                    if "$Value" not in before:
                        self.assertEqual(before, after)
                        continue
                    if before["$Value"] in (None, ""):
                        self.assertEqual(before, after)
                        continue
                    self.assertEqual(before["$Number"], after["$Number"])
                    self.assertNotEqual(after.get("$VTError"), "old")
                    self.assertIn("$VTResponseCode", after)
                for python in programs.main_pythons():
                    self.same(by_plugin, programs.plugin(
                        *arguments, python=python), lookup)
                self.same(by_plugin, programs.enrich(*arguments), lookup)
                self.same(by_plugin, programs.cpp(*arguments), lookup)
        finally:
            daemon.stop()

    def same(self, first, second, what):
        self.assertEqual(len(first), len(second), what)
        for one, other in zip(first, second):
            if what == "post_scan_url":
                # Each of them has submitted a scan of its own.
                for row in (one, other):
                    row.pop("$VTScanID", None)
                    row.pop("$VTSystemTstamp", None)
                    row.pop("$VTPermalink", None)
            self.assertEqual(one, other, what)

    def test_with_api_v2(self):
        self.compare("v2")

    def test_with_api_v3(self):
        self.compare("v3")

    def test_the_plugin_in_each_python(self):
        daemon = programs.Daemon()
        rows = rows_for("get_url_report", 30)
        try:
            wanted = programs.enrich("get_url_report", rows, "$Value", daemon)
            for version, python in interpreters.found().items():
                self.same(wanted, programs.plugin(
                    "get_url_report", rows, "$Value", daemon, python=python),
                    version)
        finally:
            daemon.stop()

    def test_duplicates_are_asked_once(self):
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "log")
            daemon = programs.Daemon(sim=("--log", log))
            try:
                rows = [{"f": "once.example.com"}] * 1000
                programs.plugin("post_scan_url", rows, "f", daemon)
                programs.enrich("get_domain_report", rows, "f", daemon)
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
                first, second = way("get_domain_report", rows, "f", daemon)
                self.assertEqual(set(first) - {"$VTPositives"},
                                 {"f", "$VTError"})
                self.assertTrue(first["$VTError"].startswith("UNAVAILABLE: "))
                self.assertIn("$VTResponseCode", second)
                self.assertNotIn("$VTError", second)
        finally:
            daemon.stop()

    def test_a_field_without_a_value_is_not_looked_up(self):
        daemon = programs.Daemon()
        try:
            rows = [{"f": value} for value in (None, "", "-", "N/A", "n/a",
                                               " ")] + [{"f": "null"}]
            for way in (programs.plugin, programs.enrich):
                found = way("get_domain_report", rows, "f", daemon)
                self.assertEqual(found[:-1], rows[:-1])
                self.assertEqual(found[-1]["$VTResponseCode"], -1)
        finally:
            daemon.stop()

    def test_defanged_values_are_refanged_where_that_is_asked_for(self):
        daemon = programs.Daemon()
        rows = [{"f": "hxxp://evil[.]example/a"}, {"f": " \"evil.com\" "}]
        config = "lookup_plugin:\n  VTLOOKUP_SERVER: %s\n" % daemon.gateway
        try:
            for refanged in (programs.enrich("get_url_report", rows[:1], "f",
                                             daemon, "--refang"),
                             programs.plugin(
                                 "get_url_report", rows[:1], "f", None,
                                 config=config + "  VTLOOKUP_REFANG: true\n")):
                self.assertEqual(refanged[0]["f"], rows[0]["f"])
                self.assertEqual(refanged[0]["$VTURL"], "http://evil.example/a")
            for way in (programs.plugin, programs.enrich):
                row, = way("get_url_report", rows[:1], "f", daemon)
                self.assertEqual(row["$VTResponseCode"], -1)
                self.assertIn("defanged", row["$VTMessage"])
            row, = programs.enrich("get_domain_report", rows[1:], "f",
                                   daemon, "--refang")
            self.assertNotEqual(row["$VTResponseCode"], -1)
        finally:
            daemon.stop()

    def test_the_proxy_of_the_environment_is_not_for_the_daemon(self):
        daemon = programs.Daemon()
        # Nothing listens there.
        proxy = {"http_proxy": "http://127.0.0.1:9",
                 "https_proxy": "http://127.0.0.1:9",
                 "grpc_proxy": "http://127.0.0.1:9"}
        try:
            with unittest.mock.patch.dict(os.environ, proxy):
                for way in (programs.plugin, programs.enrich, programs.cpp):
                    row, = way("get_domain_report", [{"f": "a.com"}], "f",
                               daemon)
                    self.assertIn("$VTResponseCode", row)
                row, = programs.enrich("get_domain_report", [{"f": "a.com"}],
                                       "f", daemon, "--use-proxy",
                                       "--timeout=2s")
                self.assertIn("UNAVAILABLE", row["$VTError"])
        finally:
            daemon.stop()

    def test_the_plugin_survives_a_fork(self):
        daemon = programs.Daemon()
        try:
            answer = programs.plugin_in_fork("a.com", daemon)
            self.assertNotIn("$VTError", answer[0])
        finally:
            daemon.stop()

    def test_a_daemon_that_is_away(self):
        rows = [{"f": "a.com"}, {"g": 1}, {"f": "b.com"}]
        away = programs.Addresses("127.0.0.1:1", "127.0.0.1:1")
        for way in (lambda *a: programs.plugin(*a, timeout=2),
                    lambda *a: programs.enrich(*a, "--timeout=2s")):
            first, second, third = way("get_domain_report", rows, "f",
                                       away)
            self.assertTrue(first["$VTError"].startswith("UNAVAILABLE: "))
            self.assertEqual(second, {"g": 1})
            self.assertEqual(third["f"], "b.com")
            self.assertIn("$VTError", third)


if __name__ == "__main__":
    unittest.main()
