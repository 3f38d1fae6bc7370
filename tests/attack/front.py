"""Makes the attacks of this folder on nginx in front of a daemon on loopback.
nginx has the configuration of the package (cmake/package/nginx-front.conf)."""

import json
import os
import re
import socket
import subprocess
import sys
import time

import grpc

import accept
import attack
import decompress
import empty
import hits
import hpack
import message
import parts
import programs
import reflection
import reset
import unread
import unread_streams
import varint
from programs import MIB

ROOT = os.path.dirname(os.path.dirname(programs.HERE))
NGINX = os.environ.get("VTLOOKUP_NGINX",
                       os.path.join(ROOT, "build/nginx/usr/sbin/nginx"))
TOKEN = programs.TOKENS["honest"]
ATTACKS = (decompress, message, parts, accept, unread, unread_streams, hpack,
           varint, reset, empty, reflection)
SECONDS = 4


class Nginx:
    """nginx with the shipped configuration, but for addresses and files."""

    def __init__(self, folder, upstream):
        self.ca_file, certificate, key = programs.make_certificates(folder)
        with open(os.path.join(ROOT, "cmake/package/nginx-front.conf"),
                  encoding="utf-8") as file:
            front = file.read()
        port = free_port()
        for before, after in (
                (r"listen 50443 ssl http2;",
                 "listen 127.0.0.1:%d ssl http2;" % port),
                (r"listen \[::\]:50443 ssl http2;", ""),
                (r"server 127\.0\.0\.1:50051;", "server %s;" % upstream),
                (r"/etc/vtlookup/server\.pem", certificate),
                (r"/etc/vtlookup/server\.key", key),
                (r"/var/log/nginx/vtlookup\.log",
                 os.path.join(folder, "front.log"))):
            front, count = re.subn(before, after, front)
            if count == 0:
                raise RuntimeError("the configuration has no " + before)
        with open(os.path.join(folder, "front.conf"), "w",
                  encoding="utf-8") as file:
            file.write(front)
        self._write_main(folder)
        self._process = subprocess.Popen(
            [NGINX, "-p", folder, "-c", os.path.join(folder, "nginx.conf")],
            stderr=subprocess.PIPE, text=True)
        self.target = programs.Target("127.0.0.1:%d" % port, self.ca_file)
        self._await_port(folder)

    @staticmethod
    def _write_main(folder):
        user = "user root;" if os.getuid() == 0 else ""
        temporary = "".join(
            "  %s_temp_path %s;\n" % (name, os.path.join(folder, name))
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        with open(os.path.join(folder, "nginx.conf"), "w",
                  encoding="utf-8") as file:
            file.write("""
daemon off; %s worker_processes 2; worker_rlimit_nofile 20000;
pid %s/nginx.pid; error_log %s/nginx.log;
events { worker_connections 8000; }
http {
%s  access_log off;
  include front.conf;
}
""" % (user, folder, folder, temporary))

    def _await_port(self, folder):
        end = time.monotonic() + 10
        while time.monotonic() < end and self._process.poll() is None:
            if accept.fate_of_new_client(self.target, 1) == "answered":
                return
            time.sleep(0.05)
        with open(os.path.join(folder, "nginx.log"), encoding="utf-8") as log:
            raise RuntimeError("nginx does not start: " + log.read())

    def rss(self):
        """The memory of its processes, in bytes."""
        pids = [self._process.pid]
        with open("/proc/%d/task/%d/children" % (pids[0], pids[0]),
                  encoding="ascii") as file:
            pids += [int(pid) for pid in file.read().split()]
        total = 0
        for pid in pids:
            with open("/proc/%d/status" % pid, encoding="ascii") as file:
                total += int(re.search(r"VmRSS:\s*(\d+)",
                                       file.read()).group(1)) * 1024
        return total

    def stop(self):
        """Ends it."""
        self._process.terminate()
        self._process.wait()
        self._process.stderr.close()


def free_port():
    """A port of loopback that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Stand:
    """A simulator, a daemon that knows one client, and nginx before it."""

    def __init__(self):
        self._folder = programs.temporary_folder()
        folder = self._folder.name
        self._simulator = programs.Simulator()
        self.daemon = programs.Daemon(
            folder, self._simulator,
            ["--config", programs.configuration_with_clients(folder)])
        self.nginx = Nginx(folder, self.daemon.address)

    def stop(self):
        """Ends all; the daemon's exit code."""
        self.nginx.stop()
        code, _ = self.daemon.stop()
        self._simulator.stop()
        self._folder.cleanup()
        return code


def calls(daemon):
    """How many calls have reached the daemon, of all sorts."""
    page = programs.page(daemon.pages + "metrics")
    return sum(int(float(value)) for value in re.findall(
        r"^vtlookup_rpc_total\{.*\} (\S+)$", page, re.M))


def meet(module):
    """One attack meets the front; the figures."""
    stand = Stand()
    try:
        return attack_front(stand, module)
    finally:
        stand.stop()


def attack_front(stand, module):
    """Makes an attack like meet()."""
    front = stand.nginx.target
    # Attacks that need a token are made by a client that has gone bad.
    token = TOKEN if module in (unread, unread_streams, empty) else None
    stranger = programs.Target(front.address, front.ca_file, "127.0.0.9",
                               token)
    honest = {"front": programs.Hits(front, TOKEN),
              "direct": programs.Hits(programs.Target(stand.daemon.address),
                                      TOKEN)}
    time.sleep(0.3)
    watch = programs.Watch(stand.daemon.pid)
    nginx_before = stand.nginx.rss()
    stage = attack.Stage(stand.daemon, SECONDS, False, watch)
    stage.connections = 1500
    begin = time.monotonic()
    module.run(stranger, stage)
    end = time.monotonic()
    nginx_growth = stand.nginx.rss() - nginx_before
    time.sleep(1.5)
    for each in honest.values():
        each.stop()
    watch.stop()
    for connection in stage.held:
        connection.close()
    figures = {"attack": "front_" + module.__name__,
               "seconds": round(end - begin, 1), **stage.figures,
               "rss_growth_mib": round(watch.growth() / MIB),
               "nginx_growth_mib": round(nginx_growth / MIB),
               "threads": watch.most["threads"],
               "reached_the_daemon": calls(stand.daemon) - sum(
                   len(each.samples) + 2 for each in honest.values())}
    for name, each in honest.items():
        figures[name] = attack.summary(each.samples, begin, end)
        figures[name]["recovery_s"] = round(
            attack.longest_wait_after(each.samples, end), 2)
        figures[name]["failed"] = [
            s[2] for s in each.samples if s[2] not in ("OK", "UNFINISHED")][:3]
    return figures


def broken_bounds(figures):
    """Returns what is wrong, in words."""
    broken = []
    if figures["rss_growth_mib"] > 300:
        broken.append("the daemon's memory")
    if figures["nginx_growth_mib"] > 300:
        broken.append("nginx's memory")
    if figures["threads"] > 100:
        broken.append("threads")
    # The rate of nginx-front.conf.
    if figures["reached_the_daemon"] > 1000 + 500 * (figures["seconds"] + 1):
        broken.append("calls that reached the daemon")
    for way in ("direct", "front"):
        if figures[way].get("p99_ms", 1e9) > 2000:
            broken.append("p99 of hits, " + way)
        # The daemon first works off the requests of the client with a token.
        if figures[way]["recovery_s"] > 3:
            broken.append("hits afterwards, " + way)
        if figures[way]["failed"]:
            broken.append("failed hits, " + way)
    return broken


def outcome_of(call, *arguments, **options):
    """The name of the status that a call ends with."""
    try:
        call(*arguments, timeout=5, **options)
        return "OK"
    except grpc.RpcError as error:
        return error.code().name


def check_honest_calls():
    """What the front lets through, and how it says no. The names of what is
    not as it should be."""
    stand = Stand()
    try:
        return [name for name, seen, wanted in honest_calls(stand)
                if seen != wanted]
    finally:
        stand.stop()


def honest_calls(stand):
    """(what, how it ended, how it should have)."""
    front = stand.nginx.target
    channel = hits.open_channel(front.address, front.ca_file)
    token = [("authorization", "Bearer " + TOKEN)]
    service = "/vtlookup.v1.LookupService/"
    lookup = channel.unary_unary(hits.LOOKUP)
    batch = channel.unary_unary(service + "BatchLookup")
    stream = channel.stream_stream(service + "StreamLookup")
    watch = channel.unary_stream(service + "WatchLookup")
    yield ("a lookup", outcome_of(lookup, hits.request(), metadata=token),
           "OK")
    yield ("no token", outcome_of(lookup, hits.request()), "UNAUTHENTICATED")
    yield ("a wrong token", outcome_of(
        lookup, hits.request(), metadata=[("authorization", "Bearer x")]),
        "UNAUTHENTICATED")
    yield ("a batch", outcome_of(batch, unread.batch(100), metadata=token),
           "OK")
    yield ("a compressed request", outcome_of(
        lookup, hits.request() * 100, metadata=token,
        compression=grpc.Compression.Gzip), "UNIMPLEMENTED")
    yield ("5 MiB", outcome_of(batch, bytes(5 << 20), metadata=token),
           "RESOURCE_EXHAUSTED")
    for path, wanted in (
            ("/grpc.health.v1.Health/Check", "OK"),
            ("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
             "UNIMPLEMENTED"),
            ("/grpc.channelz.v1.Channelz/GetServers", "UNIMPLEMENTED"),
            ("/vtlookup.v1.AdminService/GetStatus", "UNIMPLEMENTED")):
        yield path, outcome_of(channel.unary_unary(path), b"",
                               metadata=token), wanted
    item = unread.field(2, unread.field(2, hits.NAME))
    yield "a stream", len(list(stream(
        iter([item] * 3), metadata=token, timeout=5))), 3
    yield "an idle stream", answers_after_a_pause(stream, item, token), 2
    watching = watch(hits.request(), metadata=token, timeout=5)
    yield "a watch", bool(next(watching)), True
    watching.cancel()
    channel.close()


def answers_after_a_pause(stream, item, token):
    """How many answers come to two items, one of which is late."""
    def items():
        yield item
        time.sleep(1)
        yield item
    return len(list(stream(items(), metadata=token, timeout=5)))


def main():
    """Each attack, or those that are named."""
    attack.allow_many_files()
    wrong = check_honest_calls()
    print(json.dumps({"attack": "front_honest_calls", "broken": wrong}))
    for module in ATTACKS:
        if sys.argv[1:] and module.__name__ not in sys.argv[1:]:
            continue
        figures = meet(module)
        broken = broken_bounds(figures)
        print(json.dumps({**figures, "broken": broken}), flush=True)
        wrong += broken
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
