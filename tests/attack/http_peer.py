"""What the attacks on the gateway have in common."""

import socket

GATEWAY = ("--gateway.address=127.0.0.1:0",)


def connect(stage):
    """A connection to the gateway that stays open until the attack is over."""
    host, port = stage.daemon.gateway.rsplit(":", 1)
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.settimeout(1)
    sock.connect((host, int(port)))
    stage.held.append(sock)
    return sock


def post(path, body):
    """The bytes of a request."""
    return (b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
            b"application/json\r\nContent-Length: %d\r\n\r\n" %
            (path, len(body)) + body)
