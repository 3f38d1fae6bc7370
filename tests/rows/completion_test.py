"""Tests that shells complete the command line of `vtlookup`."""

import os
import shutil
import subprocess
import unittest

import programs


class Completion(unittest.TestCase):
    """bash completes what the script says."""

    def completed(self, *words):
        script = subprocess.run(
            [os.path.join(programs.BIN, "vtlookup"), "completion", "bash"],
            capture_output=True, text=True, check=True).stdout
        quoted = " ".join("'%s'" % word for word in ("vtlookup",) + words)
        script += ("COMP_WORDS=(%s)\nCOMP_CWORD=%d\n_vtlookup\n"
                   "printf '%%s\\n' \"${COMPREPLY[@]}\"\n" %
                   (quoted, len(words)))
        result = subprocess.run(["bash", "-c", script], capture_output=True,
                                text=True, check=True,
                                cwd=os.path.dirname(__file__))
        return result.stdout.split()

    def test_bash(self):
        self.assertIn("enrich", self.completed("en"))
        self.assertEqual(self.completed("enrich", "get_i"), ["get_ip_report"])
        self.assertEqual(self.completed("enrich", "--on"),
                         ["--on-error=drop", "--on-error=fail",
                          "--on-error=keep"])
        self.assertEqual(self.completed("enrich", "--on-error", "="),
                         ["drop", "fail", "keep"])
        self.assertEqual(self.completed("enrich", "--on-error", "=", "dr"),
                         ["drop"])
        self.assertEqual(self.completed("--fail-on", "=", "mal"), ["malicious"])
        self.assertIn("--max-age=", self.completed("--max"))
        self.assertEqual(self.completed("status", "--max"), [])
        self.assertIn("programs.py", self.completed("--file", "=", "prog"))
        self.assertEqual(self.completed("admin", "log-level", "warn"),
                         ["warning"])
        self.assertIn("--server=", self.completed("url", "--ser"))
        self.assertEqual(self.completed("admin", "inv"), ["invalidate"])
        self.assertEqual(self.completed("admin", "invalidate", "--ha"),
                         ["--hard"])
        self.assertEqual(self.completed("watch", "url", "--until"),
                         ["--until-final"])

    def test_fish(self):
        script = subprocess.run(
            [os.path.join(programs.BIN, "vtlookup"), "completion", "fish"],
            capture_output=True, text=True, check=True).stdout

        def completed(line):
            result = subprocess.run(
                ["fish", "--no-config", "-c",
                 script + "\ncomplete -C '%s'\n" % line],
                capture_output=True, text=True, check=True)
            return result.stdout.split()

        self.assertIn("enrich", completed("vtlookup enr"))
        self.assertIn("invalidate", completed("vtlookup admin inv"))
        self.assertIn("--hard", completed("vtlookup admin invalidate --ha"))

    def test_zsh(self):
        if shutil.which("zsh") is None:
            self.skipTest("there is no zsh")
        script = subprocess.run(
            [os.path.join(programs.BIN, "vtlookup"), "completion", "zsh"],
            capture_output=True, text=True, check=True).stdout
        subprocess.run(["zsh", "-n"], input=script, text=True, check=True)


if __name__ == "__main__":
    unittest.main()
