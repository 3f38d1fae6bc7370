"""HTTP/1.1 as far as one POST at a time needs it."""

from __future__ import unicode_literals

import vtlookup_stream as _stream

_LARGEST_BODY = 1 << 30
_HINT = ("VTLOOKUP_SERVER must name the daemon's gateway.address (port 50080), "
         "not its gRPC address")


class Connection(object):
    """A connection to one daemon, for one request after the other."""

    def __init__(self, stream, server):
        self._stream = stream
        self._host = server.text if server.host else "localhost"
        self._asked = 0
        self._refused = False
        self.reusable = True

    def close(self):
        self._stream.close()

    def is_alive(self):
        """Returns whether a request may be sent here, as far as is known."""
        return self.reusable and self._stream.is_quiet()

    def is_fresh(self):
        """Returns whether no answer has come here yet."""
        return self._asked <= 1

    def send(self, path, token, body, until):
        """Sends a request. TooLate; other failures are told by `receive`."""
        lines = ["POST %s HTTP/1.1" % path, "Host: " + self._host,
                 "Content-Type: application/json", "Accept: application/json",
                 "User-Agent: vtlookup-dnif", "Content-Length: %d" % len(body)]
        if token:
            lines.append("Authorization: Bearer " + token)
        head = "\r\n".join(lines) + "\r\n\r\n"
        self._asked += 1
        try:
            self._stream.write(head.encode("latin-1", "replace") + body, until)
        except _stream.NoAnswer:
            # The daemon may have answered before it closed, such as 413.
            self._refused = True

    def receive(self, until):
        """Returns the status and the body. NoAnswer, TooLate."""
        try:
            status, headers = self._head(until)
        except _stream.NoAnswer as error:
            if self.is_fresh() and not self._stream.has_read:
                raise _stream.NoAnswer("%s; %s" % (error, _HINT))
            raise
        body = self._body(status, headers, until)
        if self._refused or headers.get("connection", "").lower() == "close":
            self.reusable = False
        return status, body

    def _head(self, until):
        """Returns the status and the headers, whose names are lower case."""
        status = 100
        while 100 <= status < 200:
            begin = self._stream.peek(5, until)
            if begin and not begin.startswith(b"HTTP/"):
                raise _stream.NoAnswer(_other_protocol(begin))
            head = self._stream.read_to(b"\r\n\r\n", until).decode("latin-1")
            lines = head.split("\r\n")
            words = lines[0].split(" ", 2)
            if not words[0].startswith("HTTP/1.") or not words[1:2]:
                raise _stream.NoAnswer(_other_protocol(begin))
            status = _number(words[1], 10)
        headers = [line.partition(":") for line in lines[1:]]
        return status, {name.strip().lower(): value.strip()
                        for name, _, value in headers}

    def _body(self, status, headers, until):
        if status in (204, 304):
            return b""
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunks(until)
        if "content-length" in headers:
            return self._stream.read(_number(headers["content-length"], 10),
                                     until)
        self.reusable = False
        return self._stream.read_rest(_LARGEST_BODY, until)

    def _chunks(self, until):
        body = bytearray()
        while True:
            line = self._stream.read_to(b"\r\n", until).decode("latin-1")
            size = _number(line.partition(";")[0], 16)
            if not size:
                break
            if len(body) + size > _LARGEST_BODY:
                raise _stream.NoAnswer("the answer is too large")
            body += self._stream.read(size, until)
            self._stream.read_to(b"\r\n", until)
        while self._stream.read_to(b"\r\n", until):
            pass  # a trailer
        return body


def _number(text, base):
    text = text.strip()
    try:
        number = int(text, base) if text[:1] not in ("-", "+", "") else -1
    except ValueError:
        number = -1
    if not 0 <= number <= _LARGEST_BODY:
        raise _stream.NoAnswer("the answer is not HTTP/1.1: %s" % text[:40])
    return number


def _other_protocol(begin):
    # HTTP/2 begins with a frame SETTINGS: three bytes of length, then its type.
    if begin[3:4] == b"\x04" or begin.startswith((b"HTTP/2", b"PRI * HTTP/2")):
        return "speaks HTTP/2, as gRPC does; " + _HINT
    return "does not speak HTTP/1.1; " + _HINT
