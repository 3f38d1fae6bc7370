"""Tests that the gateway of a real daemon streams rows (POST /v1/rows)."""

import collections
import hashlib
import http.client
import json
import os
import re
import select
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "rows"))

import programs  # noqa: E402

# Bytes that the daemon's memory may grow by. AddressSanitizer keeps what was
# freed for a while.
MOST_GROWTH = (600 if os.environ.get("VTLOOKUP_SANITIZED") else 40) << 20

JSON_LINES = "application/x-ndjson"
JSON = "application/json"
CSV = "text/csv"
DATA = os.path.join(HERE, "..", "data")


def connect(daemon):
    host, port = daemon.gateway.rsplit(":", 1)
    return http.client.HTTPConnection(host, int(port), timeout=60)


def path_of(lookup, field, **more):
    query = urllib.parse.urlencode({"field": field, **more})
    return "/v1/rows/%s?%s" % (lookup, query)


def post(daemon, path, body, content_type, **headers):
    """Returns status, headers and body of one request."""
    connection = connect(daemon)
    try:
        connection.request(
            "POST", path, body,
            {"Content-Type": content_type,
             **{name.replace("_", "-"): text
                for name, text in headers.items()}})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


class Raw:
    """A connection that sends and gets bytes."""

    def __init__(self, daemon, small=False):
        host, port = daemon.gateway.rsplit(":", 1)
        self.socket = socket.socket()
        if small:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(60)
        self.socket.connect((host, int(port)))
        self._got = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def head(self, path, content_type=JSON_LINES, more=b""):
        self.socket.sendall(
            b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\n"
            b"%s\r\n" % (path.encode(), content_type.encode(), more))

    def chunk(self, data):
        self.socket.sendall(b"%x\r\n%s\r\n" % (len(data), data))

    def until(self, end):
        """Returns what comes until `end`, with it."""
        while end not in self._got:
            part = self.socket.recv(65536)
            if not part:
                raise EOFError(self._got)
            self._got += part
        at = self._got.index(end) + len(end)
        found, self._got = self._got[:at], self._got[at:]
        return found

    def exactly(self, count):
        while len(self._got) < count:
            part = self.socket.recv(65536)
            if not part:
                raise EOFError(self._got)
            self._got += part
        found, self._got = self._got[:count], self._got[count:]
        return found

    def chunks(self):
        """Yields the pieces of a streamed answer, and sets `trailers`."""
        while True:
            size = int(self.until(b"\r\n"), 16)
            if size == 0:
                self.trailers = self.until(b"\r\n")
                if self.trailers != b"\r\n":
                    self.until(b"\r\n")
                return
            yield self.exactly(size)
            self.exactly(2)


CHUNKED = b"Transfer-Encoding: chunked\r\n"


def enriched(daemon, lookup, field, text, *options):
    """What `vtlookup enrich` makes of the same rows."""
    result = subprocess.run(
        [os.path.join(programs.BIN, "vtlookup"), "--server", daemon.address,
         "enrich", lookup, field, *options],
        input=text, capture_output=True, check=False)
    return result.stdout


def indicators():
    """Returns the texts of tests/data/indicators.tsv by their kinds."""
    found = collections.defaultdict(list)
    with open(os.path.join(DATA, "indicators.tsv"), encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#") and line.count("\t") == 2:
                kind, text, _ = line.split("\t")
                if "\\" not in text:
                    found[kind].append(text)
    return found


def resident(daemon):
    with open("/proc/%d/status" % daemon.program._process.pid,
              encoding="utf-8") as status:
        return int(re.search(r"VmRSS:\s+(\d+) kB", status.read())[1]) << 10


def metric(text, name):
    found = re.search(r"^%s (\d+)" % re.escape(name), text, re.MULTILINE)
    return int(found[1]) if found else None


class Rows(unittest.TestCase):
    """What comes out for what goes in."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = programs.Daemon()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.stop()

    def same(self, lookup, field, text, content_type, *options):
        wanted = enriched(self.daemon, lookup, field, text, *options)
        status, head, found = post(self.daemon, path_of(lookup, field), text,
                                   content_type)
        self.assertEqual(status, 200, found)
        self.assertEqual(head["Content-Type"], content_type)
        self.assertNotIn("Cache-Status", head)
        self.assertEqual(found, wanted)
        return found

    def rows(self):
        """Values of all sorts, by lookup."""
        found = indicators()
        values = {"get_url_report": found["url"],
                  "get_filehash_report": found["file"],
                  "get_domain_report": found["domain"] + [
                      "malicious.example.com", "missing.com", "", "-"],
                  "get_ip_report": found["ip"]}
        for each in values.values():
            self.assertGreater(len(each), 10)
        return values

    def test_json_lines_are_those_of_the_command(self):
        for lookup, values in self.rows().items():
            with self.subTest(lookup):
                lines = []
                for number, value in enumerate(values * 3):
                    row = {"n": number, "$Value": value, "t": "ü\"\\"}
                    if number % 7 == 3:
                        del row["$Value"]
                    if number % 5 == 2:
                        row.update({"$VTPositives": 99, "$VTError": "old"})
                    lines.append(json.dumps(row, ensure_ascii=number % 2 == 0))
                self.same(lookup, "$Value", "\n".join(lines).encode(),
                          JSON_LINES)

    def test_csv_is_that_of_the_command(self):
        for lookup, values in self.rows().items():
            with self.subTest(lookup):
                text = "n,value,note\r\n" + "".join(
                    '%d,"%s","a ""note"",\nof two lines"\r\n' % pair
                    for pair in enumerate(values * 3))
                found = self.same(lookup, "value", text.encode(), CSV, "--csv")
                self.assertEqual(found.count(b"n,value,note,"), 1)

    def test_what_other_programs_write(self):
        for text in (b"\xef\xbb\xbf" + b'{"f":"a.com"}\r\n\r\n{"f":"b.com"}\r\n',
                     b'{"f":"a.com"}\r{"g":1}\r', b"", b"\n\n",
                     b'{"f":"a.com","x":NaN,"y":"\xff"}\n{"f": 12 }'):
            with self.subTest(text):
                self.same("get_domain_report", "f", text, JSON_LINES)
        for text in (b"\xef\xbb\xbff,g\ra.com,1\r", b"f\n", b"f", b"",
                     b"sep=;\r\nf;g\r\na.com;\"x\r\ny\"\r\n",
                     b"f,$VTError\na.com,old\n,older\n", b"f\na.com\n\nb.com"):
            with self.subTest(text):
                self.same("get_domain_report", "f", text, CSV, "--csv")
        status, _, found = post(
            self.daemon, path_of("get_domain_report", "f", delimiter=";"),
            b"f;g\na.com;1\n", CSV)
        self.assertEqual(status, 200)
        self.assertEqual(found, enriched(
            self.daemon, "get_domain_report", "f", b"f;g\na.com;1\n",
            "--delimiter", ";"))

    def test_arrays_are_those_of_the_command(self):
        for lookup, values in self.rows().items():
            rows = [{"n": number, "f": value}
                    for number, value in enumerate(values * 2)]
            wanted = programs.enrich(lookup, rows, "f", self.daemon)
            for indent in (None, 2):
                status, head, found = post(
                    self.daemon, path_of(lookup, "f"),
                    json.dumps(rows, indent=indent), JSON)
                self.assertEqual((status, head["Content-Type"]), (200, JSON))
                self.assertEqual(json.loads(found), wanted)
        for text in (b"[]", b" [\n]\n", b"[1, null, \"x\", [{}]]"):
            self.assertEqual(post(self.daemon, path_of("get_ip_report", "f"),
                                  text, JSON)[2], text)

    def test_scans_are_submitted_once(self):
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "log")
            daemon = programs.Daemon(sim=("--log", log))
            try:
                text = b'{"f":"http://once.example.com/"}\n' * 3000
                status, _, found = post(
                    daemon, path_of("post_scan_url", "f"), text, JSON_LINES)
                self.assertEqual(status, 200)
                rows = [json.loads(line) for line in found.splitlines()]
                self.assertEqual(len(rows), 3000)
                self.assertEqual({row["$VTResponseCode"] for row in rows},
                                 {-2})
                self.assertIn("$VTScanID", rows[0])
                with open(log, encoding="utf-8") as requests:
                    self.assertEqual(len(requests.readlines()), 1)
            finally:
                daemon.stop()

    def test_what_is_no_row_is_passed_on_and_counted(self):
        lines = [b'{"f":"a.com"}', b"not json", b"[1]", b'{"f":"\xff"}',
                 b'{"g":1}', b"5"]
        with Raw(self.daemon) as client:
            body = b"\n".join(lines) + b"\n"
            client.head(path_of("get_domain_report", "f"),
                        more=b"Content-Length: %d\r\n" % len(body))
            client.socket.sendall(body)
            self.assertIn(b"Trailer: VTLookup-Rows", client.until(b"\r\n\r\n"))
            found = b"".join(client.chunks()).splitlines()
            self.assertEqual(found[1:], lines[1:])
            self.assertEqual(client.trailers,
                             b"VTLookup-Rows: rows=6, failed=0, not-rows=4\r\n")
        status, _, found = post(
            self.daemon, path_of("get_domain_report", "f"),
            b'f,g\na.com,1\nb.com\n"c.com,2\nd.com,3\n', CSV)
        self.assertEqual(status, 200)
        lines = found.splitlines()
        self.assertEqual(lines[2:4], [b"b.com", b'"c.com,2'])
        self.assertTrue(lines[4].startswith(b"d.com,3,"))

    def test_an_array_that_breaks_is_cut_behind_its_good_rows(self):
        good = b'[{"f":"a.com"},\n {"f":"b.com"}'
        for rest in (b",\n {\"f\":}, {}]", b"", b",]", b", nonsense, {}]",
                     b"] []", b',{"f":"c.com"'):
            with self.subTest(rest):
                connection = connect(self.daemon)
                connection.request(
                    "POST", path_of("get_domain_report", "f"), good + rest,
                    {"Content-Type": JSON})
                answer = connection.getresponse()
                self.assertEqual(answer.status, 200)
                with self.assertRaises(http.client.IncompleteRead) as cut:
                    answer.read()
                connection.close()
                text = cut.exception.partial
                self.assertIn(b'{"f":"a.com","$VT', text)
                if rest.startswith(b",\n") or rest.startswith(b", n"):
                    self.assertIn(b'{"f":"b.com","$VT', text)
        status, _, answer = post(self.daemon, path_of("get_domain_report", "f"),
                                 b'[{"f":}]', JSON)
        self.assertEqual(status, 400)
        self.assertIn("body: line 1: not JSON", json.loads(answer)["message"])

    def test_what_is_wrong_is_named(self):
        good = path_of("get_domain_report", "f")
        longer = b"{" + b" " * 1200000 + b"}"
        cases = [
            ("/v1/rows/get_domain_report", b"", JSON_LINES, 400, "field"),
            ("/v1/rows/get_domain_report?field=", b"", JSON_LINES, 400,
             "field"),
            ("/v1/rows/get_report?field=f", b"", JSON_LINES, 404,
             "get_url_report"),
            ("/v1/rows/?field=f", b"", JSON_LINES, 404, "get_url_report"),
            (good, b"", "text/plain", 415, JSON_LINES),
            (good, b"", "", 415, CSV),
            (good + "&timeout=never", b"", CSV, 400, "timeout"),
            (good + "&delimiter=xx", b"", CSV, 400, "delimiter"),
            (good + "&a=%zz", b"", CSV, 400, "%"),
            (path_of("get_domain_report", "$VTError"), b"", CSV, 400,
             "$VTError"),
            (good, b"a,b\n1,2\n", CSV, 400,
             "body: the header has no column f; it has: a, b"),
            (good, b"f;b\n1;2\n", CSV, 400, "add &delimiter=;"),
            (good, b"\xff\xfef\0\n\0", CSV, 400, "UTF-16"),
            (good, b'{"f":"a.com"}', JSON, 400, "not a JSON array"),
            (good, b"", JSON, 400, "not a JSON array"),
            (good, longer, JSON_LINES, 400,
             "body: line 1: the record that begins here is longer than 1 MiB, "
             "the limit; split it, or use `vtlookup enrich`"),
        ]
        for path, body, content_type, wanted, word in cases:
            with self.subTest(path=path, body=body[:20], type=content_type):
                status, head, text = post(self.daemon, path, body,
                                          content_type)
                self.assertEqual(status, wanted, text)
                self.assertEqual(head["Content-Type"], JSON)
                answer = json.loads(text)
                self.assertIn(word, answer["message"])
                self.assertIsInstance(answer["code"], int)
        connection = connect(self.daemon)
        connection.request("GET", good)
        answer = connection.getresponse()
        self.assertEqual((answer.status, answer.headers["Allow"]),
                         (405, "POST"))
        answer.read()
        # The connection goes on.
        connection.request("POST", good, b"", {"Content-Type": CSV})
        self.assertEqual(connection.getresponse().status, 200)
        connection.close()

    def test_a_long_body_does_not_hide_an_error(self):
        status, _, text = post(self.daemon, path_of("get_domain_report", "f"),
                               b"a,b\n" + b"1,2\n" * 1000000, CSV)
        self.assertEqual(status, 400)
        self.assertIn("no column f", json.loads(text)["message"])

    def test_failures_are_in_their_rows(self):
        daemon = programs.Daemon(
            sim=("--fault", "broken=status:503"),
            daemon=("--virustotal.max_retries=0",))
        try:
            text = (b'{"f":"broken.example.com","$VTPositives":0}\n'
                    b'{"f":"a.com"}\n')
            status, _, found = post(daemon, path_of("get_domain_report", "f"),
                                    text, JSON_LINES)
            self.assertEqual(status, 200)
            first, second = [json.loads(line) for line in found.splitlines()]
            self.assertEqual(set(first), {"f", "$VTError"})
            self.assertTrue(first["$VTError"].startswith("UNAVAILABLE: "))
            self.assertNotIn("$VTError", second)
        finally:
            daemon.stop()


class Streams(unittest.TestCase):
    """How bodies and answers come and go."""

    @classmethod
    def setUpClass(cls):
        cls.http = "127.0.0.1:%d" % free_port()
        cls.daemon = programs.Daemon(
            sim=("--fault", "cold=latency:60s"),
            daemon=("--http.address=" + cls.http,))

    @classmethod
    def tearDownClass(cls):
        cls.daemon.stop()

    def metrics(self):
        with urllib.request.urlopen("http://%s/metrics" % self.http) as answer:
            return answer.read().decode()

    def until_metric(self, name, wanted):
        """Asks for the metrics until one of them has the value."""
        while metric(self.metrics(), name) != wanted:
            pass

    def test_a_row_is_answered_before_the_next_is_sent(self):
        with Raw(self.daemon) as client:
            client.head(path_of("get_ip_report", "f"), more=CHUNKED)
            pieces = None
            for number in range(5):
                client.chunk(b'{"f":"10.0.0.%d"}\n' % number)
                if pieces is None:
                    self.assertIn(b" 200 ", client.until(b"\r\n\r\n"))
                    pieces = client.chunks()
                row = json.loads(next(pieces))
                self.assertEqual(row["f"], "10.0.0.%d" % number)
                self.assertEqual(row["$VTResponseCode"], -1)
            client.socket.sendall(b"0\r\n\r\n")
            self.assertEqual(list(pieces), [])

    def test_a_hundred_thousand_rows_in_flat_memory(self):
        count = 100000
        line = b'{"n":%d,"f":"10.%d.%d.1","pad":"' + b"x" * 100 + b'"}\n'
        before = resident(self.daemon)
        most = [before]
        with Raw(self.daemon) as client:
            client.head(path_of("get_ip_report", "f"), more=CHUNKED)

            def send():
                for first in range(0, count, 500):
                    client.chunk(b"".join(
                        line % (n, n // 250 % 250, n % 250)
                        for n in range(first, first + 500)))
                client.socket.sendall(b"0\r\n\r\n")

            sender = threading.Thread(target=send)
            sender.start()
            client.until(b"\r\n\r\n")
            rest = b""
            number = 0
            for piece in client.chunks():
                *lines, rest = (rest + piece).split(b"\n")
                for text in lines:
                    if number % 1000 == 0:
                        row = json.loads(text)
                        self.assertEqual(row["n"], number)
                        self.assertEqual(row["$VTResponseCode"], -1)
                        most.append(resident(self.daemon))
                    number += 1
            sender.join()
            self.assertEqual((number, rest), (count, b""))
            self.assertIn(b"rows=100000, failed=0", client.trailers)
        self.assertLess(max(most) - before, MOST_GROWTH)

    def test_a_client_that_never_reads_is_not_read(self):
        before = resident(self.daemon)
        line = b'{"f":"10.0.0.1","pad":"' + b"x" * 1000 + b'"}\n'
        piece = line * 64
        with Raw(self.daemon, small=True) as client:
            client.head(path_of("get_ip_report", "f"), more=CHUNKED)
            client.socket.setblocking(False)
            sent = 0
            # Until nothing can be sent for a second.
            while select.select([], [client.socket], [], 1)[1]:
                try:
                    sent += client.socket.send(
                        b"%x\r\n%s\r\n" % (len(piece), piece))
                except BlockingIOError:
                    continue
                self.assertLess(sent, 64 << 20)
            self.assertGreater(sent, 4 << 20)
            self.assertLess(resident(self.daemon) - before, MOST_GROWTH)

    def test_a_body_may_be_sent_whole_before_the_answer_is_read(self):
        body = b"".join(b'{"n":%d,"f":"10.0.%d.%d"}\n' %
                        (n, n // 250 % 250, n % 250) for n in range(120000))
        body = body[:body.rindex(b"\n", 0, 4 << 20) + 1]
        self.assertGreater(len(body), 3 << 20)
        status, _, found = post(self.daemon, path_of("get_ip_report", "f"),
                                body, JSON_LINES)
        self.assertEqual(status, 200)
        self.assertEqual(found.count(b"\n"), body.count(b"\n"))
        self.assertGreater(len(found), 3 * len(body))

    def test_a_byte_at_a_time(self):
        text = b'n,f\r\n1,"10.0.0.1"\r\n2,10.0.0.2'
        for more in (CHUNKED, b"Content-Length: %d\r\n" % len(text)):
            with Raw(self.daemon) as client:
                client.socket.setsockopt(socket.IPPROTO_TCP,
                                         socket.TCP_NODELAY, 1)
                client.head(path_of("get_ip_report", "f"), CSV, more)
                framed = (b"".join(b"1\r\n%c\r\n" % byte for byte in text) +
                          b"0\r\n\r\n") if more == CHUNKED else text
                for byte in framed:
                    client.socket.send(bytes([byte]))
                client.until(b"\r\n\r\n")
                self.assertEqual(
                    b"".join(client.chunks()),
                    enriched(self.daemon, "get_ip_report", "f", text, "--csv"))

    def test_a_body_that_ends_early_is_not_answered_as_whole(self):
        for more in (CHUNKED, b"Content-Length: 1000\r\n"):
            with Raw(self.daemon) as client:
                client.head(path_of("get_ip_report", "f"), more=more)
                if more == CHUNKED:
                    client.chunk(b'{"f":"10.0.0.1"}\n')
                else:
                    client.socket.sendall(b'{"f":"10.0.0.1"}\n')
                client.until(b"\r\n\r\n")
                next(client.chunks())
                client.socket.shutdown(socket.SHUT_WR)
                with self.assertRaises((EOFError, ConnectionError)):
                    client.until(b"0\r\n\r\n")

    def test_a_cold_row_holds_up_only_those_behind_it(self):
        with Raw(self.daemon) as client:
            client.head(path_of("get_domain_report", "f"), more=CHUNKED)
            client.chunk(b'{"f":"hit.corp"}\n{"f":"db.corp"}\n'
                         b'{"f":"cold1.example.com"}\n{"f":"x.corp"}\n')
            client.until(b"\r\n\r\n")
            got = b""
            pieces = client.chunks()
            while got.count(b"\n") < 2:
                got += next(pieces)
            self.assertEqual(got.count(b"\n"), 2)
            self.assertIn(b"db.corp", got)
            waiting = 'vtlookup_lookups_waiting'
            self.until_metric(waiting, 1)
        # When the client leaves, its lookup is cancelled.
        self.until_metric(waiting, 0)

    def test_a_client_that_leaves_behind_its_body_is_noticed(self):
        with Raw(self.daemon) as client:
            body = b'{"f":"cold2.example.com"}\n'
            client.head(path_of("get_domain_report", "f"),
                        more=b"Content-Length: %d\r\n" % len(body))
            client.socket.sendall(body)
            self.until_metric("vtlookup_lookups_waiting", 1)
        self.until_metric("vtlookup_lookups_waiting", 0)

    def test_a_row_waits_as_long_as_it_may(self):
        daemon = programs.Daemon(
            daemon=("--virustotal.quota.per_minute=1",))
        try:
            text = b'{"f":"a.com"}\n{"f":"b.com"}\n{"f":"db.corp"}\n'
            status, _, found = post(
                daemon, path_of("get_domain_report", "f", timeout="100ms"),
                text, JSON_LINES)
            self.assertEqual(status, 200)
            rows = [json.loads(line) for line in found.splitlines()]
            self.assertIn("$VTResponseCode", rows[0])
            self.assertTrue(rows[1]["$VTError"].startswith(
                "RESOURCE_EXHAUSTED"), rows[1])
            self.assertEqual(rows[2]["$VTResponseCode"], -1)
        finally:
            daemon.stop()

    def test_requests_before_and_behind(self):
        rows = b'{"f":"10.0.0.1"}\n'
        one = (b"POST /v1/rows/get_ip_report?field=f HTTP/1.1\r\n"
               b"Host: localhost\r\nContent-Type: application/x-ndjson\r\n"
               b"Content-Length: %d\r\n\r\n%s" % (len(rows), rows))
        other = b'{"values":["10.0.0.1"]}'
        fields = (b"POST /v1/fields/get_ip_report HTTP/1.1\r\n"
                  b"Host: localhost\r\nContent-Length: %d\r\n\r\n%s" %
                  (len(other), other))
        with Raw(self.daemon) as client:
            client.socket.sendall((fields + one) * 10 + fields)
            for number in range(21):
                self.assertIn(b" 200 ", client.until(b"\r\n\r\n"))
                if number % 2 == 0:
                    client.until(b"}]}\n")
                else:
                    self.assertEqual(b"".join(client.chunks()).count(b"\n"), 1)

    def test_the_body_is_asked_for(self):
        path = path_of("get_ip_report", "f")
        with Raw(self.daemon) as client:
            client.head(path, more=CHUNKED + b"Expect: 100-continue\r\n")
            self.assertEqual(client.until(b"\r\n\r\n"),
                             b"HTTP/1.1 100 Continue\r\n\r\n")
            client.chunk(b'{"f":"10.0.0.1"}\n')
            client.socket.sendall(b"0\r\n\r\n")
            self.assertIn(b" 200 ", client.until(b"\r\n\r\n"))
            self.assertEqual(len(list(client.chunks())), 1)
        # But not for a request that fails anyhow.
        with Raw(self.daemon) as client:
            client.head(path, "text/plain",
                        CHUNKED + b"Expect: 100-continue\r\n")
            self.assertIn(b" 415 ", client.until(b"\r\n\r\n"))

    def test_curl_sends_a_file(self):
        text = b"".join(b'{"n":%d,"f":"10.0.%d.%d"}\n' %
                        (n, n // 250 % 250, n % 250) for n in range(20000))
        with tempfile.NamedTemporaryFile() as file:
            file.write(text)
            file.flush()
            for name in (file.name, "-"):
                result = subprocess.run(
                    ["curl", "-sS", "-X", "POST", "-T", name, "-H",
                     "Content-Type: application/x-ndjson",
                     "http://%s%s" % (self.daemon.gateway,
                                      path_of("get_ip_report", "f"))],
                    input=text, capture_output=True, check=True)
                self.assertEqual(result.stdout.count(b"\n"), 20000)

    def test_rows_are_counted(self):
        before = self.metrics()
        post(self.daemon, path_of("get_ip_report", "f"),
             b'{"f":"10.0.0.1"}\n{"g":1}\nnonsense\n', JSON_LINES)
        after = self.metrics()
        for result in ("answered", "without_value", "not_a_row"):
            name = 'vtlookup_gateway_rows_total{result="%s"}' % result
            self.assertEqual(metric(after, name), metric(before, name) + 1)
        self.assertIn('vtlookup_gateway_requests_total{route="rows",'
                      'status="200"}', after)

    def test_a_daemon_that_stops_cuts_the_answer(self):
        daemon = programs.Daemon()
        with Raw(daemon) as client:
            client.head(path_of("get_ip_report", "f"), more=CHUNKED)
            client.chunk(b'{"f":"10.0.0.1"}\n')
            client.until(b"\r\n\r\n")
            next(client.chunks())
            daemon.stop()
            with self.assertRaises((EOFError, ConnectionError)):
                client.until(b"0\r\n\r\n")


class Clients(unittest.TestCase):
    """Roles and limits."""

    def test_roles_and_limits_hold_for_rows(self):
        with tempfile.TemporaryDirectory() as folder:
            config = os.path.join(folder, "config.yaml")
            with open(config, "w", encoding="utf-8") as file:
                # The token is "secret-token-of-rows".
                file.write(
                    "auth:\n  clients:\n    - name: tools\n"
                    "      token_sha256: %s\n      roles: [lookup]\n"
                    "      lookups_per_minute: 10\n" % TOKEN_SHA256)
            daemon = programs.Daemon(daemon=("--config", config))
            try:
                path = path_of("get_ip_report", "f")
                text = b"".join(b'{"f":"10.0.0.%d"}\n' % n for n in range(300))
                status, _, answer = post(daemon, path, text, JSON_LINES)
                self.assertEqual((status, json.loads(answer)["code"]),
                                 (401, 16))
                status, _, answer = post(
                    daemon, path_of("post_scan_url", "f"), text, JSON_LINES,
                    x_apikey=TOKEN)
                self.assertEqual((status, json.loads(answer)["code"]),
                                 (403, 7))
                status, _, found = post(daemon, path, text, JSON_LINES,
                                        x_apikey=TOKEN)
                self.assertEqual(status, 200)
                rows = [json.loads(line) for line in found.splitlines()]
                self.assertEqual(len(rows), 300)
                self.assertEqual(rows[0]["$VTResponseCode"], -1)
                # A limit is exceeded by one piece at most.
                self.assertTrue(rows[-1]["$VTError"].startswith(
                    "RESOURCE_EXHAUSTED: "), rows[-1])
            finally:
                daemon.stop()


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


TOKEN = "secret-token-of-rows"
TOKEN_SHA256 = hashlib.sha256(TOKEN.encode()).hexdigest()


if __name__ == "__main__":
    unittest.main()
