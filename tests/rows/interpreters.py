"""Finds the Python interpreters that the plugin must run in."""

import collections
import glob
import os
import shutil
import subprocess

WANTED = ("2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13")


def found():
    """Returns a dict: for each version that is there, a program.

    VTLOOKUP_PYTHONS, with colons between the programs, says which to use
    instead of those of pyenv and of PATH.
    """
    named = os.environ.get("VTLOOKUP_PYTHONS")
    programs = named.split(":") if named else _usual()
    by_version = {}
    for program in programs:
        version = _version(program)
        if version:
            by_version.setdefault(version, program)
    return collections.OrderedDict((version, by_version[version])
                                   for version in WANTED
                                   if version in by_version)


def _usual():
    pyenv = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    programs = sorted(glob.glob(os.path.join(pyenv, "versions/*/bin/python")))
    for version in WANTED:
        for folder in (None, "/usr/bin", "/usr/local/bin"):
            program = shutil.which("python" + version, path=folder)
            if program:
                programs.append(program)
    return programs


def _version(program):
    """Returns `3.11` for a CPython that runs; None for anything else."""
    try:
        result = subprocess.run(
            [program, "-c", "import platform, sys, ssl\n"
             "print(platform.python_implementation(),"
             " '%d.%d' % sys.version_info[:2])"],
            capture_output=True, text=True, check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = result.stdout.replace("'", "").strip("()\n").replace(",", "")
    name, _, version = words.partition(" ")
    return version if name == "CPython" else None
