"""Tests that the rows are those that VirusTotal's JSON gives."""

import base64
import glob
import json
import os
import unittest
import urllib.parse
import urllib.request

import expected
import programs


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
            by_plugin = programs.plugin(lookup, rows, "f", daemon)
            for python in programs.main_pythons():
                self.assertEqual(by_plugin, programs.plugin(
                    lookup, rows, "f", daemon, python=python))
            self.assertEqual(
                by_plugin, programs.enrich(lookup, rows, "f", daemon))
            self.assertEqual(
                by_plugin, programs.cpp(lookup, rows, "f", daemon))
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


if __name__ == "__main__":
    unittest.main()
