"""Reads dnifconfig.yml.

Uses no YAML library, because DNIF's nodes need not have one: the file has only
one section of plain `KEY: value` lines.
"""

import collections
import ipaddress
import os
import re

Settings = collections.namedtuple(
    "Settings",
    "server timeout ca_file cert_file key_file token use_proxy refang")

_HOST_PORT = re.compile(r".+:[0-9]{1,5}")

_KEYS = ("VTLOOKUP_SERVER", "VTLOOKUP_TIMEOUT", "VTLOOKUP_CA",
         "VTLOOKUP_CERT", "VTLOOKUP_KEY", "VTLOOKUP_TOKEN_FILE",
         "VTLOOKUP_USE_PROXY", "VTLOOKUP_REFANG")


def path():
    """Returns the path: below WORKDIR if that is set, else in this folder."""
    workdir = os.environ.get("WORKDIR")
    if workdir:
        return os.path.join(workdir, "lookup_plugins", "virustotal",
                            "dnifconfig.yml")
    return os.path.join(os.path.dirname(os.path.abspath(__file__)),
                        "dnifconfig.yml")


def load(file_name):
    """Reads the file. ValueError names the mistake and its line."""
    values = _read(file_name)
    try:
        timeout = float(values.get("VTLOOKUP_TIMEOUT", "30"))
    except ValueError:
        timeout = 0
    if not 0 < timeout <= 86400:
        raise ValueError("%s: VTLOOKUP_TIMEOUT: must be a number of seconds, "
                         "more than 0 and at most 86400" % file_name)
    server = values.get("VTLOOKUP_SERVER", "127.0.0.1:50051")
    if not server.startswith("unix:") and not _HOST_PORT.fullmatch(server):
        raise ValueError("%s: VTLOOKUP_SERVER: must be host:port or "
                         "unix:/path" % file_name)
    cert, key = values.get("VTLOOKUP_CERT"), values.get("VTLOOKUP_KEY")
    if bool(cert) != bool(key):
        raise ValueError("%s: VTLOOKUP_CERT and VTLOOKUP_KEY: set both, or "
                         "neither" % file_name)
    ca_file = values.get("VTLOOKUP_CA")
    token_file = values.get("VTLOOKUP_TOKEN_FILE")
    if not ca_file and (cert or (token_file and not _stays_inside(server))):
        raise ValueError("%s: VTLOOKUP_CA: must be set, because without it the "
                         "connection is not encrypted" % file_name)
    return Settings(server=server, timeout=timeout, ca_file=ca_file,
                    cert_file=cert, key_file=key, token=_token(token_file),
                    use_proxy=_flag(file_name, values, "VTLOOKUP_USE_PROXY"),
                    refang=_flag(file_name, values, "VTLOOKUP_REFANG"))


def _flag(file_name, values, key):
    value = values.get(key, "false")
    if value not in ("true", "false"):
        raise ValueError("%s: %s: must be true or false, not %s" %
                         (file_name, key, value))
    return value == "true"


def _stays_inside(server):
    if server.startswith("unix:"):
        return True
    host = server.rpartition(":")[0]
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    try:
        # Not by its beginning: 127.example.com is a name for DNS.
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _token(file_name):
    if not file_name:
        return None
    with open(file_name, encoding="utf-8", errors="replace") as file:
        token = file.read().strip()
    # gRPC refuses headers with other characters, and its error shows them.
    if not token or not all("!" <= c <= "~" for c in token):
        raise ValueError("%s: the file must hold one token of ASCII characters "
                         "without blanks, on one line" % file_name)
    return token


def _read(file_name):
    values = {}
    section = None
    with open(file_name, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            text = line.split(" #")[0].rstrip()
            if not text.strip() or text.lstrip().startswith("#"):
                continue
            key, colon, value = text.strip().partition(":")
            if not colon:
                raise ValueError("%s:%d: expected KEY: value" %
                                 (file_name, number))
            if not text[0].isspace():
                if value.strip():
                    raise ValueError(
                        "%s:%d: %s: nothing may follow the colon; write each "
                        "KEY: value on a line of its own, indented" %
                        (file_name, number, key))
                section = key
            elif section == "lookup_plugin" and key in _KEYS:
                values[key] = value.strip().strip("'\"")
            elif key == "VT_API_KEY":
                pass  # DNIF's own plugin needed it; now the daemon has it
            else:
                raise ValueError("%s:%d: %s: unknown key" %
                                 (file_name, number, key))
    return values
