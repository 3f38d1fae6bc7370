"""Reads dnifconfig.yml.

Uses no YAML library, because DNIF's nodes need not have one: the file has only
one section of plain `KEY: value` lines.
"""

from __future__ import unicode_literals

import collections
import io
import os
import re
import socket

# One address of a daemon. `text` is what the file has; `host` is None for a
# Unix socket, whose file is `path`.
Server = collections.namedtuple("Server", "text host port path")

DEFAULT_SERVER = "127.0.0.1:50080"

# `str`, because in Python 2 the folder before it is one.
_BELOW_WORKDIR = [str(name) for name in
                  ("lookup_plugins", "virustotal", "dnifconfig.yml")]

_HOST_PORT = re.compile(r"(\[[^\s/@\[\]]+\]|[^\s:/@\[\]]+):([0-9]{1,5})\Z")

_KEYS = ("VTLOOKUP_SERVER", "VTLOOKUP_TIMEOUT", "VTLOOKUP_CA",
         "VTLOOKUP_CERT", "VTLOOKUP_KEY", "VTLOOKUP_TOKEN_FILE",
         "VTLOOKUP_USE_PROXY", "VTLOOKUP_REFANG")


_Settings = collections.namedtuple(
    "Settings",
    "servers timeout ca_file cert_file key_file token_file token refang")


class Settings(_Settings):
    """What the file says. Its repr does not show the token."""

    __slots__ = ()

    def __repr__(self):
        return str("Settings of ") + repr(self.servers)


def path():
    """Returns the path: below WORKDIR if that is set, else in this folder."""
    workdir = os.environ.get("WORKDIR")
    if workdir:
        return os.path.join(workdir, *_BELOW_WORKDIR)
    return os.path.join(os.path.dirname(os.path.abspath(__file__)),
                        _BELOW_WORKDIR[-1])


def load(file_name):
    """Returns Settings. ValueError names the mistake and where it is."""
    shown = file_name
    if isinstance(file_name, bytes):  # Python 2
        shown = file_name.decode("utf-8", "replace")
    values = _read(file_name, shown)
    try:
        return _settings(values)
    except ValueError as error:
        raise ValueError("%s: %s" % (shown, error))


def description(settings):
    """Returns lines that say what is asked, and how; without the token."""
    return "\n".join((
        "servers: " + ", ".join(server.text for server in settings.servers),
        "TLS: " + _description_of_tls(settings),
        "token: " + ("from " + settings.token_file if settings.token_file
                     else "none"),
        "timeout: %g s" % settings.timeout,
        "refang: " + ("yes" if settings.refang else "no")))


def _description_of_tls(settings):
    if not settings.ca_file:
        return "none"
    if not settings.cert_file:
        return "authority " + settings.ca_file
    return "authority %s, own certificate %s" % (settings.ca_file,
                                                 settings.cert_file)


def words_of(error):
    """Returns what an exception says, as a text."""
    words = (getattr(error, "strerror", None) or
             (error.args and error.args[-1]) or type(error).__name__)
    if isinstance(words, bytes):
        return words.decode("utf-8", "replace")
    return "%s" % (words,)


def _settings(values):
    servers = _servers(values.get("VTLOOKUP_SERVER", DEFAULT_SERVER))
    cert, key = values.get("VTLOOKUP_CERT"), values.get("VTLOOKUP_KEY")
    if bool(cert) != bool(key):
        raise ValueError("VTLOOKUP_CERT and VTLOOKUP_KEY: set both, or neither")
    ca_file = values.get("VTLOOKUP_CA")
    token_file = values.get("VTLOOKUP_TOKEN_FILE")
    inside = all(_stays_inside(server) for server in servers)
    if not ca_file and (cert or (token_file and not inside)):
        raise ValueError("VTLOOKUP_CA: must be set, because without it the "
                         "connection is not encrypted")
    if _flag(values, "VTLOOKUP_USE_PROXY"):
        raise ValueError("VTLOOKUP_USE_PROXY: the plugin never uses a proxy; "
                         "remove this line")
    return Settings(servers=servers, timeout=_timeout(values), ca_file=ca_file,
                    cert_file=cert, key_file=key, token_file=token_file,
                    token=_token(token_file),
                    refang=_flag(values, "VTLOOKUP_REFANG"))


def _timeout(values):
    try:
        timeout = float(values.get("VTLOOKUP_TIMEOUT", "30"))
    except ValueError:
        timeout = 0
    if not 0 < timeout <= 86400:
        raise ValueError("VTLOOKUP_TIMEOUT: must be a number of seconds, more "
                         "than 0 and at most 86400")
    return timeout


def _servers(value):
    servers = []
    for text in value.split(","):
        server = _server(text.strip())
        if server not in servers:
            servers.append(server)
    return servers


def _server(text):
    if text.startswith("unix:") and len(text) > len("unix:"):
        name = text[len("unix:"):]
        return Server(text, None, None,
                      name[2:] if name.startswith("///") else name)
    found = _HOST_PORT.match(text)
    if not found or not 0 < int(found.group(2)) <= 65535:
        raise ValueError(
            "VTLOOKUP_SERVER: must be host:port, [IPv6 address]:port or "
            "unix:/path, without http:// or https:// (VTLOOKUP_CA says that "
            "the connection is encrypted), or several, with commas between")
    return Server(text, found.group(1).strip("[]"), int(found.group(2)), None)


def _flag(values, key):
    value = values.get(key, "false")
    if value not in ("true", "false"):
        raise ValueError("%s: must be true or false, not %s" % (key, value))
    return value == "true"


def _stays_inside(server):
    if server.host in (None, "localhost"):
        return True
    # Not by its beginning: 127.example.com is a name for DNS.
    try:
        return socket.inet_pton(socket.AF_INET, server.host)[:1] == b"\x7f"
    except (EnvironmentError, UnicodeError):
        pass
    try:
        return (socket.inet_pton(socket.AF_INET6, server.host) ==
                b"\0" * 15 + b"\1")
    except (EnvironmentError, UnicodeError):
        return False


def _token(file_name):
    if not file_name:
        return None
    with _opened("VTLOOKUP_TOKEN_FILE: " + file_name, file_name) as file:
        token = file.read().strip()
    # A line break would begin another header.
    if not token or not all("!" <= c <= "~" for c in token):
        raise ValueError("VTLOOKUP_TOKEN_FILE: %s: the file must hold one "
                         "token of ASCII characters without blanks, on one "
                         "line" % file_name)
    return token


def _opened(what, file_name):
    try:
        return io.open(file_name, encoding="utf-8", errors="replace")
    except EnvironmentError as error:
        raise ValueError("%s: %s" % (what, words_of(error)))


def _read(file_name, shown):
    values = {}
    section = None
    with _opened(shown, file_name) as lines:
        for number, line in enumerate(lines, 1):
            text = line.split(" #")[0].rstrip()
            if not text.strip() or text.lstrip().startswith("#"):
                continue
            where = "%s:%d: " % (shown, number)
            key, colon, value = text.strip().partition(":")
            if not colon:
                raise ValueError(where + "expected KEY: value")
            if not text[0].isspace():
                if value.strip():
                    raise ValueError(
                        where + "%s: nothing may follow the colon; write each "
                        "KEY: value on a line of its own, indented" % key)
                section = key
            elif section == "lookup_plugin" and key in _KEYS:
                values[key] = value.strip().strip("'\"")
            elif key != "VT_API_KEY":
                # DNIF's own plugin needed that one; now the daemon has it.
                raise ValueError(where + "%s: unknown key" % key)
    return values
