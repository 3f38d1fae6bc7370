"""Reads values that somebody took from a report, as `vtlookup --refang` does."""

from __future__ import unicode_literals

import re

_AROUND = (('"', '"'), ("'", "'"), ("`", "`"), ("<", ">"),
           ("\u201c", "\u201d"), ("\u2018", "\u2019"))
_BLANKS = " \t\n\v\f\r"

# What stands for another text: anywhere in a value, and in its host only.
_MARKS = {"[.]": ".", "[dot]": ".", "[:]": ":", "[://]": "://", "[/]": "/",
          "[@]": "@", "[at]": "@", "(:)//": "://"}
_HOST_MARKS = {"(.)": ".", "{.}": ".", "(dot)": ".", "{dot}": ".", "\\.": ".",
               "(at)": "@", "{at}": "@"}

# `\Z` and not `$`, which also matches before a line break at the end.
_HASH = re.compile(r"([0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})\Z")
_LABEL = re.compile(r"(md5|sha-?1|sha-?256|hash):", re.IGNORECASE)
_SCHEME = re.compile(r"(h..p|fxp)(s?)$", re.IGNORECASE)
_PATH = re.compile("[/?#]")


def _pattern(marks):
    return re.compile("|".join(re.escape(mark) for mark in marks),
                      re.IGNORECASE)


_ANYWHERE = _pattern(_MARKS)
_IN_HOST = _pattern(_HOST_MARKS)


def refang(text):
    """Returns what a text stands for; itself when it is not defanged."""
    value = _hash_in(_without_around(text.strip(_BLANKS)))
    value = _meant(value, _ANYWHERE, _MARKS)
    host = value.find("://") + 3 if "://" in value else 0
    path = _PATH.search(value, host)
    end = path.start() if path else len(value)
    return _with_scheme(_meant(value[:end], _IN_HOST, _HOST_MARKS) +
                        value[end:])


def _without_around(text):
    for begin, end in _AROUND:
        if len(text) > 2 and text.startswith(begin) and text.endswith(end):
            return _without_around(text[1:-1].strip(_BLANKS))
    return text


def _hash_in(text):
    """Returns the hash in `sha256:HASH` and in `name|HASH`."""
    last = text.rpartition("|")[2].strip(_BLANKS)
    if "|" in text and _HASH.match(last):
        return last
    label = _LABEL.match(text)
    rest = text[label.end():].strip(_BLANKS) if label else ""
    return rest if _HASH.match(rest) else text


def _meant(text, pattern, marks):
    return pattern.sub(lambda found: marks[found.group().lower()], text)


def _with_scheme(text):
    scheme, separator, rest = text.partition("://")
    defanged = _SCHEME.match(scheme) if separator else None
    if not defanged or scheme.lower() in ("http", "https"):
        return text
    meant = "ftp" if defanged.group(1).lower() == "fxp" else "http"
    return meant + defanged.group(2).lower() + separator + rest
