"""HTTP/2 as an attacker speaks it: frames made by hand, over a raw socket.

It keeps to the protocol only where an attack needs that to get further: it
acknowledges settings and pings, and it counts the windows of what it sends.
"""

import socket
import ssl
import struct
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

# Types of frames (RFC 9113, section 6).
DATA = 0
HEADERS = 1
RST_STREAM = 3
SETTINGS = 4
PING = 6
GOAWAY = 7
WINDOW_UPDATE = 8
CONTINUATION = 9

# Flags.
END_STREAM = 1
ACK = 1
END_HEADERS = 4

# Names of settings.
INITIAL_WINDOW_SIZE = 4
MAX_FRAME_SIZE = 5

# What a peer takes before its settings have come.
DEFAULT_WINDOW = 65535
DEFAULT_FRAME = 16384


def frame(kind, flags, stream, payload=b""):
    """One frame."""
    return (struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) +
            struct.pack(">I", stream) + payload)


def settings(values=None):
    """A SETTINGS frame; `values` maps names of settings to numbers."""
    return frame(SETTINGS, 0, 0, b"".join(
        struct.pack(">HI", name, value)
        for name, value in (values or {}).items()))


def window_update(stream, size):
    """A WINDOW_UPDATE frame."""
    return frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", size))


def rst_stream(stream, code=8):
    """A RST_STREAM frame; 8 is CANCEL."""
    return frame(RST_STREAM, 0, stream, struct.pack(">I", code))


def varint(value, prefix_bits, first=0):
    """An integer of HPACK (RFC 7541, section 5.1)."""
    limit = (1 << prefix_bits) - 1
    if value < limit:
        return bytes([first | value])
    out = bytearray([first | limit])
    value -= limit
    while value >= 128:
        out.append(value % 128 + 128)
        value //= 128
    out.append(value)
    return bytes(out)


def literal(name, value):
    """A header field that no table has and no table keeps."""
    return (b"\0" + varint(len(name), 7) + name + varint(len(value), 7) +
            value)


def grpc_headers(path, extra=(), tls=False):
    """The header block of a call of gRPC."""
    block = b"\x83" + (b"\x87" if tls else b"\x86")  # POST, the scheme
    fields = [(b":path", path.encode()), (b":authority", b"localhost"),
              (b"te", b"trailers"), (b"content-type", b"application/grpc")]
    return block + b"".join(literal(*field) for field in [*fields, *extra])


def grpc_message(body, compressed=False):
    """A message of gRPC: flag, length, bytes."""
    return struct.pack(">BI", compressed, len(body)) + body


class Connection:
    """A connection to a server of HTTP/2. One thread only."""

    def __init__(self, target, local_settings=None, timeout=5):
        """Connects, and sends the preface and `local_settings`."""
        self.closed = False
        self._tls = target.tls
        self._headers = target.headers
        # The window of the connection and of each stream; the latter begin
        # with `_initial_window`.
        self.window = DEFAULT_WINDOW
        self.windows = {}
        self._initial_window = DEFAULT_WINDOW
        self._next_stream = 1
        self._input = b""
        # What has come for each stream: the payloads of its HEADERS, whether
        # it has ended, and how many bytes of DATA.
        self.header_blocks = {}
        self.ended = set()
        # Whether the peer has sent its settings; whether to answer what it
        # sends, which must not be done amid a header block.
        self.greeted = False
        self.answers = True
        self.received = 0
        raw = target.connect(timeout)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = raw
        if target.tls:
            context = ssl.create_default_context(cafile=target.ca_file)
            context.set_alpn_protocols(["h2"])
            self.socket = context.wrap_socket(raw,
                                              server_hostname=target.host)
        self.send(PREFACE + settings(local_settings))

    def send(self, data, timeout=2):
        """Sends all of `data`; False when the peer has closed, or takes
        nothing for `timeout` seconds."""
        if self.closed:
            return False
        try:
            self.socket.settimeout(timeout)
            self.socket.sendall(data)
            return True
        except OSError:
            self.closed = True
            return False

    def close(self):
        """Closes the socket without a word."""
        self.closed = True
        self.socket.close()

    def new_stream(self):
        """The number of the next stream."""
        stream = self._next_stream
        self._next_stream += 2
        return stream

    def call(self, path, extra=(), end=False):
        """Opens a stream with the headers of a call; its number."""
        stream = self.new_stream()
        self.send(frame(HEADERS, END_HEADERS | (END_STREAM if end else 0),
                        stream, grpc_headers(path, [*self._headers, *extra],
                                             self._tls)))
        return stream

    def send_body(self, stream, body, end, until):
        """Sends `body` as far as the windows allow, and waits for them to be
        opened until the time `until`. How much was sent."""
        view, sent = memoryview(body), 0
        while sent < len(body) and time.monotonic() < until:
            room = min(self.window,
                       self.windows.get(stream, self._initial_window),
                       DEFAULT_FRAME, len(body) - sent)
            if room <= 0:
                self.pump(0.05)
                if self.closed or stream in self.ended:
                    break
                continue
            last = end and sent + room == len(body)
            if not self.send(frame(DATA, END_STREAM if last else 0, stream,
                                   bytes(view[sent:sent + room]))):
                break
            self.window -= room
            self.windows[stream] = self.windows.get(
                stream, self._initial_window) - room
            sent += room
            if sent % (16 * DEFAULT_FRAME) < DEFAULT_FRAME:
                self.pump(0)
        return sent

    def pump(self, timeout):
        """Reads what has come within `timeout` seconds, and answers what the
        protocol wants answered. Whether anything came."""
        if self.closed:
            return False
        try:
            self.socket.settimeout(max(timeout, 0.0001))
            data = self.socket.recv(1 << 18)
        except (TimeoutError, ssl.SSLWantReadError):
            return False
        except OSError:
            self.closed = True
            return False
        if not data:
            self.closed = True
            return False
        self._input += data
        self._take_frames()
        return True

    def await_end(self, stream, until):
        """Reads until `stream` has ended; whether it has."""
        while (stream not in self.ended and not self.closed and
               time.monotonic() < until):
            self.pump(0.1)
        return stream in self.ended

    def _take_frames(self):
        begin = 0
        while len(self._input) - begin >= 9:
            size = int.from_bytes(self._input[begin:begin + 3], "big")
            if len(self._input) - begin < 9 + size:
                break
            kind, flags = self._input[begin + 3:begin + 5]
            stream = int.from_bytes(self._input[begin + 5:begin + 9], "big")
            self._take(kind, flags, stream,
                       self._input[begin + 9:begin + 9 + size])
            begin += 9 + size
        self._input = self._input[begin:]

    def _take(self, kind, flags, stream, payload):
        if kind == WINDOW_UPDATE:
            size = int.from_bytes(payload, "big")
            if stream == 0:
                self.window += size
            else:
                self.windows[stream] = self.windows.get(
                    stream, self._initial_window) + size
        elif kind == SETTINGS and not flags & ACK:
            self._take_settings(payload)
        elif kind == PING and not flags & ACK and self.answers:
            self.send(frame(PING, ACK, 0, payload))
        elif kind == HEADERS:
            self.header_blocks.setdefault(stream, []).append(payload)
        elif kind == DATA:
            self.received += len(payload)
        if kind == RST_STREAM or (kind in (DATA, HEADERS) and
                                  flags & END_STREAM):
            self.ended.add(stream)

    def _take_settings(self, payload):
        self.greeted = True
        for at in range(0, len(payload), 6):
            name, value = struct.unpack(">HI", payload[at:at + 6])
            if name == INITIAL_WINDOW_SIZE:
                for stream in self.windows:
                    self.windows[stream] += value - self._initial_window
                self._initial_window = value
        if self.answers:
            self.send(frame(SETTINGS, ACK, 0))

    def await_greeting(self, until):
        """Reads until the peer's settings have come, and acknowledges them."""
        while (not self.greeted and not self.closed and
               time.monotonic() < until):
            self.pump(0.1)
