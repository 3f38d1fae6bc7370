"""Compares what a client got from VirusTotal with what the gateway gave it.

Differences that are meant are listed in differences.py. Both a difference that
is not listed and a listed one that is no longer there are mistakes.
"""

import calendar
import collections
import fnmatch
import re
import time

# Kinds: "absent" is what only VirusTotal says, "added" what only the gateway
# says; "changed" is said by both, differently.
Found = collections.namedtuple("Found", "case path kind virustotal gateway")
# `case` and `path` are patterns of fnmatch. A path has `#` for the place in a
# list, and for the name of an engine. It stands for all below it, too.
Listed = collections.namedtuple("Listed", "case path kind reason")

ABSENT = object()
# Objects whose members are engines.
OF_ENGINES = ("scans", "results", "last_analysis_results")
# Longer than a run of the test; times of reports are years ago.
NOW_SECONDS = 600
UNIX_TIME = re.compile(r"(?<![0-9a-f])1[0-9]{9}(?![0-9a-f])")
DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


def without_now(value, now):
    """The answer with NOW for each time that is about now: the same submission
    has another time at each service."""
    def is_now(seconds):
        return abs(seconds - now) < NOW_SECONDS

    def unix_time(match):
        return "NOW" if is_now(int(match[0])) else match[0]

    def date(match):
        seconds = calendar.timegm(time.strptime(match[0], "%Y-%m-%d %H:%M:%S"))
        return "NOW" if is_now(seconds) else match[0]

    if isinstance(value, dict):
        return {name: without_now(each, now) for name, each in value.items()}
    if isinstance(value, list):
        return [without_now(each, now) for each in value]
    if isinstance(value, str):
        return DATE.sub(date, UNIX_TIME.sub(unix_time, value))
    if isinstance(value, int) and is_now(value):
        return "NOW"
    return value


def _members(path, virustotal, gateway):
    """The members of two objects or lists, in pairs, with their paths."""
    before = path + "." if path else ""
    if isinstance(virustotal, list):
        virustotal, gateway = dict(enumerate(virustotal)), dict(
            enumerate(gateway))
        same_kind = True
    else:
        same_kind = path.rpartition(".")[2] in OF_ENGINES
    for name in [*virustotal, *(n for n in gateway if n not in virustotal)]:
        yield (before + ("#" if same_kind else name),
               virustotal.get(name, ABSENT), gateway.get(name, ABSENT))


def find(case, virustotal, gateway, path=""):
    """Yields each difference between two answers."""
    if virustotal is ABSENT or gateway is ABSENT:
        kind = "added" if virustotal is ABSENT else "absent"
        yield Found(case, path, kind, virustotal, gateway)
    elif (isinstance(virustotal, (dict, list)) and
          isinstance(gateway, type(virustotal))):
        for below, left, right in _members(path, virustotal, gateway):
            yield from find(case, left, right, below)
    elif type(virustotal) is not type(gateway) or virustotal != gateway:
        yield Found(case, path, "changed", virustotal, gateway)


def covers(listed, found):
    """Whether the listed difference is the one that was found."""
    return (listed.kind == found.kind and
            fnmatch.fnmatchcase(found.case, listed.case) and
            (fnmatch.fnmatchcase(found.path, listed.path) or
             fnmatch.fnmatchcase(found.path, listed.path + ".*")))


def _shown(value):
    if value is ABSENT:
        return "nothing"
    text = repr(value)
    return text if len(text) <= 120 else text[:117] + "..."


def _complaint(path, kind, unlisted):
    """A sentence about the differences of one kind at one path."""
    names = list(dict.fromkeys(each.case for each in unlisted))
    return ("%s at %r in %d cases (%s): such as %s at VirusTotal and %s at the "
            "gateway; this is not listed in differences.py" % (
                kind, path, len(names), "; ".join(names[:6]),
                _shown(unlisted[0].virustotal), _shown(unlisted[0].gateway)))


def judge(found, table):
    """Returns a sentence for each difference that is not listed, and for each
    listed one that was not found."""
    unlisted = {}
    used = set()
    for each in found:
        lines = [line for line in table if covers(line, each)]
        used.update(lines)
        if not lines:
            unlisted.setdefault((each.path, each.kind), []).append(each)
    return [_complaint(*where, each) for where, each in unlisted.items()] + [
        "%s is listed in differences.py, but there is no such difference" %
        (line[:3],) for line in table if line not in used]
