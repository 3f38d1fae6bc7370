"""A gateway for the tests of the plugin, which does as its script says.

Each connection is served by a thread. What came is in `requests`, a list of
Request. A test gives a function that gets a Request and returns what to do:
an Answer, or a function that gets the socket and does it by hand.
"""

import collections
import json
import socket
import ssl
import threading

Request = collections.namedtuple("Request",
                                 "connection path headers values")

# HTTP/2: an empty frame SETTINGS, and GOAWAY.
HTTP2 = (b"\0\0\0\4\0\0\0\0\0" b"\0\0\x08\7\0\0\0\0\0" b"\0\0\0\0\0\0\0\1")


class Answer:
    """An answer; without a body, each value has the fields of `fields_of`."""

    def __init__(self, status=200, body=None, headers=(), chunked=False):
        self.status = status
        self.body = body
        self.headers = list(headers)
        self.chunked = chunked

    def bytes_for(self, request):
        body = self.body
        if body is None:
            body = json.dumps({"fields": [fields_of(value)
                                          for value in request.values]},
                              ensure_ascii=False)
        if isinstance(body, str):
            body = body.encode()
        head = ["HTTP/1.1 %d Whatever" % self.status,
                "Content-Type: application/json", *self.headers]
        if self.chunked:
            head.append("Transfer-Encoding: chunked")
            half = len(body) // 2
            body = b"".join(b"%x;a=b\r\n%s\r\n" % (len(part), part)
                            for part in (body[:half], body[half:]))
            body += b"0\r\nTrailer: x\r\n\r\n"
        else:
            head.append("content-length: %d" % len(body))
        return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def fields_of(value):
    return {"$VTResponseCode": 1, "$VTMessage": "about " + value,
            "$VTNegative": ["Ünï", "B"]}


def failure(code, message, status, **more):
    return Answer(status, json.dumps({"code": code, "message": message}),
                  **more)


class FakeGateway:
    """Listens on loopback, or on a Unix socket, from the beginning."""

    def __init__(self, behaviour=None, unix=None, context=None, family=None):
        self.requests = []
        self.connections = 0
        self.failed_handshakes = []
        self._behaviour = behaviour or (lambda request: Answer())
        self._context = context
        self._open = set()
        if unix:
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(unix)
            self.address = "unix:" + unix
        else:
            self._listener = socket.socket(family or socket.AF_INET)
            self._listener.bind(("::1" if family == socket.AF_INET6
                                 else "127.0.0.1", 0))
            self.port = self._listener.getsockname()[1]
            self.address = "127.0.0.1:%d" % self.port
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self._listener.close()
        for each in list(self._open):
            each.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, daemon=True,
                             args=(connection, self.connections)).start()

    def _serve(self, connection, number):
        self._open.add(connection)
        try:
            if self._context:
                self._open.discard(connection)
                connection = self._context.wrap_socket(connection,
                                                       server_side=True)
                self._open.add(connection)
            with connection, connection.makefile("rb") as file:
                while self._answer(connection, file, number):
                    pass
        except ssl.SSLError as error:
            self.failed_handshakes.append(error)
        except (OSError, ValueError):
            pass  # the plugin, or `stop`, has closed it
        finally:
            self._open.discard(connection)

    def _answer(self, connection, file, number):
        """Returns whether the connection goes on."""
        line = file.readline()
        if not line:
            return False
        headers = {}
        for header in iter(file.readline, b"\r\n"):
            name, _, value = header.decode().partition(":")
            headers[name.lower()] = value.strip()
        body = file.read(int(headers["content-length"]))
        request = Request(number, line.decode().split()[1], headers,
                          json.loads(body)["values"])
        self.requests.append(request)
        action = self._behaviour(request)
        if not isinstance(action, Answer):
            action(connection)
            return False
        connection.sendall(action.bytes_for(request))
        return "Connection: close" not in action.headers
