"""Turns the values of rows into the texts that are looked up."""

from __future__ import unicode_literals

import collections
import json
import re

TEXT = type("")  # `unicode` in Python 2
_BYTES_ARE_TEXT = bytes is str  # in Python 2

_PLAIN = frozenset((TEXT, type(None)))
_BLANKS = " \t\n\v\f\r"
_NO_VALUE = frozenset(("", "-", "n/a"))
# Python 2 encodes these without an error, but they are not UTF-8.
_HALF_PAIR = re.compile("[\ud800-\udbff](?![\udc00-\udfff])|"
                        "(?<![\ud800-\udbff])[\udc00-\udfff]")


def texts_of(values):
    """Returns for each value the text to look up, as a list.

    None stays None. In Python 2, a `str` that is not UTF-8 stays as it is.
    """
    if _PLAIN.issuperset(map(type, values)):
        return values
    return [value if value is None or type(value) is TEXT else _text_of(value)
            for value in values]


def is_no_value(text):
    """Returns whether a text says that there is no value, as logs write it."""
    if type(text) is bytes:
        return False
    return text.strip(_BLANKS).lower() in _NO_VALUE


def without_bad_utf8(texts):
    """Returns the texts that can be sent."""
    try:
        if _is_utf8("\n".join(texts)):
            return texts
    except UnicodeError:  # Python 2: one of them is a `str`
        pass
    return [text for text in texts if _is_utf8(text)]


def _is_utf8(text):
    if type(text) is bytes or (_BYTES_ARE_TEXT and _HALF_PAIR.search(text)):
        return False
    try:
        text.encode("utf-8")
        return True
    except UnicodeError:
        return False


def _text_of(value):
    if isinstance(value, TEXT):  # a subclass
        return TEXT(value)
    if _BYTES_ARE_TEXT and isinstance(value, bytes):
        return _decoded(value)
    try:
        if _BYTES_ARE_TEXT:
            # In a value, `str` and `unicode` would not mix.
            value = json.loads(json.dumps(value),
                               object_pairs_hook=collections.OrderedDict)
        return TEXT(json.dumps(value, separators=(str(","), str(":")),
                               ensure_ascii=False))
    except (TypeError, ValueError):
        return _decoded(str(value)) if _BYTES_ARE_TEXT else str(value)


def _decoded(value):
    try:
        return value.decode("utf-8")
    except UnicodeError:
        return bytes(value)
