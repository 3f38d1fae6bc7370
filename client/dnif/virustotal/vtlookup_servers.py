"""Sends requests to the first daemon that answers.

One connection is kept for each process, for its next call. A thread that finds
the connection in use makes one of its own. There is no lock, because a child
would inherit it locked if another thread held it during a fork: `append` and
`pop` of a list need none.
"""

from __future__ import unicode_literals

import os

import vtlookup_http as _http
import vtlookup_settings as _settings
import vtlookup_status as _status
import vtlookup_stream as _stream
import vtlookup_tls as _tls

# For so many seconds a daemon that did not answer is asked after the others.
_LAST_FOR = 10
# The longest time to connect to a daemon, in seconds, if there is another one.
_CONNECT = 3

_kept = []  # pairs: what the connection was made for, and the connection
_failed = {}  # when a daemon did not answer, by its text in the settings


class Failure(Exception):
    """No daemon answered. Its arguments: the name of a status, a message."""


class Session(object):
    """The requests of one call, one after the other, until its deadline.

    `begin` and `answer` take turns. `close` must be called at the end.
    """

    def __init__(self, settings, until):
        self._settings = settings
        self._until = until
        self._server = None  # of the connection
        self._connection = None
        self._waiting = False  # for an answer on the connection
        self._request = None
        self._once = False
        self._untried = []  # the daemons that this request may still ask
        self._notes = []  # why the others did not answer
        self._failure = None

    def begin(self, path, body, once):
        """Sends a request. It never fails: `answer` says what went wrong.

        A request that may be sent `once` has a connection on which nothing
        went wrong before, and is not repeated.
        """
        self._request = (path, self._settings.token, body)
        self._once = once
        self._untried = _ordered(self._settings.servers,
                                 self._connection and self._server)
        self._notes = []
        self._failure = None
        try:
            self._send()
        except Failure as failure:
            self._failure = failure

    def answer(self):
        """Returns the status and the body of the answer, or raises Failure."""
        while not self._failure:
            try:
                status, body = self._connection.receive(self._until)
            except _stream.TooLate:
                self._set_aside("no answer in time")
                raise self._too_late()
            except _stream.NoAnswer as error:
                self._no_answer(error)
                self._send()
                continue
            self._waiting = False
            if not self._is_for_next(status, body):
                return status, body
            self._send()
        raise self._failure

    def close(self):
        """Keeps the connection for the next call, if that can use it."""
        connection, self._connection = self._connection, None
        if connection and not self._waiting and connection.is_alive():
            _keep(self._made_for(self._server), connection)
        elif connection:
            connection.close()

    def _send(self):
        """Sends to the first daemon that can be reached."""
        try:
            while not self._connect():
                pass
            self._waiting = True
            self._connection.send(*(self._request + (self._until,)))
        except _stream.TooLate:
            raise self._too_late()

    def _connect(self):
        """Returns whether there is a connection to the next daemon."""
        if not self._untried:
            raise Failure("UNAVAILABLE", "; ".join(self._notes))
        server = self._untried.pop(0)
        if self._use(server):
            return True
        self._server = server
        seconds = _stream.left(self._until)
        if self._untried:
            seconds = min(_CONNECT, seconds / (len(self._untried) + 1))
        until = _stream.now() + seconds
        try:
            self._connection = _opened(server, self._context(), until)
            return True
        except _stream.NoAnswer as error:
            self._set_aside(error)
        except _stream.TooLate:
            self._set_aside("no connection in time")
            if not self._untried:
                raise
        return False

    def _use(self, server):
        """Returns whether a connection that is there already can be used."""
        if self._connection and self._server == server:
            if self._connection.is_alive():
                return True
        if self._connection:
            self._connection.close()
            self._connection = None
        if self._once:
            return False
        self._connection = _kept_for(self._made_for(server))
        self._server = server
        return self._connection is not None

    def _no_answer(self, error):
        """Decides where the request is sent again; Failure if nowhere."""
        used_before = not self._connection.is_fresh()
        server = self._server
        if self._once:
            self._set_aside(error)
            raise Failure("UNAVAILABLE", "%s; whether the URLs were submitted "
                          "is not known" % self._notes[-1])
        if used_before:
            # The daemon closes idle connections, so that says nothing.
            self._drop()
            self._untried.insert(0, server)
        else:
            self._set_aside(error)

    def _is_for_next(self, status, body):
        """Returns whether the next daemon is asked because of this answer."""
        if status != 503 or _status.code(status, body) != _status.UNAVAILABLE:
            _failed.pop(self._server.text, None)
            return False
        last = self._once or not self._untried
        self._set_aside(_status.message(status, body))
        return not last

    def _set_aside(self, why):
        """Drops the connection; for a while, other daemons are asked first."""
        _failed[self._server.text] = _stream.now()
        self._notes.append("%s: %s" % (self._server.text, why))
        self._drop()

    def _drop(self):
        if self._connection:
            self._connection.close()
        self._connection = None
        self._waiting = False

    def _too_late(self):
        self._drop()
        where = self._server or self._settings.servers[0]
        return Failure("DEADLINE_EXCEEDED", "%s: no answer within %g s "
                       "(VTLOOKUP_TIMEOUT)" %
                       (where.text, self._settings.timeout))

    def _context(self):
        try:
            return _tls.context(self._settings)
        except ValueError as error:
            raise Failure("FAILED_PRECONDITION", _settings.words_of(error))

    def _made_for(self, server):
        return (os.getpid(), server, self._settings.ca_file,
                self._settings.cert_file, self._settings.key_file)


def _ordered(servers, current):
    """Returns the daemons in the order in which they are asked."""
    now = _stream.now()

    def rank(server):
        failed = _failed.get(server.text)
        return (server != current,
                failed is not None and now - failed < _LAST_FOR)

    return sorted(servers, key=rank)


def _opened(server, context, until):
    sock = _stream.connect(server, until)
    try:
        if context:
            sock = _tls.wrap(context, sock, server.host, until)
    except BaseException:
        sock.close()
        raise
    return _http.Connection(_stream.Stream(sock), server)


def _keep(made_for, connection):
    _kept.append((made_for, connection))
    while len(_kept) > 1:
        _close_kept()


def _kept_for(made_for):
    """Returns the kept connection if it was made for this; None if not.

    A connection that was made before a fork belongs to the parent.
    """
    try:
        kept_for, connection = _kept.pop()
    except IndexError:
        return None
    if kept_for == made_for and connection.is_alive():
        return connection
    connection.close()
    return None


def _close_kept():
    try:
        _kept.pop(0)[1].close()
    except IndexError:
        pass  # another thread was faster
