"""Clients of VirusTotal that others wrote, unmodified, against the gateway.

Each client asks vtsim, the stand-in for VirusTotal, and then a daemon that asks
another vtsim with the same facts. What the client returns must be the same but
for what differences.py lists. With VTLOOKUP_CLIENTS_AGAINST=sim there is a
second vtsim in place of each daemon, to try the test itself; then nothing may
differ.

On a machine that allows no namespaces only the Python client is run: the others
have no setting for the address (private_network.py).
"""

import hashlib
import json
import os
import subprocess
import tempfile
import time
import unittest

import cases
import compare
import differences
import private_network
import targets

HERE = os.path.dirname(os.path.abspath(__file__))
AGAINST_SIM = os.environ.get("VTLOOKUP_CLIENTS_AGAINST") == "sim"
API_OF = {"python": "v2", "cvt": "v2", "node": "v3"}
DRIVERS = {"python": ["/usr/bin/python3", "-B",
                      os.path.join(HERE, "python_driver.py")],
           "node": ["node", os.path.join(HERE, "node_driver.cjs")],
           "cvt": [os.path.join(targets.BIN, "cvt_driver")]}


class World:
    """Everything that runs, and what the clients returned.

    `answers` has them by client and daemon (None: vtsim), phase and case."""

    def __init__(self):
        self._temporary = tempfile.TemporaryDirectory(
            prefix="vtlookup-clients-")
        self.folder = self._temporary.name
        self.network = None
        if private_network.is_private():
            self.network = private_network.Network(self.folder)
        self.clients = ["python", "cvt", "node"] if self.network else ["python"]
        self.daemons = []
        self.answers = {}
        self._running = []
        try:
            self._start()
        except BaseException:
            self.stop()
            self.clean_up()
            raise

    def _start(self):
        self._direct = {}
        for i, api in enumerate(("v2", "v3")):
            self._direct[api] = self._run(targets.Simulator(
                self.folder, "direct-" + api, cases.faults_direct(api),
                self.network, "127.0.0.%d" % (2 + i)))
        self._gateways = {}
        for i, api in enumerate(("v2", "v3")):
            self._gateways[api] = self._run(self._gateway(
                api, "127.0.0.%d" % (4 + i)))

    def _gateway(self, api, ip):
        if AGAINST_SIM:
            return targets.Simulator(self.folder, "second-" + api,
                                     cases.faults_direct(api), self.network, ip)
        daemon = targets.Daemon(self.folder, "daemon-" + api, api,
                                cases.faults_behind(api), self.network, ip)
        self.daemons.append(daemon)
        return daemon

    def _run(self, target):
        self._running.append(target)
        return target

    def pairs(self):
        """The clients with the API of the daemon that answers them. Clients of
        v3 need a daemon that asks v3, because they get what VirusTotal said."""
        for client in self.clients:
            for api in ("v2", "v3"):
                if api == API_OF[client] or (api == "v3" and not AGAINST_SIM):
                    yield client, api

    def ask_everything(self):
        """Makes each client ask everything; twice, because the second answers
        come from the cache."""
        everybody = [(client, None) for client in self.clients]
        everybody += list(self.pairs())
        for who in everybody:
            plan = cases.MAIN[who[0]]
            phases = self.answers[who] = {}
            phases["first"] = self._ask(who, plan)
            phases["again"] = self._ask(who, plan)
            more = cases.follow_up(who[0], phases["again"])
            phases["follow-up"] = self._ask(who, more)
        for who in everybody:
            self.answers[who]["refused"] = self._ask(
                who, cases.refused(who[0]))

    def _ask(self, who, plan):
        client, api = who
        target = self._gateways[api] if api else self._direct[API_OF[client]]
        if self.network:
            self.network.lead_to(target.ip)
        plan = [{**case, "key": targets.TOKENS[case["token"]]} for case in plan]
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8",
                       "HOME": self.folder,
                       # libcvtapi leaks memory.
                       "ASAN_OPTIONS": "detect_leaks=0"}
        if self.network:
            environment["NODE_EXTRA_CA_CERTS"] = self.network.certificate
        done = subprocess.run(
            [*DRIVERS[client], target.address], text=True,
            input=json.dumps({"cases": plan}), capture_output=True, timeout=60,
            check=False, env=environment)
        if done.returncode != 0:
            raise RuntimeError("the driver of %s ends with %d: %s" % (
                client, done.returncode, done.stderr))
        return json.loads(done.stdout)

    def save_pages(self):
        """Keeps what operators see."""
        for daemon in self.daemons:
            daemon.save_pages()

    def stop(self):
        """Ends the programs; what they wrote is then complete."""
        while self._running:
            self._running.pop().stop()

    def clean_up(self):
        """Deletes what they wrote."""
        self._temporary.cleanup()


class Clients(unittest.TestCase):
    """What the clients got, and what was written meanwhile."""

    @classmethod
    def setUpClass(cls):
        cls.world = World()
        cls.addClassCleanup(cls.world.clean_up)
        cls.addClassCleanup(cls.world.stop)
        cls.world.ask_everything()
        cls.world.save_pages()
        cls.world.stop()

    def found(self, client, api):
        """The differences of a client at the daemon that speaks `api`."""
        now = time.time()
        direct, gateway = (
            compare.without_now(self.world.answers[client, each], now)
            for each in (None, api))
        for phase, answers in direct.items():
            for name, answer in answers.items():
                yield from compare.find(name, answer, gateway[phase][name])

    def test_clients_get_what_virustotal_gives_them(self):
        everything = {}
        for client, api in self.world.pairs():
            everything.setdefault((API_OF[client], api), []).extend(
                self.found(client, api))
        for (client_api, api), found in everything.items():
            with self.subTest(clients=client_api, daemon=api):
                table = differences.DIFFERENCES[client_api, api]
                complaints = compare.judge(found, [] if AGAINST_SIM else table)
                if complaints:
                    self.fail("\n".join(["", *complaints]))

    def test_every_client_ran(self):
        if not self.world.network:
            self.skipTest("this machine allows no namespaces, so only the "
                          "Python client was run")
        self.assertEqual({client for client, _ in self.world.answers},
                         set(API_OF))

    def test_vtsim_answers_as_the_cases_say(self):
        """So that equal answers are not equal failures."""
        for client in self.world.clients:
            phases = self.world.answers[client, None]
            for phase, name, path, expected in cases.EXPECTED[client]:
                value = phases[phase][name]
                for step in path.split("."):
                    value = value[step]
                self.assertEqual(value, expected, (client, name, path))

    def test_no_secret_is_written(self):
        for daemon in self.world.daemons:
            for path in daemon.written():
                self.assertGreater(os.path.getsize(path), 0, path)
        secrets = {targets.API_KEY, *targets.TOKENS.values()} - {""}
        for folder, _, names in os.walk(self.world.folder):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    text = file.read()
                for secret in secrets:
                    self.assertNotIn(secret.encode(), text, name)

    def test_daemons_ask_only_with_their_own_key(self):
        own = hashlib.sha256(targets.API_KEY.encode()).hexdigest()[:8]
        for name in os.listdir(self.world.folder):
            if name.endswith("-virustotal.jsonl"):
                with open(os.path.join(self.world.folder, name),
                          encoding="utf-8") as log:
                    keys = {json.loads(line)["key_sha256"] for line in log}
                self.assertEqual(keys, {own}, name)

    def test_clients_never_see_the_key(self):
        for (client, api), phases in self.world.answers.items():
            if api:
                self.assertNotIn(targets.API_KEY, json.dumps(phases), client)


if __name__ == "__main__":
    private_network.enter()
    unittest.main()
