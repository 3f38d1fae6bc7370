"""Compares what a real daemon answers over HTTP with openapi.json.

  answers_test.py OPENAPI_JSON
"""

import hashlib
import http.client
import json
import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "rows"))
import programs  # noqa: E402
from validation import check, strict  # noqa: E402

OPENAPI = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
SCHEMAS = strict(OPENAPI["components"]["schemas"])
INDICATORS = [
    {"url": "http://malicious.example.com/"}, {"url": "http://user:a@example.com/"},
    {"domain": "malicious.example.com"}, {"domain": "missing.example.com"},
    {"ip": "8.8.8.8"}, {"ip": "10.0.0.1"}, {"domain": "x y"},
    {"file_hash": "44d88612fea8a8f36de82e1278abb02f"}, {"file_hash": "0" * 40}]
VALUES = ["malicious.example.com", "http://clean.example.com/", "8.8.8.8",
          "44d88612fea8a8f36de82e1278abb02f", "missing.example.com", "x y", ""]


def resolved(part):
    """Follows a reference to a part of the document."""
    while "$ref" in part:
        part, path = OPENAPI, part["$ref"]
        for key in path[2:].split("/"):
            part = part[key]
    return part


class Answers(unittest.TestCase):
    """Whether an answer has a status, headers and a body that are described."""

    def ask(self, daemon, path, body, template=None, method="POST", **headers):
        """Sends a request, checks the answer, and returns its status and body."""
        host, port = daemon.gateway.rsplit(":", 1)
        connection = http.client.HTTPConnection(host, int(port), timeout=60)
        connection.request(method, path, json.dumps(body), headers)
        answer = connection.getresponse()
        value = json.loads(answer.read())
        connection.close()
        responses = OPENAPI["paths"][template or path][method.lower()]["responses"]
        self.assertIn(str(answer.status), responses, value)
        response = resolved(responses[str(answer.status)])
        for name in ("Age", "Cache-Status", "Retry-After", "WWW-Authenticate"):
            if answer.getheader(name) is not None:
                self.assertIn(name, response.get("headers", {}), answer.status)
        check(value, response["content"][answer.getheader("Content-Type")]["schema"],
              SCHEMAS)
        return answer.status, value

    def check_lookups(self, daemon):
        for indicator in INDICATORS:
            for view in ("VIEW_SUMMARY", "VIEW_FULL"):
                with self.subTest(indicator=indicator, view=view):
                    status, _ = self.ask(daemon, "/v1/lookup", {
                        "indicator": indicator, "options": {"view": view}})
                    self.assertEqual(status, 200)
        status, answer = self.ask(daemon, "/v1/lookup:batch",
                                  {"indicators": INDICATORS + [{}]})
        self.assertEqual(status, 200)
        self.assertIn("error", answer["results"][-1])
        self.ask(daemon, "/v1/urls:submit", {"url": "http://new.example.com/"})

    def check_fields(self, daemon):
        parameter = OPENAPI["components"]["parameters"]["lookup"]
        for lookup in parameter["schema"]["enum"]:
            with self.subTest(lookup=lookup):
                _, answer = self.ask(daemon, "/v1/fields/" + lookup,
                                     {"values": VALUES}, "/v1/fields/{lookup}")
                for fields in answer["fields"]:
                    check(fields, SCHEMAS["Fields." + lookup], SCHEMAS)

    def test_answers_of_each_api(self):
        for api in ("v3", "v2"):
            daemon = programs.Daemon(api)
            try:
                self.check_lookups(daemon)
                self.check_fields(daemon)
            finally:
                daemon.stop()

    def test_errors(self):
        with tempfile.TemporaryDirectory() as folder:
            config = os.path.join(folder, "config.yaml")
            digest = hashlib.sha256(b"token").hexdigest()
            with open(config, "w", encoding="utf-8") as file:
                file.write("auth:\n  clients:\n    - name: tools\n"
                           "      token_sha256: %s\n      roles: [lookup]\n"
                           "limits:\n  max_request: 4KiB\n" % digest)
            daemon = programs.Daemon(daemon=("--config", config))
            token = {"x-apikey": "token"}
            domain = {"domain": "cold.example.com"}
            only = {"cache_mode": "CACHE_MODE_ONLY"}
            try:
                for wanted, path, body, headers in (
                        (400, "/v1/lookup", {}, token),
                        (400, "/v1/lookup", {"indicatr": {}}, token),
                        (401, "/v1/lookup", {"indicator": domain}, {}),
                        (403, "/v1/urls:submit", {"url": "http://a.com/"}, token),
                        (404, "/v1/lookup", {"indicator": domain, "options": only},
                         token),
                        (413, "/v1/lookup", {"indicator": {"url": "a" * 5000}},
                         token),
                        (421, "/v1/lookup", {}, {"Host": "evil.example.com"})):
                    with self.subTest(wanted=wanted):
                        status, _ = self.ask(daemon, path, body, **headers)
                        self.assertEqual(status, wanted)
            finally:
                daemon.stop()

    def test_the_document_is_served_as_it_was_made(self):
        daemon = programs.Daemon()
        try:
            status, document = self.ask(daemon, "/openapi.json", None, method="GET")
            self.assertEqual((status, document), (200, OPENAPI))
        finally:
            daemon.stop()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
