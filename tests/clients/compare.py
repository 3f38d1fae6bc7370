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
# `case` and `path` are patterns of fnmatch. The path of a member of a list has
# `#` for its place. A path stands for all below it, too.
Listed = collections.namedtuple("Listed", "case path kind reason")

ABSENT = object()
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


def _members(virustotal, gateway):
    """The members of two objects or lists, in pairs, with their names."""
    if isinstance(virustotal, dict):
        for name in [*virustotal, *(n for n in gateway if n not in virustotal)]:
            yield name, virustotal.get(name, ABSENT), gateway.get(name, ABSENT)
    else:
        for i in range(max(len(virustotal), len(gateway))):
            yield ("#", virustotal[i] if i < len(virustotal) else ABSENT,
                   gateway[i] if i < len(gateway) else ABSENT)


def find(case, virustotal, gateway, path=""):
    """Yields each difference between two answers."""
    if virustotal is ABSENT or gateway is ABSENT:
        kind = "added" if virustotal is ABSENT else "absent"
        yield Found(case, path, kind, virustotal, gateway)
    elif (isinstance(virustotal, (dict, list)) and
          isinstance(gateway, type(virustotal))):
        for name, left, right in _members(virustotal, gateway):
            yield from find(case, left, right,
                            path + "." + name if path else name)
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


def judge(found, table):
    """Returns a sentence for each difference that is not listed, and for each
    listed one that was not found."""
    complaints = {}
    used = set()
    for each in found:
        lines = [line for line in table if covers(line, each)]
        used.update(lines)
        if not lines:
            # Once for all members of a list.
            complaints.setdefault(each[:3], (
                "%r: VirusTotal has %s at %r, and the gateway has %s; this is "
                "not listed in differences.py" % (
                    each.case, _shown(each.virustotal), each.path,
                    _shown(each.gateway))))
    return list(complaints.values()) + [
        "%s is listed in differences.py, but there is no such difference" %
        (line[:3],) for line in table if line not in used]
