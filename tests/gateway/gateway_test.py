"""Tests the gateway of a real daemon over sockets."""

import concurrent.futures
import hashlib
import http.client
import json
import os
import socket
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "rows"))

import programs  # noqa: E402

TOKEN = "a-token-of-the-tests"


def ask(daemon, path, body=None, method="POST", **headers):
    """Returns status, headers and body of one request."""
    host, port = daemon.gateway.rsplit(":", 1)
    connection = http.client.HTTPConnection(host, int(port), timeout=30)
    try:
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        connection.request(
            method, path, body,
            {name.replace("_", "-"): text for name, text in headers.items()})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def ask_json(daemon, path, body, **headers):
    status, head, text = ask(daemon, path, body, **headers)
    return status, head, json.loads(text)


def raw(daemon, text, answers=1):
    """Sends bytes, and returns what came until the given number of answers."""
    host, port = daemon.gateway.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=30) as stream:
        stream.sendall(text)
        found = b""
        while found.count(b"HTTP/1.1 ") < answers or not found.endswith(b"}\n"):
            part = stream.recv(65536)
            if not part:
                break
            found += part
        return found


class Lookups(unittest.TestCase):
    """What the paths of /v1 answer."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = programs.Daemon()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.stop()

    def test_a_lookup_says_where_its_answer_came_from(self):
        body = {"indicator": {"domain": "malicious.example.com"}}
        status, head, first = ask_json(self.daemon, "/v1/lookup", body)
        self.assertEqual(status, 200)
        self.assertEqual(head["Content-Type"], "application/json")
        self.assertTrue(head["Cache-Status"].startswith(
            "vtlookupd; fwd=miss"), head)
        self.assertEqual(first["source"], "SOURCE_VIRUSTOTAL")
        self.assertGreater(first["verdict"]["positives"], 0)
        self.assertEqual(first["verdict"]["response_code"], 1)
        self.assertIn("counts", first["verdict"])
        status, head, again = ask_json(self.daemon, "/v1/lookup", body)
        self.assertRegex(head["Cache-Status"],
                         r"^vtlookupd; hit; ttl=\d+; detail=memory$")
        self.assertIn(head["Age"], "0123456789")
        self.assertEqual(again["verdict"], first["verdict"])

    def test_names_may_be_those_of_json(self):
        body = {"indicator": {"fileHash": "0" * 40},
                "options": {"view": "VIEW_SUMMARY", "maxAge": "3600s"}}
        status, _, answer = ask_json(self.daemon, "/v1/lookup", body)
        self.assertEqual(status, 200, answer)
        self.assertIn("file_hash", answer["verdict"]["indicator"])

    def test_a_batch_answers_each_indicator(self):
        body = {"indicators": [{"domain": "clean.example.com"}, {},
                               {"ip": "10.0.0.1"}, {"url": "not a url"}]}
        status, head, answer = ask_json(self.daemon, "/v1/lookup:batch", body)
        self.assertEqual(status, 200)
        results = answer["results"]
        self.assertEqual(results[0]["response"]["verdict"]["response_code"], 1)
        self.assertEqual(results[1]["error"]["code"], 3)
        self.assertEqual(results[2]["response"]["source"], "SOURCE_LOCAL")
        self.assertEqual(results[3]["response"]["verdict"]["response_code"], -1)
        self.assertIn("detail=\"", head["Cache-Status"])

    def test_a_url_is_submitted(self):
        status, head, answer = ask_json(self.daemon, "/v1/urls:submit",
                                        {"url": "http://new.example.com/"})
        self.assertEqual(status, 200)
        self.assertIn("fwd=miss", head["Cache-Status"])
        self.assertEqual(answer["verdict"]["response_code"], -2)
        self.assertRegex(answer["verdict"]["scan_id"], "^[0-9a-f]{64}-[0-9]+$")

    def test_fields_are_those_of_the_command(self):
        values = ["malicious.example.com", "clean.example.com", "db.corp",
                  "missing.com", "x y"]
        status, _, answer = ask_json(
            self.daemon, "/v1/fields/get_domain_report", {"values": values})
        self.assertEqual(status, 200)
        rows = [{"f": value} for value in values]
        by_command = programs.enrich("get_domain_report", rows, "f",
                                     self.daemon)
        for row in by_command:
            del row["f"]
        self.assertEqual(answer["fields"], by_command)

    def test_ten_thousand_values_and_no_more(self):
        values = ["10.1.%d.%d" % (i // 250, i % 250) for i in range(10000)]
        status, _, answer = ask_json(self.daemon, "/v1/fields/get_ip_report",
                                     {"values": values})
        self.assertEqual(status, 200)
        self.assertEqual(len(answer["fields"]), 10000)
        status, _, answer = ask_json(self.daemon, "/v1/fields/get_ip_report",
                                     {"values": values + ["8.8.8.8"]})
        self.assertEqual(status, 400)
        self.assertIn("limits.max_batch", answer["message"])

    def test_an_empty_list_has_no_fields(self):
        status, _, answer = ask_json(self.daemon, "/v1/fields/get_ip_report",
                                     {"values": []})
        self.assertEqual((status, answer), (200, {"fields": []}))

    def test_what_is_wrong_is_named(self):
        good = {"indicator": {"domain": "a.com"}}
        cases = [
            ("/v1/lookup", "{", {}, 400, "JSON"),
            ("/v1/lookup", {"indicator": {"domian": "a"}}, {}, 400, "domian"),
            ("/v1/lookup", {"indicator": {}}, {}, 400, "indicator"),
            ("/v1/lookup", b"\xff\xfe", {}, 400, "JSON"),
            ("/v1/lookup", good, {"Content_Type": "text/plain"}, 400,
             "application/json"),
            ("/v1/lookup?timeout=never", good, {}, 400, "timeout"),
            ("/v1/lookup?a=%zz", good, {}, 400, "%"),
            ("/v1/lookup?apikey=x", good, {"x_apikey": "y"}, 400, "apikey"),
            ("/v1/lookup", good, {"x_apikey": "y",
                                  "Authorization": "Bearer z"}, 400,
             "Authorization"),
            ("/v1/fields/get_report", {"values": ["a"]}, {}, 404,
             "get_url_report"),
            ("/v1/fields/get_url_report", {"value": ["a"]}, {}, 400, "values"),
            ("/v1/fields/get_url_report", ["a"], {}, 400, "values"),
            ("/v1/other", good, {}, 404, "/v1/lookup"),
        ]
        for path, body, headers, wanted, word in cases:
            with self.subTest(path=path, body=body):
                status, _, answer = ask_json(self.daemon, path, body, **headers)
                self.assertEqual(status, wanted, answer)
                self.assertIn(word, answer["message"] +
                              json.dumps(answer.get("details", "")))
                self.assertIsInstance(answer["code"], int)

    def test_another_method_is_refused(self):
        status, head, text = ask(self.daemon, "/v1/lookup", method="GET")
        self.assertEqual((status, head["Allow"]), (405, "POST"))
        self.assertIn("POST", json.loads(text)["message"])

    def test_the_paths_are_described(self):
        status, head, text = ask(self.daemon, "/openapi.json", method="GET")
        self.assertEqual((status, head["Content-Type"]),
                         (200, "application/json"))
        self.assertIn("/v1/lookup:batch", json.loads(text)["paths"])
        status, head, _ = ask(self.daemon, "/openapi.json", body={})
        self.assertEqual((status, head["Allow"]), (405, "GET"))

    def test_head_has_no_body(self):
        head = b"HEAD /v1/lookup HTTP/1.1\r\nHost: localhost\r\n\r\n"
        get = (b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n"
               b"Connection: close\r\n\r\n")
        found = raw(self.daemon, head + get, answers=3)
        first, second = found.split(b"\r\n\r\n", 2)[:2]
        self.assertIn(b" 405 ", first.split(b"\r\n")[0])
        self.assertTrue(second.startswith(b"HTTP/1.1 200 "), second)

    def test_a_request_whose_end_is_in_doubt_is_refused(self):
        for lines in (b"Transfer-Encoding: gzip",
                      b"Transfer-Encoding: xchunked",
                      b"Transfer-Encoding: gzip, chunked",
                      b"Host: localhost"):
            found = raw(self.daemon, b"POST /v1/lookup HTTP/1.1\r\n"
                        b"Host: localhost\r\n" + lines + b"\r\n\r\n"
                        b"GET /openapi.json HTTP/1.1\r\n"
                        b"Host: localhost\r\n\r\n", answers=2)
            self.assertEqual(found.count(b"HTTP/1.1 "), 1, lines)
            self.assertTrue(found.startswith(b"HTTP/1.1 400 "), lines)
            self.assertIn(b"\r\nConnection: close\r\n", found)

    def test_head_of_rows_has_no_body(self):
        found = raw(self.daemon,
                    b"HEAD /v1/rows/get_url_report?field=u HTTP/1.1\r\n"
                    b"Host: localhost\r\n\r\nGET /openapi.json HTTP/1.1\r\n"
                    b"Host: localhost\r\nConnection: close\r\n\r\n",
                    answers=3)
        second = found.split(b"\r\n\r\n", 2)[1]
        self.assertTrue(second.startswith(b"HTTP/1.1 200 "), second)

    def test_another_host_is_refused(self):
        status, _, answer = ask_json(
            self.daemon, "/v1/lookup", {"indicator": {"domain": "a.com"}},
            Host="evil.example.com")
        self.assertEqual(status, 421)
        self.assertIn("gateway.hosts", answer["message"])

    def test_a_wrong_request_costs_only_its_connection(self):
        for text, status in (
                (b"nonsense\r\n\r\n", b"400"),
                (b"GET / HTTP/1.1\r\n" + b"x: " + b"y" * 20000 + b"\r\n\r\n",
                 b"431"),
                (b"POST /v1/lookup HTTP/1.1\r\nHost: localhost\r\n"
                 b"Content-Length: 99999999\r\n\r\n", b"413")):
            self.assertTrue(raw(self.daemon, text).startswith(
                b"HTTP/1.1 " + status), text[:40])
        self.assertEqual(ask(self.daemon, "/v1/other")[0], 404)

    def test_requests_in_a_row_are_answered_in_their_order(self):
        one = (b"POST /v1/fields/get_ip_report HTTP/1.1\r\nHost: localhost\r\n"
               b"Content-Length: %d\r\n\r\n%s")
        bodies = [b'{"values":["10.0.0.%d"]}' % i for i in range(20)]
        found = raw(self.daemon, b"".join(
            one % (len(body), body) for body in bodies), len(bodies))
        self.assertEqual(found.count(b"HTTP/1.1 200"), len(bodies))

    def test_a_body_may_come_in_chunks_after_a_question(self):
        body = b'{"values":["10.0.0.1"]}'
        found = raw(self.daemon, b"POST /v1/fields/get_ip_report HTTP/1.1\r\n"
                    b"Host: localhost\r\nExpect: 100-continue\r\n"
                    b"Transfer-Encoding: chunked\r\n\r\n"
                    b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body), 2)
        self.assertTrue(found.startswith(b"HTTP/1.1 100 "), found)
        self.assertIn(b"HTTP/1.1 200 ", found)
        self.assertIn(b'"$VTResponseCode":-1', found)


class Clients(unittest.TestCase):
    """Tokens and roles, and what is written."""

    def test_a_token_may_come_in_three_ways_and_is_never_written(self):
        with tempfile.TemporaryDirectory() as folder:
            config = os.path.join(folder, "config.yaml")
            log = os.path.join(folder, "sim.log")
            digest = hashlib.sha256(TOKEN.encode()).hexdigest()
            with open(config, "w", encoding="utf-8") as file:
                file.write("auth:\n  clients:\n    - name: tools\n"
                           "      token_sha256: %s\n      roles: [lookup]\n"
                           "log:\n  audit_file: %s/audit.jsonl\n"
                           "  one_call_in: 1\n" % (digest, folder))
            daemon = programs.Daemon(sim=("--log", log),
                                     daemon=("--config", config))
            try:
                body = {"values": ["a.com"]}
                path = "/v1/fields/get_domain_report"
                for way in ({"Authorization": "Bearer " + TOKEN},
                            {"x_apikey": TOKEN}):
                    self.assertEqual(
                        ask(daemon, path, body, **way)[0], 200, way)
                self.assertEqual(
                    ask(daemon, path + "?apikey=" + TOKEN, body)[0], 200)
                status, head, answer = ask_json(daemon, path, body)
                self.assertEqual((status, answer["code"]), (401, 16))
                self.assertEqual(head["WWW-Authenticate"], "Bearer")
                status, _, answer = ask_json(daemon, path, body, x_apikey="no")
                self.assertEqual((status, answer["code"]), (401, 16))
                status, _, answer = ask_json(
                    daemon, "/v1/urls:submit", {"url": "http://a.com/"},
                    x_apikey=TOKEN)
                self.assertEqual((status, answer["code"]), (403, 7))
            finally:
                daemon.stop()
            for name in os.listdir(folder):
                with open(os.path.join(folder, name), "rb") as file:
                    self.assertNotIn(TOKEN.encode(), file.read(), name)


class OneRequest(unittest.TestCase):
    """Many askers of one cold value."""

    def test_grpc_and_http_share_a_request(self):
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "sim.log")
            daemon = programs.Daemon(
                sim=("--log", log, "--fault", "4d88612=latency:2s"))
            value = "44d88612fea8a8f36de82e1278abb02f"
            rows = [{"f": value, "n": i} for i in range(250)]
            body = {"indicators": [{"file_hash": value}] * 10}
            try:
                with concurrent.futures.ThreadPoolExecutor(60) as pool:
                    by_http = [pool.submit(ask_json, daemon, "/v1/lookup:batch",
                                           body) for _ in range(50)]
                    by_grpc = [pool.submit(
                        programs.enrich, "get_filehash_report", rows, "f",
                        daemon) for _ in range(2)]
                    for call in by_http:
                        status, _, answer = call.result()
                        self.assertEqual(status, 200)
                        self.assertEqual(len(answer["results"]), 10)
                        for result in answer["results"]:
                            self.assertIn("response", result)
                    for call in by_grpc:
                        self.assertEqual(len(call.result()), 250)
                with open(log, encoding="utf-8") as requests:
                    self.assertEqual(len(requests.readlines()), 1)
            finally:
                daemon.stop()


if __name__ == "__main__":
    unittest.main()
