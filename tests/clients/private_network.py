"""A private network, in which the name www.virustotal.com leads to this test.

Two of the clients have no setting for the address, so they are led here as
their users would lead them: by name resolution, and by an authority that the
machine trusts. Both are changed for this process and its children only, in
namespaces of their own. Neither is a change of the clients.
"""

import os
import subprocess
import sys

NAME = "www.virustotal.com"
MARK = "VTLOOKUP_CLIENTS_NETWORK"
HOSTS = "/etc/hosts"
# Where libcurl, and Python's requests in Debian, read the authorities. Node
# has its own, and is given this one by its environment.
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
LOOPBACK_UP = ["ip", "link", "set", "lo", "up"]


def enter():
    """Starts this program again in a private network, if this machine allows
    that; returns when it runs there, or when it cannot."""
    if MARK in os.environ:
        return
    for user in ([], ["--map-root-user"]):
        words = ["unshare", "--net", "--mount", *user]
        if subprocess.run([*words, *LOOPBACK_UP], capture_output=True,
                          check=False).returncode == 0:
            os.environ[MARK] = "private"
            os.execvp(words[0], [*words, sys.executable, "-B", *sys.argv])
    os.environ[MARK] = "shared"


def is_private():
    """Whether this process has the network for itself."""
    return os.environ.get(MARK) == "private"


class Network:
    """The resolution of NAME, and a certificate for it that is trusted here."""

    def __init__(self, folder):
        self.certificate = os.path.join(folder, "certificate.pem")
        self.key = os.path.join(folder, "key.pem")
        self._hosts = os.path.join(folder, "hosts")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
             "/CN=" + NAME, "-addext", "subjectAltName=DNS:" + NAME,
             "-keyout", self.key, "-out", self.certificate],
            check=True, capture_output=True)
        subprocess.run(LOOPBACK_UP, check=True)
        self.lead_to("127.0.0.1")
        self._replace(HOSTS, self._hosts)
        self._replace(AUTHORITIES, self.certificate)

    @staticmethod
    def _replace(path, by):
        subprocess.run(["mount", "--bind", by, path], check=True)

    def lead_to(self, address):
        """Programs that start from now on find NAME at this address."""
        # In place, because the file itself is mounted.
        with open(self._hosts, "w", encoding="ascii") as file:
            file.write("127.0.0.1 localhost\n%s %s\n" % (address, NAME))
