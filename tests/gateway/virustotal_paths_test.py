"""Tests the paths of VirusTotal's own APIs that the gateway answers.

What unmodified clients make of them is tested in tests/clients.
"""

import base64
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "rows"))
sys.path.insert(0, HERE)

import programs  # noqa: E402
from gateway_test import TOKEN, ask  # noqa: E402

FORM = "application/x-www-form-urlencoded"
# The test file of EICAR, which the stand-in has.
FILE = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"


def url_id(url):
    return base64.urlsafe_b64encode(url.encode()).decode().strip("=")


def get(daemon, path):
    """Returns status, headers and the body read as JSON, or as it is."""
    status, head, body = ask(daemon, path, method="GET")
    return status, head, json.loads(body) if body else body


def post(daemon, path, **form):
    return ask(daemon, path, urllib.parse.urlencode(form), Content_Type=FORM)


def of_sim(daemon, path):
    """What the stand-in for VirusTotal answers to the same request."""
    request = urllib.request.Request(
        daemon.sim.address + path + ("&" if "?" in path else "?") + "apikey=k",
        headers={"x-apikey": "k"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


class V3(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = programs.Daemon()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.stop()

    def test_a_report_is_what_virustotal_sends(self):
        for path in ("/api/v3/files/" + FILE,
                     "/api/v3/domains/malicious.example.com",
                     "/api/v3/ip_addresses/93.184.216.34",
                     "/api/v3/urls/" + url_id("http://malicious.example.com/")):
            status, head, answer = get(self.daemon, path)
            self.assertEqual(status, 200, answer)
            self.assertEqual(head["Content-Type"], "application/json")
            self.assertEqual(answer, of_sim(self.daemon, path), path)
            self.assertIn("fwd=miss", head["Cache-Status"])
            for _ in range(3):
                status, head, again = get(self.daemon, path)
                self.assertEqual((status, again), (200, answer))
                self.assertIn("hit", head["Cache-Status"])

    def test_relationships_are_there_for_who_asks(self):
        path = "/api/v3/domains/malicious.example.com"
        _, _, plain = get(self.daemon, path)
        self.assertNotIn("relationships", plain["data"])
        _, _, more = get(self.daemon, path + "?relationships=resolutions")
        self.assertIn("resolutions", more["data"]["relationships"])

    def test_a_url_is_found_by_its_hash_once_it_was_asked(self):
        url = "http://clean.by-hash.example.com/"
        path = "/api/v3/urls/" + hashlib.sha256(url.encode()).hexdigest()
        status, _, answer = get(self.daemon, path)
        self.assertEqual(status, 400, "not 404: VirusTotal may know it")
        self.assertIn("base64", answer["error"]["message"])
        _, _, by_url = get(self.daemon, "/api/v3/urls/" + url_id(url))
        status, _, by_hash = get(self.daemon, path)
        self.assertEqual((status, by_hash), (200, by_url))

    def test_what_has_no_report(self):
        for path, status, code in (
                ("domains/missing.com", 404, "NotFoundError"),
                ("files/nothash", 404, "NotFoundError"),
                ("ip_addresses/1.2.3.999", 404, "NotFoundError"),
                ("domains/x%20y", 400, "InvalidArgumentError"),
                ("urls/***", 400, "BadRequestError"),
                ("domains/a.com%zz", 400, "BadRequestError"),
                ("ip_addresses/10.0.0.1", 403, "ForbiddenError"),
                ("analyses/other", 400, "BadRequestError"),
                ("files/" + FILE + "/behaviours", 404, "NotFoundError"),
                ("users/me", 404, "NotFoundError")):
            got, _, answer = get(self.daemon, "/api/v3/" + path)
            self.assertEqual((got, answer["error"]["code"]), (status, code),
                             path)
            self.assertTrue(answer["error"]["message"], path)

    def test_a_url_is_submitted_and_its_analysis_followed(self):
        status, _, body = post(self.daemon, "/api/v3/urls",
                               url="http://to-scan.example.com/")
        self.assertEqual(status, 200, body)
        data = json.loads(body)["data"]
        self.assertEqual(data["type"], "analysis")
        self.assertRegex(data["id"], "^u-[0-9a-f]{64}-[0-9]+$")
        self.assertTrue(data["links"]["self"].endswith("/" + data["id"]))
        status, _, answer = get(self.daemon, "/api/v3/analyses/" + data["id"])
        self.assertEqual(status, 200, answer)
        self.assertEqual(answer["data"]["id"], data["id"])
        status, head, answer = get(
            self.daemon, "/api/v3/urls/" + url_id("http://to-scan.example.com/"))
        self.assertEqual((status, answer["error"]["code"]),
                         (503, "TransientError"), "not 404: it may be known")
        self.assertIn("Retry-After", head)
        status, _, _ = post(self.daemon, "/api/v3/urls")
        self.assertEqual(status, 400)

    def test_a_report_is_never_a_submission(self):
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "sim.log")
            daemon = programs.Daemon(sim=("--log", log), daemon=(
                "--virustotal.submit_missing_urls=true",))
            try:
                path = "/api/v3/urls/" + url_id("http://missing.com/")
                self.assertEqual(get(daemon, path)[0], 404)
            finally:
                daemon.stop()
            with open(log, encoding="utf-8") as lines:
                self.assertEqual([json.loads(line)["method"]
                                  for line in lines], ["GET"])

    def test_another_method_is_refused(self):
        status, head, _ = ask(self.daemon, "/api/v3/domains/a.com")
        self.assertEqual((status, head["Allow"]), (405, "GET"))


class V2(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = programs.Daemon()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.stop()

    def report(self, path):
        status, head, answer = get(self.daemon, "/vtapi/v2/" + path)
        self.assertEqual(status, 200, answer)
        self.assertEqual(head["Content-Type"], "application/json")
        return answer

    def test_reports_are_made_of_verdicts(self):
        file = self.report("file/report?resource=" + FILE)
        self.assertEqual(file["response_code"], 1)
        self.assertEqual(file["resource"], FILE)
        detected = sum(scan["detected"] for scan in file["scans"].values())
        self.assertEqual(file["positives"], detected)
        self.assertRegex(file["scan_date"],
                         r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")
        url = self.report("url/report?resource=http%3A%2F%2Fmalicious"
                          ".example.com%2F")
        self.assertGreater(url["positives"], 0)
        self.assertIsNone(url["filescan_id"])
        domain = self.report("domain/report?domain=malicious.example.com")
        self.assertEqual(domain["verbose_msg"], "Domain found in dataset")
        self.assertNotIn("positives", domain)
        address = self.report("ip-address/report?ip=93.184.216.34")
        self.assertIn("as_owner", address)

    def test_a_batch_is_an_array_in_its_order(self):
        hashes = [FILE.upper(), "b" * 64, "nothash"]
        answers = self.report("file/report?resource=" + "%2C+".join(hashes))
        self.assertEqual([a["resource"] for a in answers], hashes)
        self.assertEqual(answers[2]["response_code"], 0)
        urls = ["http://a.example.com/?x=1,2", "http://b.example.com/"]
        answers = self.report("url/report?resource=" +
                              urllib.parse.quote("\n".join(urls)))
        self.assertEqual([a["resource"] for a in answers], urls)

    def test_codes(self):
        for path, code in (
                ("url/report?resource=http%3A%2F%2Fmissing.com%2F", 0),
                ("url/report?resource=x%20y", -1),
                ("url/report?resource=http%3A%2F%2Fqueued.com%2F", -2),
                ("domain/report?domain=missing.com", 0),
                ("ip-address/report?ip=1.2.3.999", -1),
                ("ip-address/report?ip=10.0.0.1", -1)):
            answer = self.report(path)
            self.assertEqual(answer["response_code"], code, path)
            self.assertTrue(answer["verbose_msg"], path)
            for field in ("positives", "total", "scans"):
                self.assertNotIn(field, answer, path)

    def test_a_form_may_have_the_parameters(self):
        status, _, body = post(self.daemon, "/vtapi/v2/url/report",
                               resource="http://malicious.example.com/")
        self.assertEqual(status, 200)
        self.assertEqual(json.loads(body)["response_code"], 1)

    def test_a_url_is_submitted(self):
        status, _, body = ask(self.daemon, "/vtapi/v2/url/scan?url="
                              "http%3A%2F%2Fscan-me.example.com%2F")
        self.assertEqual(status, 200, body)
        answer = json.loads(body)
        self.assertEqual(answer["response_code"], 1)
        self.assertRegex(answer["scan_id"], "^[0-9a-f]{64}-[0-9]+$")
        self.assertEqual(answer["url"], "http://scan-me.example.com/")
        self.assertNotIn("positives", answer)
        status, head, _ = ask(self.daemon, "/vtapi/v2/url/scan?url=x",
                              method="GET")
        self.assertEqual((status, head["Allow"]), (405, "POST"))

    def test_scan_ids_are_resources(self):
        file = self.report("file/report?resource=" + FILE)
        again = self.report("file/report?resource=" + file["scan_id"])
        self.assertEqual(again["sha256"], file["sha256"])
        self.assertEqual(again["resource"], file["scan_id"])

    def test_faults_are_named_and_no_reports(self):
        for path in ("file/report", "url/report?resource=", "file/scan",
                     "url/report?resource=%zz"):
            status, _, answer = get(self.daemon, "/vtapi/v2/" + path)
            self.assertIn(status, (400, 404), path)
            self.assertNotIn("response_code", answer)
            self.assertTrue(answer["verbose_msg"])


class Refusals(unittest.TestCase):
    """Tokens, roles and quotas in the words of each API."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        config = os.path.join(cls.folder.name, "config.yaml")
        digest = hashlib.sha256(TOKEN.encode()).hexdigest()
        with open(config, "w", encoding="utf-8") as file:
            file.write("auth:\n  clients:\n    - name: tools\n"
                       "      token_sha256: %s\n      roles: [lookup]\n"
                       "      lookups_per_minute: 3\n" % digest)
        cls.daemon = programs.Daemon(daemon=("--config", config))

    @classmethod
    def tearDownClass(cls):
        cls.daemon.stop()
        cls.folder.cleanup()

    def test_1_a_token_is_asked_for(self):
        status, _, body = ask(self.daemon, "/api/v3/domains/a.com",
                              method="GET")
        self.assertEqual((status, json.loads(body)["error"]["code"]),
                         (401, "AuthenticationRequiredError"))
        status, _, body = ask(self.daemon, "/api/v3/domains/a.com",
                              method="GET", x_apikey="wrong-token")
        self.assertEqual((status, json.loads(body)["error"]["code"]),
                         (401, "WrongCredentialsError"))
        self.assertNotIn(b"wrong-token", body)
        status, head, body = ask(
            self.daemon, "/vtapi/v2/domain/report?domain=a.com&apikey=wrong",
            method="GET")
        self.assertEqual((status, body), (403, b""))
        self.assertEqual(head["Content-Length"], "0")

    def test_2_a_role_is_asked_for(self):
        status, _, body = ask(
            self.daemon, "/api/v3/urls", "url=http%3A%2F%2Fa.com%2F",
            Content_Type=FORM, x_apikey=TOKEN)
        self.assertEqual((status, json.loads(body)["error"]["code"]),
                         (403, "ForbiddenError"))
        status, _, body = post(self.daemon, "/vtapi/v2/url/scan",
                               url="http://a.com/", apikey=TOKEN)
        self.assertEqual((status, body), (403, b""))

    def test_3_a_wish_without_the_role_is_no_mistake(self):
        status, _, body = post(self.daemon, "/vtapi/v2/url/report", scan=1,
                               resource="http://missing.com/", apikey=TOKEN)
        self.assertEqual((status, json.loads(body)["response_code"]), (200, 0))

    def test_4_a_quota_is_used_up(self):
        for name in ("clean.a.com", "clean.b.com"):
            status, _, _ = ask(self.daemon, "/api/v3/domains/" + name,
                               method="GET", x_apikey=TOKEN)
            self.assertEqual(status, 200)
        status, head, body = ask(self.daemon, "/api/v3/domains/d.com",
                                 method="GET", x_apikey=TOKEN)
        self.assertEqual((status, json.loads(body)["error"]["code"]),
                         (429, "QuotaExceededError"))
        self.assertIn("Retry-After", head)
        status, _, body = ask(
            self.daemon, "/vtapi/v2/domain/report?domain=d.com&apikey=" + TOKEN,
            method="GET")
        self.assertEqual((status, body), (204, b""))


class Operators(unittest.TestCase):
    """What exports, purges and imports do to reports as they came."""

    def admin(self, socket, *words, text=None):
        done = subprocess.run(
            [os.path.join(programs.BIN, "vtlookup"), "--server", socket,
             "admin", *words], input=text, capture_output=True, text=True,
            check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_a_purge_removes_reports_and_an_import_brings_them_back(self):
        url = "http://clean.example.com/purged"
        path = "/api/v3/urls/" + url_id(url)
        by_hash = "/api/v3/urls/" + hashlib.sha256(url.encode()).hexdigest()
        with tempfile.TemporaryDirectory() as folder:
            socket = "unix:" + folder + "/admin.sock"
            daemon = programs.Daemon(daemon=("--admin.address=" + socket,))
            try:
                _, _, report = get(daemon, path)
                exported = self.admin(socket, "export")
                self.assertEqual(json.loads(json.loads(exported)["raw"]),
                                 report)
                self.assertNotIn("raw", json.loads(
                    self.admin(socket, "export", "--no-raw")))
                self.admin(socket, "invalidate", "--all", "--hard", "--yes")
                self.assertEqual(get(daemon, by_hash)[0], 400)
                self.admin(socket, "import", text=exported)
                status, head, again = get(daemon, by_hash)
                self.assertEqual((status, again), (200, report))
                self.assertIn("hit", head["Cache-Status"])
            finally:
                daemon.stop()


class OtherApis(unittest.TestCase):
    """Daemons that have no reports of v3."""

    def test_a_daemon_of_v2_serves_v2_and_says_why_not_v3(self):
        daemon = programs.Daemon(api="v2")
        try:
            status, _, answer = get(daemon, "/api/v3/domains/a.com")
            self.assertEqual(status, 400)
            self.assertIn("/vtapi/v2", answer["error"]["message"])
            path = "/vtapi/v2/domain/report?domain=a.com"
            _, _, answer = get(daemon, path)
            self.assertEqual(answer, of_sim(daemon, path))
        finally:
            daemon.stop()

    def test_a_daemon_without_raw_reports_says_so(self):
        daemon = programs.Daemon(daemon=("--cache.keep_raw=false",))
        try:
            status, _, answer = get(daemon, "/api/v3/domains/a.com")
            self.assertEqual(status, 400)
            self.assertIn("cache.keep_raw", answer["error"]["message"])
        finally:
            daemon.stop()


if __name__ == "__main__":
    unittest.main()
