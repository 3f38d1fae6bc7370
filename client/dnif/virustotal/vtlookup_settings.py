"""What dnifconfig.yml says.

Read without a YAML library, which nodes need not have: one section of plain
`KEY: value` lines is all that the file holds.
"""

import collections
import os

Settings = collections.namedtuple(
    "Settings", "server timeout ca_file cert_file key_file token")

_KEYS = ("VTLOOKUP_SERVER", "VTLOOKUP_TIMEOUT", "VTLOOKUP_CA",
         "VTLOOKUP_CERT", "VTLOOKUP_KEY", "VTLOOKUP_TOKEN_FILE")


def path():
    """Where the file is: below WORKDIR, as for all plugins, else here."""
    workdir = os.environ.get("WORKDIR")
    if workdir:
        return os.path.join(workdir, "lookup_plugins", "virustotal",
                            "dnifconfig.yml")
    return os.path.join(os.path.dirname(os.path.abspath(__file__)),
                        "dnifconfig.yml")


def load(file_name):
    """Reads the file. ValueError says what is wrong, and in which line."""
    values = _read(file_name)
    try:
        timeout = float(values.get("VTLOOKUP_TIMEOUT", "30"))
    except ValueError:
        timeout = 0
    if timeout <= 0:
        raise ValueError("%s: VTLOOKUP_TIMEOUT: must be seconds" % file_name)
    cert, key = values.get("VTLOOKUP_CERT"), values.get("VTLOOKUP_KEY")
    if bool(cert) != bool(key):
        raise ValueError("%s: VTLOOKUP_CERT and VTLOOKUP_KEY belong together" %
                         file_name)
    token = None
    if values.get("VTLOOKUP_TOKEN_FILE"):
        with open(values["VTLOOKUP_TOKEN_FILE"], encoding="utf-8") as token_file:
            token = token_file.read().strip()
    return Settings(server=values.get("VTLOOKUP_SERVER", "127.0.0.1:50051"),
                    timeout=timeout, ca_file=values.get("VTLOOKUP_CA"),
                    cert_file=cert, key_file=key, token=token)


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
                section = key
            elif section == "lookup_plugin" and key in _KEYS:
                values[key] = value.strip().strip("'\"")
            elif key == "VT_API_KEY":
                pass  # of the plugin that was here before; the daemon has it
            else:
                raise ValueError("%s:%d: %s: unknown key" %
                                 (file_name, number, key))
    return values
