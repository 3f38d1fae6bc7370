"""Tests the plugin, in each Python that there is, against a fake gateway."""

import concurrent.futures
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import fake_gateway
import interpreters
from fake_gateway import Answer, FakeGateway

HERE = os.path.dirname(os.path.abspath(__file__))
PLUGIN = os.environ.get("VTLOOKUP_PLUGIN", os.path.join(
    HERE, "..", "..", "client", "dnif", "virustotal"))
TOKEN = "very-secret-token"
LOOKUPS = ("get_url_report", "get_domain_report", "get_ip_report",
           "get_filehash_report", "post_scan_url")

# The time for lookups that must end by their deadline, and the time that a
# busy machine may need beyond it.
SHORT = 0.25
GRACE = 3


class Certificates:
    """An authority, and what it and another one have signed."""

    def __init__(self, folder):
        self.folder = folder
        for authority in ("ca", "other"):
            self._openssl("req", "-x509", "-subj", "/CN=" + authority,
                          "-addext", "keyUsage=critical,keyCertSign",
                          *self._new_key(authority))
        self._sign("server", "DNS:localhost,IP:127.0.0.1,IP:::1")
        self._sign("elsewhere", "DNS:elsewhere.example,IP:127.0.0.2")
        self._sign("client", "DNS:client")

    def path(self, name):
        return os.path.join(self.folder, name)

    def context(self, name, client=False):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path(name + ".pem"),
                                self.path(name + ".key"))
        if client:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.path("ca.pem"))
        return context

    def _new_key(self, name):
        return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-days", "30", "-keyout", self.path(name + ".key"),
                "-out", self.path(name + ".pem"))

    def _sign(self, name, names):
        self._openssl("req", "-x509", "-CA", self.path("ca.pem"), "-CAkey",
                      self.path("ca.key"), "-subj", "/CN=" + name, "-addext",
                      "subjectAltName=" + names, "-addext",
                      "basicConstraints=critical,CA:FALSE",
                      *self._new_key(name))

    @staticmethod
    def _openssl(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True)


class Driver:
    """An interpreter that has loaded the plugin."""

    def __init__(self, program):
        self._process = subprocess.Popen(
            [program, "-B", os.path.join(HERE, "plugin_driver.py"), PLUGIN],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, script, **environment):
        order = {"script": script, "environment": environment}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer["result"]

    def stop(self):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


class Plugin:
    """The tests; a subclass for each interpreter says which one."""

    version = None
    program = None

    @classmethod
    def setUpClass(cls):
        cls.driver = Driver(cls.program)
        cls.is_2 = cls.version.startswith("2")
        cls.workdir = tempfile.TemporaryDirectory()
        cls.folder = os.path.join(cls.workdir.name, "lookup_plugins",
                                  "virustotal")
        os.makedirs(cls.folder)

    @classmethod
    def tearDownClass(cls):
        cls.driver.stop()
        cls.workdir.cleanup()

    def path(self, name):
        return os.path.join(self.folder, name)

    def configure(self, server, *lines, timeout=20):
        """Writes dnifconfig.yml; `server` is a text or gateways."""
        if not isinstance(server, str):
            server = ", ".join(each.address for each in server)
        text = "lookup_plugin:\n  VTLOOKUP_SERVER: %s\n" % server
        for line in ("VTLOOKUP_TIMEOUT: %s" % timeout, *lines):
            text += "  %s\n" % line
        self.write("dnifconfig.yml", text)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def run_script(self, script, **environment):
        return self.driver.run(script, WORKDIR=self.workdir.name,
                               **environment)

    def look_up(self, rows, lookup="get_url_report", before="", **environment):
        """Returns the rows as the plugin makes them of the field `f`."""
        return self.run_script(
            "import json\nrows = json.loads(%r)\n%s\n"
            "result = virustotal.%s(rows, ['f'])\n"
            "assert result is rows\n" % (json.dumps(rows), before, lookup),
            **environment)

    def error_of(self, *arguments, **more):
        """Returns the `$VTError` of one row, which must be all it gets."""
        row, = self.look_up([{"f": "a", "$VTPositives": 3}], *arguments, **more)
        self.assertEqual(set(row), {"f", "$VTPositives", "$VTError"}
                         if "post_scan_url" in arguments
                         else {"f", "$VTError"})
        return row["$VTError"]

    def assert_answered(self, rows):
        for row in rows:
            self.assertEqual(row, {"f": row["f"],
                                   **fake_gateway.fields_of(row["f"])})

    # Rows.

    def test_rows_get_the_fields_of_their_values(self):
        rows = [{"f": "a", "$X": {"b": [1]}}, {"g": 1},
                {"f": "b", "$VTPositives": 9, "$VTError": "old", "$VTASN": 1},
                {"f": "a"}]
        with FakeGateway() as gateway:
            self.configure([gateway])
            found = self.look_up(rows)
        self.assertEqual(found, [
            {**rows[0], **fake_gateway.fields_of("a")}, {"g": 1},
            {"f": "b", "$VTASN": 1, **fake_gateway.fields_of("b")},
            {"f": "a", **fake_gateway.fields_of("a")}])
        request, = gateway.requests
        self.assertEqual(sorted(request.values), ["a", "b"])

    def test_rows_without_a_value_stay_as_they_are(self):
        rows = [{"f": value, "$VTError": "old"}
                for value in (None, "", "-", "N/A", "n/a", " \t", " - ")]
        rows.append({})
        with FakeGateway() as gateway:
            self.configure([gateway])
            self.assertEqual(self.look_up(rows), rows)
            self.assertEqual(self.look_up([]), [])
        self.assertEqual(gateway.connections, 0)

    def test_each_lookup_has_its_path(self):
        with FakeGateway() as gateway:
            self.configure([gateway])
            for lookup in LOOKUPS:
                self.assert_answered(self.look_up([{"f": "a"}], lookup))
        self.assertEqual([request.path.partition("?")[0]
                          for request in gateway.requests],
                         ["/v1/fields/" + lookup
                          for lookup in LOOKUPS])

    def test_other_values_are_looked_up_as_their_text(self):
        texts = {"12": 12, "1.5": 1.5, "true": True, '["ä",1,null]':
                 ["ä", 1, None], '{"b":{"c":false}}': {"b": {"c": False}},
                 "1": 1, "1.0": 1.0, "münchen.example": "münchen.example",
                 "\U0001f600\u2028\"\\\x00": "\U0001f600\u2028\"\\\x00",
                 str(2 ** 70): 2 ** 70, "null": "null"}
        with FakeGateway() as gateway:
            self.configure([gateway])
            rows = self.look_up([{"f": value} for value in texts.values()])
        for row, text in zip(rows, texts):
            self.assertEqual(row["$VTMessage"], "about " + text)
        self.assertEqual(sorted(gateway.requests[0].values), sorted(texts))

    def test_types_of_python_2(self):
        if not self.is_2:
            self.skipTest("for Python 2")
        with FakeGateway() as gateway:
            self.configure([gateway])
            result = self.run_script(
                "rows = [{'f': 'm\\xc3\\xbcnchen'}, {'f': u'm\\xfcnchen'},\n"
                "        {'f': '\\xff'}, {'f': u'\\ud800'}, {'f': 10**20},\n"
                "        {'f': ['\\xc3\\xbc', u'\\xfc']}, {'f': ['\\xff']},\n"
                "        {'f': u'\\U0001f600'}, {'f': 'N/A'}]\n"
                "virustotal.get_url_report(rows, [u'f'])\n"
                "for row in rows:\n"
                "    del row['f']\n"
                "result = [rows, [type(row.get('$VTMessage', u'')).__name__\n"
                "                 for row in rows]]\n")
        rows, types = result
        texts = ["münchen", "münchen", None, None, "100000000000000000000",
                 '["ü","ü"]', "['\\xff']", "\U0001f600"]
        for row, text in zip(rows, texts):
            if text is None:
                self.assertEqual(row, {"$VTError": "INVALID_ARGUMENT: the "
                                       "value is not UTF-8"})
            else:
                self.assertEqual(row, fake_gateway.fields_of(text))
        self.assertEqual(rows[8], {})
        self.assertEqual(set(types), {"unicode"})
        self.assertEqual(len(gateway.requests[0].values), 5)

    def test_what_is_not_utf_8_fails_alone(self):
        if self.is_2:
            self.skipTest("for Python 3")
        with FakeGateway() as gateway:
            self.configure([gateway])
            bad, good, other = self.look_up([{"f": "\ud800"}, {"f": "a"},
                                             {"f": "\udc00\ud800"}])
        self.assert_answered([good])
        for row in (bad, other):
            self.assertEqual(row["$VTError"],
                             "INVALID_ARGUMENT: the value is not UTF-8")
        self.assertEqual(gateway.requests[0].values, ["a"])

    def test_one_value_of_many_may_fail(self):
        body = json.dumps({"fields": [{"$VTError": "UNAVAILABLE: x"}]})
        with FakeGateway(lambda _: Answer(body=body)) as gateway:
            self.configure([gateway])
            self.assertEqual(self.error_of(), "UNAVAILABLE: x")

    def test_defanged_values(self):
        with open(os.path.join(HERE, "..", "data", "refang.tsv"),
                  encoding="utf-8") as table:
            cases = [line.rstrip("\n").split("\t") for line in table
                     if not line.startswith("#")]
        self.assertGreater(len(cases), 50)
        self.assertEqual(
            self.run_script("import json, vtlookup_refang\n"
                            "result = [vtlookup_refang.refang(text)\n"
                            "          for text in json.loads(%r)]\n" %
                            json.dumps([case[0] for case in cases])),
            [case[-1] for case in cases])

    def test_values_that_stand_for_the_same_are_asked_once(self):
        rows = [{"f": "hxxp://a[.]example"}, {"f": "http://a.example"}]
        with FakeGateway() as gateway:
            self.configure([gateway], "VTLOOKUP_REFANG: true")
            found = self.look_up(rows, "post_scan_url")
            self.configure([gateway], "VTLOOKUP_REFANG: false")
            self.look_up(rows)
        for before, after in zip(rows, found):
            self.assertEqual(after, {
                **before, **fake_gateway.fields_of("http://a.example")})
        self.assertEqual(gateway.requests[0].values, ["http://a.example"])
        self.assertEqual(len(gateway.requests[1].values), 2)

    def test_mistakes_of_the_plugin_do_not_cost_rows(self):
        self.configure("127.0.0.1:1")
        self.assertEqual(
            self.error_of(before="import vtlookup_gateway\n"
                                 "vtlookup_gateway.ask = None\n"),
            "INTERNAL: the plugin failed: TypeError")

    def test_the_collector_is_left_as_it_was(self):
        with FakeGateway() as gateway:
            self.configure([gateway])
            found = self.run_script(
                "import gc\nresult = []\n"
                "for on in (True, False):\n"
                "    (gc.enable if on else gc.disable)()\n"
                "    virustotal.get_url_report([{'f': 'a'}], ['f'])\n"
                "    result.append(gc.isenabled())\n"
                "    try:\n"
                "        virustotal.get_url_report([None], ['f'])\n"
                "    except AttributeError:\n"
                "        result.append(gc.isenabled())\n"
                "gc.enable()\n")
        self.assertEqual(found, [True, True, False, False])

    # Parts.

    def test_many_values_go_in_parts_over_one_connection(self):
        rows = [{"f": "v%d" % number} for number in range(12000)]
        with FakeGateway() as gateway:
            self.configure([gateway])
            self.assert_answered(self.look_up(rows))
        self.assertEqual([len(request.values) for request in gateway.requests],
                         [5000, 5000, 2000])
        self.assertEqual(gateway.connections, 1)
        if not self.is_2:  # whose dicts have no order
            self.assertEqual(gateway.requests[2].values[-1], "v11999")
        # Each part leaves time for the others.
        times = [float(re.search("timeout=(.*)s$", request.path).group(1))
                 for request in gateway.requests]
        self.assertTrue(5 < times[0] < 6.7, times)
        self.assertTrue(times[0] < times[1] < times[2] < 20, times)

    def test_long_values_go_in_smaller_parts(self):
        with FakeGateway() as gateway:
            self.configure([gateway])
            rows = self.run_script(
                "rows = [{'f': '%06d' % number * 20000}\n"
                "        for number in range(60)]\n"
                "virustotal.get_url_report(rows, ['f'])\n"
                "result = [row['$VTMessage'] == 'about ' + row['f']\n"
                "          for row in rows]\n")
        self.assertEqual(rows, [True] * 60)
        for request in gateway.requests:
            self.assertLessEqual(int(request.headers["content-length"]),
                                 4 << 20)
        self.assertLess(len(gateway.requests), 5)

    def test_a_part_that_is_too_large_for_the_daemon_is_split(self):
        def small(request):
            if len(request.values) > 2 or "bad" in request.values:
                return fake_gateway.failure(8, "too large", 413)
            return Answer()

        with FakeGateway(small) as gateway:
            self.configure([gateway])
            rows = self.look_up([{"f": value} for value in
                                 ("a", "b", "c", "d", "e", "bad")])
        self.assert_answered(rows[:5])
        self.assertEqual(rows[5]["$VTError"], "RESOURCE_EXHAUSTED: too large")

    def test_a_large_request_may_be_refused_before_it_is_read(self):
        answer = fake_gateway.failure(16, "no token", 401,
                                      headers=["Connection: close"])
        listener = socket.create_server(("127.0.0.1", 0))

        def refuse():
            connection, _ = listener.accept()
            connection.recv(100)
            connection.sendall(answer.bytes_for(None))
            connection.close()  # with unread bytes: a reset

        thread = threading.Thread(target=refuse)
        thread.start()
        self.configure("127.0.0.1:%d" % listener.getsockname()[1])
        row, = self.look_up([{"f": "a"}],
                            before="rows[0]['f'] *= 3 << 20\n")
        self.assertEqual(row["$VTError"], "UNAUTHENTICATED: no token")
        thread.join()
        listener.close()

    def test_the_next_part_is_sent_before_an_answer_is_parsed(self):
        arrived = self.path("arrived")

        def mark(request):
            if request.values == ["v2"]:
                self.write("arrived", "")
            return Answer()

        with FakeGateway(mark) as gateway:
            self.configure([gateway])
            self.look_up(
                [{"f": "v1"}, {"f": "v2"}],
                before="import os, time, vtlookup_gateway as gateway\n"
                       "gateway._MOST_VALUES = 1\n"
                       "class Json(object):\n"
                       "    dumps = staticmethod(json.dumps)\n"
                       "    @staticmethod\n"
                       "    def loads(text):\n"
                       "        end = time.time() + 10\n"
                       "        while not os.path.exists(%r):\n"
                       "            assert time.time() < end\n"
                       "            time.sleep(0.001)\n"
                       "        return json.loads(text)\n"
                       "gateway.json = Json\n"
                       "virustotal._values.without_bad_utf8 = sorted\n" %
                       arrived)
        os.unlink(arrived)
        self.assertEqual(len(gateway.requests), 2)

    # Connections.

    def two_calls(self, between=""):
        rows = self.run_script(
            "result = virustotal.get_url_report([{'f': 'a'}], ['f'])\n" +
            between +
            "result += virustotal.get_url_report([{'f': 'b'}], ['f'])\n")
        self.assertEqual([row["f"] for row in rows], ["a", "b"])
        self.assert_answered(rows)

    def test_a_connection_is_kept(self):
        with FakeGateway() as gateway:
            self.configure([gateway])
            self.two_calls()
        self.assertEqual(gateway.connections, 1)
        self.assertEqual(len(gateway.requests), 2)

    def test_a_connection_that_the_daemon_closes_is_made_anew(self):
        def close(connection):
            connection.sendall(Answer().bytes_for(gateway.requests[-1]))

        def close_when_asked_again(request):
            return ((lambda _: None) if request.connection == 1 and
                    request.values == ["b"] else Answer())

        for behaviour in (lambda _: Answer(headers=["Connection: close"]),
                          lambda _: close, close_when_asked_again):
            with FakeGateway(behaviour) as gateway:
                self.configure([gateway])
                self.two_calls("import time\ntime.sleep(0.02)\n")
            self.assertEqual(gateway.connections, 2)

    def test_a_child_makes_its_own_connection(self):
        with FakeGateway() as gateway:
            self.configure([gateway])
            self.two_calls(
                "import os\n"
                "child = os.fork()\n"
                "if not child:\n"
                "    virustotal.get_url_report([{'f': 'child'}], ['f'])\n"
                "    os._exit(0)\n"
                "os.waitpid(child, 0)\n")
        self.assertEqual([(request.connection, request.values)
                          for request in gateway.requests],
                         [(1, ["a"]), (2, ["child"]), (1, ["b"])])

    def test_threads(self):
        barrier = threading.Barrier(2)

        def meet(request):
            if request.values[0].startswith("t"):
                barrier.wait(10)
            return Answer()

        with FakeGateway(meet) as gateway:
            self.configure([gateway])
            self.two_calls(
                "import threading\n"
                "rows = [[{'f': 't1'}], [{'f': 't2'}]]\n"
                "threads = [threading.Thread(\n"
                "    target=virustotal.get_url_report, args=(each, ['f']))\n"
                "    for each in rows]\n"
                "for thread in threads: thread.start()\n"
                "for thread in threads: thread.join()\n"
                "assert rows[0][0]['$VTMessage'] == 'about t1', rows\n"
                "assert rows[1][0]['$VTMessage'] == 'about t2', rows\n"
                "import vtlookup_servers\n"
                "assert len(vtlookup_servers._kept) == 1\n")
        self.assertEqual(gateway.connections, 2)

    def test_a_connection_with_an_answer_to_come_is_not_kept(self):
        third = threading.Event()
        answered = []

        def wait(request):
            if request.values == ["v3"]:
                answered.append(request.connection)
                third.set()
            elif gateway.requests[0] != request:
                third.wait(2)
            return Answer()

        with FakeGateway(wait) as gateway:
            self.configure([gateway])
            rows = self.look_up(
                [{"f": "v3"}],
                before="import vtlookup_gateway as gateway\n"
                       "gateway._MOST_VALUES = 1\n"
                       "parsed, gateway._parsed = gateway._parsed, None\n"
                       "two = [{'f': 'v1'}, {'f': 'v2'}]\n"
                       "virustotal.get_url_report(two, ['f'])\n"
                       "assert two[0]['$VTError'].startswith('INTERNAL'), two\n"
                       "gateway._parsed = parsed\n")
        self.assert_answered(rows)
        self.assertEqual(answered, [2])

    def test_another_daemon_has_another_connection(self):
        with FakeGateway() as one, FakeGateway() as other:
            self.configure([one])
            name = self.path("dnifconfig.yml")
            self.two_calls("text = open(%r).read()\n"
                           "open(%r, 'w').write(text.replace(%r, %r))\n" %
                           (name, name, one.address, other.address))
        self.assertEqual((len(one.requests), len(other.requests)), (1, 1))

    def test_a_unix_socket(self):
        with tempfile.TemporaryDirectory() as folder:
            with FakeGateway(unix=os.path.join(folder, "x")) as gateway:
                for address in (gateway.address,
                                gateway.address.replace(":", "://")):
                    self.configure(address)
                    self.assert_answered(self.look_up([{"f": "a"}]))
        self.assertEqual(gateway.requests[0].headers["host"], "localhost")

    def test_names_and_ipv6(self):
        with FakeGateway() as gateway:
            self.configure("localhost:%d" % gateway.port)
            self.assert_answered(self.look_up([{"f": "a"}]))
        try:
            gateway = FakeGateway(family=socket.AF_INET6)
        except OSError:
            self.skipTest("there is no IPv6")
        with gateway:
            self.configure("[::1]:%d" % gateway.port)
            self.assert_answered(self.look_up([{"f": "a"}]))
        self.assertEqual(gateway.requests[0].headers["host"],
                         "[::1]:%d" % gateway.port)

    def test_other_forms_of_answers(self):
        def by_hand(*heads):
            return lambda _: lambda connection: connection.sendall(
                b"".join(heads) + json.dumps(
                    {"fields": [fake_gateway.fields_of("a")]}).encode())

        for behaviour in (
                lambda _: Answer(chunked=True),
                by_hand(b"HTTP/1.1 200 OK\r\n\r\n"),
                by_hand(b"HTTP/1.0 200 OK\r\nA: b\r\n\r\n"),
                by_hand(b"HTTP/1.1 100 Continue\r\n\r\n"
                        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n",
                        b"HTTP/1.1 200\r\n\r\n")):
            with FakeGateway(behaviour) as gateway:
                self.configure([gateway])
                self.assert_answered(self.look_up([{"f": "a"}]))

    def test_no_proxy_is_used(self):
        with FakeGateway() as gateway, FakeGateway() as proxy:
            self.configure([gateway], "VTLOOKUP_USE_PROXY: false")
            url = "http://" + proxy.address
            self.assert_answered(self.look_up(
                [{"f": "a"}], http_proxy=url, HTTP_PROXY=url, all_proxy=url,
                https_proxy=url))
        self.assertEqual(proxy.connections, 0)

    # Daemons that do not answer.

    @staticmethod
    def no_answers():
        """What a daemon does that does not answer."""
        def part(text):
            return lambda _: lambda connection: connection.sendall(text)

        return {
            "closed the connection without": part(b""),
            "closed the connection within": part(b"HTTP/1.1 200"),
            "within an answer": part(
                b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"),
            "speaks HTTP/2": part(fake_gateway.HTTP2),
            "does not speak HTTP/1.1": part(b"220 mail.example ESMTP\r\n"),
            "is not HTTP/1.1": part(
                b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
            "too many": lambda _: fake_gateway.failure(14, "too many", 503),
            "HTTP status 503": lambda _: Answer(503, "<html>"),
        }

    def test_the_next_daemon_is_asked(self):
        for behaviour in self.no_answers().values():
            with FakeGateway(behaviour) as one, FakeGateway() as other:
                self.configure([one, other])
                self.assert_answered(self.look_up([{"f": "a"}]))
            self.assertEqual((len(one.requests), len(other.requests)), (1, 1))
        with FakeGateway() as other:
            self.configure("127.0.0.1:1, " + other.address)
            self.assert_answered(self.look_up([{"f": "a"}]))

    def test_the_error_says_why_no_daemon_answered(self):
        for words, behaviour in self.no_answers().items():
            with FakeGateway(behaviour) as gateway:
                self.configure([gateway])
                error = self.error_of()
            self.assertTrue(error.startswith("UNAVAILABLE: "), error)
            self.assertIn(words, error)
            if "HTTP/2" in words or "without" in words:
                self.assertIn("gateway.address (port 50080), not its gRPC "
                              "address", error)
        self.configure("127.0.0.1:1, unix:/nowhere/x")
        self.assertEqual(self.error_of(),
                         "UNAVAILABLE: 127.0.0.1:1: Connection refused; "
                         "unix:/nowhere/x: No such file or directory")

    def test_a_daemon_that_cannot_be_reached_costs_part_of_the_time(self):
        listener = socket.create_server(("127.0.0.1", 0), backlog=0)
        address = listener.getsockname()
        # These fill its queue, so that further ones get no answer.
        waiting = []
        for _ in range(4):
            waiting.append(socket.socket())
            waiting[-1].setblocking(False)
            waiting[-1].connect_ex(address)
        with FakeGateway() as other:
            self.configure("127.0.0.1:%d, %s" % (address[1], other.address),
                           timeout=2 * SHORT)
            self.two_calls()
            self.configure("127.0.0.1:%d" % address[1], timeout=SHORT)
            error, seconds = self.timed_error()
        self.assertLess(seconds, SHORT + GRACE)
        self.assertIn("DEADLINE_EXCEEDED: 127.0.0.1:%d: no answer within 0.25 s"
                      % address[1], error)
        for each in waiting + [listener]:
            each.close()

    def test_a_daemon_that_did_not_answer_is_asked_last_for_a_while(self):
        def calls(script=""):
            with FakeGateway(lambda _: lambda connection: None) as one, \
                    FakeGateway() as other:
                self.configure([one, other])
                self.two_calls(script)
            return len(one.requests), len(other.requests)

        later = ("import vtlookup_stream as stream\n"
                 "now = stream.now\n"
                 "stream.now = lambda: now() + %d\n")
        self.assertEqual(calls(), (1, 2))
        self.assertEqual(calls(later % 9), (1, 2))
        self.assertEqual(calls(later % 11), (2, 2))

    def test_what_a_daemon_refuses_no_other_is_asked(self):
        for code, status, name in ((16, 401, "UNAUTHENTICATED"),
                                   (7, 403, "PERMISSION_DENIED"),
                                   (8, 429, "RESOURCE_EXHAUSTED"),
                                   (3, 400, "INVALID_ARGUMENT")):
            with FakeGateway(lambda _, c=code, s=status: fake_gateway.failure(
                    c, "sagt nein: ü", s)) as one, FakeGateway() as other:
                self.configure([one, other])
                self.assertEqual(self.error_of(), name + ": sagt nein: ü")
            self.assertEqual(other.connections, 0)
        with FakeGateway(lambda _: Answer(502, "<html>")) as gateway:
            self.configure([gateway])
            self.assertEqual(self.error_of(), "UNAVAILABLE: HTTP status 502")

    def test_answers_that_cannot_be_used(self):
        for body in ("{", '{"fields": []}', '{"fields": [1]}', "[]", "\xff",
                     '{"fields": {"a": {}}}', '{"fields": null}', "1",
                     '{"fields": [{}, {}]}', "[" * 100000, b"\xff"):
            with FakeGateway(lambda _, b=body: Answer(body=b)) as gateway:
                self.configure([gateway])
                self.assertIn("INTERNAL: the daemon's answer cannot be used",
                              self.error_of())

    # Submissions.

    def test_a_submission_is_not_sent_twice(self):
        for words, behaviour in self.no_answers().items():
            with FakeGateway(behaviour) as one, FakeGateway() as other:
                self.configure([one, other])
                error = self.error_of("post_scan_url")
                self.assertTrue(error.startswith("UNAVAILABLE: "), error)
                self.assertIn(words, error)
                if "HTTP status" not in words and words != "too many":
                    self.assertIn("whether the URLs were submitted is not "
                                  "known", error)
            self.assertEqual((len(one.requests), other.connections), (1, 0))

    def test_a_submission_goes_to_a_daemon_that_can_be_reached(self):
        with FakeGateway() as other:
            self.configure("127.0.0.1:1, " + other.address)
            self.assert_answered(self.look_up([{"f": "a"}], "post_scan_url"))

    def test_a_submission_has_a_connection_of_its_own(self):
        with FakeGateway() as gateway:
            self.configure([gateway])
            self.two_calls("virustotal.post_scan_url([{'f': 's'}], ['f'])\n")
        self.assertEqual([request.connection for request in gateway.requests],
                         [1, 2, 2])

    def test_each_part_of_a_submission_has_a_connection_that_is_open(self):
        closing = Answer(headers=["Connection: close"])
        with FakeGateway(lambda _: closing) as gateway:
            self.configure([gateway])
            self.assert_answered(self.look_up(
                [{"f": "a"}, {"f": "b"}], "post_scan_url",
                before="import vtlookup_gateway\n"
                       "vtlookup_gateway._MOST_VALUES = 1\n"))
        self.assertEqual([request.connection for request in gateway.requests],
                         [1, 2])

    # The deadline.

    def timed_error(self, **more):
        begin = time.monotonic()
        error = self.error_of(**more)
        return error, time.monotonic() - begin

    def check_deadline(self, gateway, *lines, server=None, **more):
        self.configure(server or [gateway], *lines, timeout=SHORT)
        error, seconds = self.timed_error(**more)
        self.assertIn("DEADLINE_EXCEEDED: ", error)
        self.assertIn("no answer within 0.25 s (VTLOOKUP_TIMEOUT)", error)
        self.assertLess(seconds, SHORT + GRACE)
        self.assertGreater(seconds, SHORT - 0.05)

    def test_a_daemon_that_never_ends_does_not_make_a_lookup_longer(self):
        def flood(connection):
            while True:
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 10000)

        with FakeGateway(lambda _: flood) as gateway:
            self.check_deadline(gateway)

    @staticmethod
    def drip(first, pause=0.02):
        """Sends some bytes at once, and others slowly and for ever."""
        def send(connection):
            connection.sendall(first)
            while True:
                connection.sendall(b"1")
                time.sleep(pause)
        return send

    def test_a_daemon_that_drips_does_not_make_a_lookup_longer(self):
        for first in (b"HTTP/1.1 200 OK\r\nA: b",
                      b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
                      b"HTTP/1.1 200 OK\r\n\r\n",
                      b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                      b"fff\r\n"):
            with FakeGateway(lambda _, f=first: self.drip(f)) as gateway:
                self.check_deadline(gateway)

    def test_a_daemon_that_does_nothing(self):
        done = threading.Event()
        with FakeGateway(lambda _: lambda connection: done.wait()) as gateway:
            self.check_deadline(gateway)
        done.set()

    def test_a_daemon_that_does_not_read(self):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        self.configure("127.0.0.1:%d" % listener.getsockname()[1],
                       timeout=SHORT)
        begin = time.monotonic()
        error = self.run_script(
            "rows = [{'f': 'a' * (5 << 20)}]\n"
            "virustotal.get_url_report(rows, ['f'])\n"
            "result = rows[0]['$VTError']\n")
        self.assertIn("DEADLINE_EXCEEDED", error)
        self.assertLess(time.monotonic() - begin, SHORT + GRACE)
        listener.close()

    def test_names_that_dns_does_not_answer(self):
        self.check_deadline(
            None, server="slow.example:1",
            before="import socket, time\n"
                   "socket.getaddrinfo = lambda *_: time.sleep(60)\n")
        self.configure("slow.example:1")
        self.assertEqual(
            self.error_of(before="import socket\n"
                          "def fail(*_): raise socket.gaierror(-2, 'no name')\n"
                          "socket.getaddrinfo = fail\n"),
            "UNAVAILABLE: slow.example:1: no name")

    # TLS and tokens.

    def tls(self, *lines):
        return ("VTLOOKUP_CA: " + CERTIFICATES.path("ca.pem"), *lines)

    def client(self):
        return ("VTLOOKUP_CERT: " + CERTIFICATES.path("client.pem"),
                "VTLOOKUP_KEY: " + CERTIFICATES.path("client.key"))

    def test_tls(self):
        with FakeGateway(context=CERTIFICATES.context("server")) as gateway:
            for host in ("127.0.0.1", "localhost"):
                self.configure("%s:%d" % (host, gateway.port), *self.tls())
                self.two_calls("import os\n"
                               "child = os.fork()\n"
                               "if not child:\n"
                               "    virustotal.get_url_report([{'f': 'c'}],\n"
                               "                              ['f'])\n"
                               "    os._exit(0)\n"
                               "os.waitpid(child, 0)\n")
            self.assertEqual(gateway.connections, 4)
            rows = [{"f": "%d" % number * 100} for number in range(11000)]
            self.assert_answered(self.look_up(rows))

    def test_the_certificate_of_the_daemon_is_verified(self):
        with FakeGateway(context=CERTIFICATES.context("elsewhere")) as gateway:
            for host in ("127.0.0.1", "localhost"):
                self.configure("%s:%d" % (host, gateway.port), *self.tls())
                self.assertIn("UNAVAILABLE: %s:%d: TLS: " %
                              (host, gateway.port), self.error_of())
        with FakeGateway(context=CERTIFICATES.context("server")) as gateway:
            self.configure([gateway],
                           "VTLOOKUP_CA: " + CERTIFICATES.path("other.pem"))
            self.assertIn("TLS: ", self.error_of())
        with FakeGateway() as gateway:
            self.configure([gateway], *self.tls(), timeout=2)
            self.assertIn("127.0.0.1", self.error_of())
        self.assertEqual(gateway.requests, [])

    def test_the_certificate_of_the_node(self):
        context = CERTIFICATES.context("server", client=True)
        with FakeGateway(context=context) as gateway:
            self.configure([gateway], *self.tls(*self.client()))
            self.assert_answered(self.look_up([{"f": "a"}]))
            self.configure([gateway], *self.tls())
            self.assertIn("UNAVAILABLE: ", self.error_of())
        self.assertEqual(len(gateway.requests), 1)

    def test_a_handshake_ends_by_the_deadline(self):
        listener = socket.create_server(("127.0.0.1", 0))

        def serve():
            connection, _ = listener.accept()
            with connection:
                try:
                    self.drip(b"\x16\3\3\x40\0")(connection)
                except OSError:
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        self.check_deadline(
            None, *self.tls(),
            server="127.0.0.1:%d" % listener.getsockname()[1])
        thread.join()
        listener.close()

    def test_a_token(self):
        token = self.write("token", TOKEN + "\n")
        with FakeGateway() as gateway:
            self.configure([gateway], "VTLOOKUP_TOKEN_FILE: " + token)
            self.assert_answered(self.look_up([{"f": "a"}]))
        self.assertEqual(gateway.requests[0].headers["authorization"],
                         "Bearer " + TOKEN)
        for behaviour in self.no_answers().values():
            with FakeGateway(behaviour) as gateway:
                self.configure([gateway], "VTLOOKUP_TOKEN_FILE: " + token)
                self.assertNotIn(TOKEN, self.error_of())
        shown = self.run_script(
            "import vtlookup_settings as settings\n"
            "found = settings.load(settings.path())\n"
            "assert found.token == %r\n"
            "result = repr(found) + str(found)\n" % TOKEN)
        self.assertNotIn(TOKEN, shown)
        self.assertNotIn(TOKEN, self.check_config())

    # dnifconfig.yml.

    def check_config(self, **environment):
        return self.run_script(
            "import io, sys\n"
            "class Out(object):\n"
            "    text = ''\n"
            "    def write(self, more): Out.text += more\n"
            "    def flush(self): pass\n"
            "out, sys.stdout = sys.stdout, Out()\n"
            "virustotal.check_config()\n"
            "sys.stdout = out\n"
            "result = Out.text\n", **environment)

    def test_check_config(self):
        self.configure("127.0.0.1:1")
        self.assertEqual(self.check_config(),
                         "servers: 127.0.0.1:1\nTLS: none\ntoken: none\n"
                         "timeout: 20 s\nrefang: no\n")
        token = self.write("token", TOKEN)
        self.configure("a:1,b:2 , unix:/x", *self.tls(*self.client()),
                       "VTLOOKUP_TOKEN_FILE: '%s'" % token,
                       "VTLOOKUP_REFANG: true # or not", timeout=0.5)
        self.assertEqual(self.check_config(), (
            "servers: a:1, b:2, unix:/x\n"
            "TLS: authority {0}/ca.pem, own certificate {0}/client.pem\n"
            "token: from {1}\ntimeout: 0.5 s\nrefang: yes\n").format(
                CERTIFICATES.folder, token))
        os.unlink(self.path("dnifconfig.yml"))
        self.assertEqual(self.check_config(), self.path("dnifconfig.yml") +
                         ": No such file or directory\n")

    def test_the_file_that_comes_with_the_plugin(self):
        text = self.run_script(
            "import os\n"
            "os.environ.pop('WORKDIR')\n"
            "import vtlookup_settings as settings\n"
            "result = settings.description(settings.load(settings.path()))\n")
        self.assertTrue(text.startswith("servers: 127.0.0.1:50080\n"), text)

    def test_mistakes_are_told_in_the_rows(self):
        bad = self.write("bad", "two words\n")
        for lines, words in (
                ("VTLOOKUP_TIMEOUT: nan", "must be a number of seconds"),
                ("VTLOOKUP_TIMEOUT: 0", "must be a number of seconds"),
                ("VTLOOKUP_SERVER:", "host:port"),
                ("VTLOOKUP_SERVER: far", "host:port"),
                ("VTLOOKUP_SERVER: a:1,", "host:port"),
                ("VTLOOKUP_SERVER: a:70000", "host:port"),
                ("VTLOOKUP_SERVER: ::1:50080", "[IPv6 address]:port"),
                ("VTLOOKUP_SERVER: https://a:1", "without http://"),
                ("VTLOOKUP_CERT: x\n  VTLOOKUP_KEY: y", "VTLOOKUP_CA"),
                ("VTLOOKUP_CA: x\n  VTLOOKUP_KEY: y", "set both"),
                ("VTLOOKUP_CA: /nowhere/ca", "VTLOOKUP_CA: /nowhere/ca: No "
                 "such file"),
                ("VTLOOKUP_CA: %s\n  VTLOOKUP_CERT: /no\n  VTLOOKUP_KEY: /no" %
                 CERTIFICATES.path("ca.pem"), "VTLOOKUP_CERT /no and"),
                ("VTLOOKUP_SERVER: 127.0.0.1:1, far:1\n"
                 "  VTLOOKUP_TOKEN_FILE: /dev/null", "VTLOOKUP_CA"),
                ("VTLOOKUP_SERVER: 127.far.example:1\n"
                 "  VTLOOKUP_TOKEN_FILE: /dev/null", "VTLOOKUP_CA"),
                ("VTLOOKUP_TOKEN_FILE: /dev/null", "one token"),
                ("VTLOOKUP_TOKEN_FILE: " + bad, "one token"),
                ("VTLOOKUP_TOKEN_FILE: /nowhere/token", "/nowhere/token: No "),
                ("VTLOOKUP_REFANG: yes", "must be true or false"),
                ("VTLOOKUP_USE_PROXY: yes", "must be true or false"),
                ("VTLOOKUP_USE_PROXY: true", "never uses a proxy; remove this "
                 "line"),
                ("VTLOOKUP_SEVER: x", ":2: VTLOOKUP_SEVER: unknown key"),
                ("just words", ":2: expected KEY: value")):
            self.write("dnifconfig.yml", "lookup_plugin:\n  %s\n" % lines)
            error = self.error_of()
            self.assertTrue(error.startswith("FAILED_PRECONDITION: "), error)
            self.assertIn(words, error)
            self.assertNotIn("two words", error)
        self.write("dnifconfig.yml", "lookup_plugin: {VTLOOKUP_SERVER: a:1}\n")
        self.assertIn("nothing may follow the colon", self.error_of())

    def test_the_key_of_the_old_plugin_is_ignored(self):
        with FakeGateway() as gateway:
            self.configure([gateway], "VT_API_KEY: abc")
            self.assert_answered(self.look_up([{"f": "a"}]))
        self.assertNotIn("abc", str(gateway.requests))


def load_tests(loader, _, __):
    suite = unittest.TestSuite()
    for version, program in interpreters.found().items():
        name = "Python" + version.replace(".", "_")
        suite.addTests(loader.loadTestsFromTestCase(type(
            name, (Plugin, unittest.TestCase),
            {"version": version, "program": program})))
    return suite


def run_alone(program):
    """Runs the tests of one interpreter in a process of their own."""
    result = subprocess.run([sys.executable, "-B", __file__],
                            stderr=subprocess.PIPE, text=True, check=False,
                            env={**os.environ, "VTLOOKUP_PYTHONS": program})
    print(program + "\n" + result.stderr, file=sys.stderr)
    return result.returncode == 0


def run_all(found):
    """Returns whether the tests pass in all interpreters."""
    missing = [each for each in interpreters.WANTED if each not in found]
    print("tested: Python %s; not found: %s" %
          (", ".join(found), ", ".join(missing) or "none"), file=sys.stderr)
    # Most of the time they wait.
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return all(list(pool.map(run_alone, found.values())))


if __name__ == "__main__":
    pythons = interpreters.found()
    if len(pythons) != 1:
        sys.exit(0 if pythons and run_all(pythons) else 1)
    with tempfile.TemporaryDirectory() as certificates:
        CERTIFICATES = Certificates(certificates)
        unittest.main()
