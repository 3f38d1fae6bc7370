"""TLS to a daemon: its certificate and its name are always verified."""

from __future__ import unicode_literals

import socket
import ssl
import sys

import vtlookup_settings as _settings
import vtlookup_stream as _stream

# The older ones do not compare a certificate with an IP address, or send the
# address as if it were a name.
_KNOWS_ADDRESSES = sys.version_info >= (3, 7)


def context(settings):
    """Returns an SSLContext for these settings; None for no TLS.

    ValueError names the file that cannot be used.
    """
    if not settings.ca_file:
        return None
    try:
        made = ssl.create_default_context(cafile=settings.ca_file)
    except EnvironmentError as error:
        raise ValueError("VTLOOKUP_CA: %s: %s" %
                         (settings.ca_file, _settings.words_of(error)))
    # Python 3.13 refuses authorities that older ones and the daemon accept.
    made.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
    if ssl.HAS_ALPN:
        made.set_alpn_protocols([str("http/1.1")])
    if settings.cert_file:
        try:
            # With a password, so that nobody is asked for one.
            made.load_cert_chain(settings.cert_file, settings.key_file,
                                 password=str("none"))
        except (EnvironmentError, ValueError) as error:
            raise ValueError("VTLOOKUP_CERT %s and VTLOOKUP_KEY %s: %s" %
                             (settings.cert_file, settings.key_file,
                              _settings.words_of(error)))
    return made


def wrap(made, sock, host, until):
    """Returns the encrypted socket, after the handshake.

    NoAnswer when the daemon is not the one that the certificate names, or the
    handshake fails. A Unix socket (host None) is `localhost`.
    """
    host = host or "localhost"
    address = _packed(host)
    by_hand = address is not None and not _KNOWS_ADDRESSES
    if by_hand:
        made.check_hostname = False
    wrapped = made.wrap_socket(sock, do_handshake_on_connect=False,
                               server_hostname=None if by_hand else host)
    try:
        _stream.each_step(wrapped, wrapped.do_handshake, until)
    except (EnvironmentError, ssl.CertificateError) as error:
        raise _stream.NoAnswer("TLS: " + _settings.words_of(error))
    if by_hand and address not in _addresses(wrapped.getpeercert()):
        raise _stream.NoAnswer("TLS: the certificate is not for " + host)
    return wrapped


def _addresses(certificate):
    return [_packed(value.strip())
            for kind, value in certificate.get("subjectAltName", ())
            if kind == "IP Address"]


def _packed(text):
    """Returns an IP address as bytes; None for anything else."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            return socket.inet_pton(family, text)
        except (EnvironmentError, UnicodeError):
            pass
    return None
