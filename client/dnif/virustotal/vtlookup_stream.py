"""Bytes to and from a daemon, each step of which ends by a deadline.

A deadline is a time of `now()`. The sockets do not block, and the deadline is
checked here, because a time limit of a socket begins anew with each byte.
"""

from __future__ import unicode_literals

import errno
import fcntl
import os
import select
import socket
import ssl
import threading
import time

import vtlookup_settings as _settings

_LONGEST_HEAD = 64 * 1024
_READ = 64 * 1024
_WRITE = 256 * 1024


class NoAnswer(Exception):
    """The daemon did not answer; another one may be asked."""


class TooLate(Exception):
    """The deadline has passed."""


def now():
    """Returns seconds of a clock that nobody sets."""
    return time.monotonic() if hasattr(time, "monotonic") else os.times()[4]


def left(until):
    """Returns the seconds until a deadline; TooLate if there are none."""
    seconds = until - now()
    if seconds <= 0:
        raise TooLate()
    return seconds


def connect(server, until):
    """Returns a connected socket. NoAnswer says why there is none."""
    if server.path is not None:
        return _connected(socket.AF_UNIX, server.path, until)
    failure = None
    for family, _, _, _, address in _addresses(server, until):
        try:
            sock = _connected(family, address, until)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
        except NoAnswer as error:
            failure = failure or error
    raise failure or NoAnswer("the name has no address")


def _connected(family, address, until):
    try:
        sock = socket.socket(family, socket.SOCK_STREAM)
    except EnvironmentError as error:
        raise NoAnswer(_settings.words_of(error))
    try:
        _close_on_exec(sock)
        sock.setblocking(False)
        code = sock.connect_ex(address)
        if code == errno.EINPROGRESS:
            wait(sock, select.POLLOUT, until)
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise NoAnswer(_settings.words_of(
                EnvironmentError(code, os.strerror(code))))
        return sock
    except BaseException as error:
        sock.close()
        if isinstance(error, EnvironmentError):
            raise NoAnswer(_settings.words_of(error))
        raise


def _close_on_exec(sock):
    """Does for Python 2 what Python 3 does by itself."""
    flags = fcntl.fcntl(sock, fcntl.F_GETFD)
    fcntl.fcntl(sock, fcntl.F_SETFD, flags | fcntl.FD_CLOEXEC)


def _addresses(server, until):
    """Asks DNS in a thread of its own, because that cannot be cut short."""
    try:
        # In bytes, so that the thread imports nothing.
        host = server.host.encode("ascii" if ":" in server.host else "idna")
    except UnicodeError:
        raise NoAnswer("not the name of a host")
    found = []

    def ask():
        try:
            found.append(socket.getaddrinfo(host, server.port, 0,
                                            socket.SOCK_STREAM))
        except EnvironmentError as error:
            found.append(error)

    thread = threading.Thread(target=ask)
    thread.daemon = True
    thread.start()
    thread.join(left(until))
    if not found:
        raise TooLate()
    if isinstance(found[0], EnvironmentError):
        raise NoAnswer(_settings.words_of(found[0]))
    return found[0]


def wait(sock, event, until):
    """Waits until a socket can be read (POLLIN) or written (POLLOUT)."""
    poll = select.poll()
    poll.register(sock, event)
    try:
        if not poll.poll(left(until) * 1000 + 1):
            raise TooLate()
    except select.error:
        pass  # Python 2: a signal; the caller tries again


def each_step(sock, function, until):
    """Returns what a function of a socket returns, once it need not wait."""
    while True:
        left(until)
        try:
            return function()
        except ssl.SSLWantReadError:
            wait(sock, select.POLLIN, until)
        except ssl.SSLWantWriteError:
            wait(sock, select.POLLOUT, until)


class Stream(object):
    """Reads and writes a connected socket, and owns it."""

    def __init__(self, sock):
        self._sock = sock
        self._ahead = b""  # read, and not yet asked for
        self.has_read = False

    def close(self):
        # Not `unwrap`: after a fork, the parent goes on with this connection.
        self._sock.close()

    def is_quiet(self):
        """Returns whether the other side has neither closed nor sent."""
        poll = select.poll()
        poll.register(self._sock, select.POLLIN)
        return not self._ahead and not poll.poll(0)

    def write(self, data, until):
        """Writes all. NoAnswer if the other side does not take it."""
        view = memoryview(data)
        while view:
            sent = self._do(self._sock.send, view[:_WRITE], select.POLLOUT,
                            until)
            if not sent:  # Python 2 with TLS
                wait(self._sock, select.POLLOUT, until)
            view = view[sent:]

    def read_to(self, mark, until):
        """Returns the bytes before a mark, and takes the mark, too."""
        place = self._ahead.find(mark)
        while place < 0:
            if len(self._ahead) > _LONGEST_HEAD:
                raise NoAnswer("the answer is not HTTP")
            more = self._some(until)
            if not more:
                raise NoAnswer("closed the connection within an answer"
                               if self._ahead or self.has_read else
                               "closed the connection without an answer")
            self._ahead += more
            place = self._ahead.find(mark)
        found = self._ahead[:place]
        self._ahead = self._ahead[place + len(mark):]
        return found

    def read(self, count, until):
        """Returns that many bytes."""
        body = bytearray(count)
        begin = min(count, len(self._ahead))
        body[:begin] = self._ahead[:begin]
        self._ahead = self._ahead[begin:]
        view = memoryview(body)[begin:]
        while view:
            got = self._do(self._sock.recv_into, view, select.POLLIN, until)
            if not got:
                raise NoAnswer("closed the connection within an answer")
            view = view[got:]
        return body

    def read_rest(self, most, until):
        """Returns all bytes until the other side closes."""
        rest = bytearray(self._ahead)
        self._ahead = b""
        more = True
        while more:
            more = self._some(until)
            rest += more
            if len(rest) > most:
                raise NoAnswer("the answer is too large")
        return rest

    def peek(self, count, until):
        """Returns at least that many of the next bytes; fewer at the end."""
        while len(self._ahead) < count:
            more = self._some(until)
            if not more:
                break
            self._ahead += more
        return self._ahead

    def _some(self, until):
        some = self._do(self._sock.recv, _READ, select.POLLIN, until)
        self.has_read = self.has_read or bool(some)
        return some

    def _do(self, function, argument, event, until):
        """Returns what `function(argument)` returns, once it need not wait."""
        while True:
            try:
                return each_step(self._sock, lambda: function(argument), until)
            except EnvironmentError as error:
                if error.errno in (errno.EAGAIN, errno.EWOULDBLOCK):
                    wait(self._sock, event, until)
                elif error.errno != errno.EINTR:
                    raise NoAnswer(_settings.words_of(error))
