"""VirusTotal lookups of DNIF, answered by vtlookupd.

Replaces DNIF's plugin of this name: it has the same functions and makes the
same rows. Each function gets a list of rows (dicts whose keys begin with `$`)
and a list whose first item names the field to look up. It returns the rows in
their order, each with the `$VT...` fields of its lookup. A row without the
field, or with None, "", "-" or "N/A" in it, stays as it is. A row whose lookup
failed gets only `$VTError`, so that a failure never reads as clean.

Rows with the same value share the lists of their fields.

Needs nothing but CPython 2.7, or 3.6 and later.
"""

from __future__ import print_function

import gc
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import vtlookup_fields as _fields  # noqa: E402
import vtlookup_gateway as _gateway  # noqa: E402
import vtlookup_refang as _refang  # noqa: E402
import vtlookup_settings as _settings  # noqa: E402
import vtlookup_tls as _tls  # noqa: E402
import vtlookup_values as _values  # noqa: E402


def get_url_report(inward_array, var_array):
    """Adds what VirusTotal knows about URLs, or about scans by their ids."""
    return _enrich("get_url_report", inward_array, var_array)


def get_domain_report(inward_array, var_array):
    """Adds what VirusTotal knows about domains."""
    return _enrich("get_domain_report", inward_array, var_array)


def get_ip_report(inward_array, var_array):
    """Adds what VirusTotal knows about IP addresses."""
    return _enrich("get_ip_report", inward_array, var_array)


def get_filehash_report(inward_array, var_array):
    """Adds what VirusTotal knows about files, by MD5, SHA-1 or SHA-256."""
    return _enrich("get_filehash_report", inward_array, var_array)


def post_scan_url(inward_array, var_array):
    """Submits URLs to VirusTotal. Each distinct URL costs quota."""
    return _enrich("post_scan_url", inward_array, var_array)


def check_config():
    """Prints what would be asked, or the mistake in dnifconfig.yml."""
    try:
        settings = _settings.load(_settings.path())
        _tls.context(settings)
        text = _settings.description(settings)
    except (EnvironmentError, ValueError) as error:
        text = _settings.words_of(error)
    print(text.encode("utf-8") if bytes is str else text)


def _enrich(lookup, inward_array, var_array):
    # The answers are thousands of new dicts and lists, and for each few hundred
    # of them the collector would look at all rows of the caller: half of the
    # time of a call. Nothing here makes a cycle.
    collects = gc.isenabled()
    gc.disable()
    try:
        return _with_fields(lookup, inward_array, var_array[0])
    finally:
        if collects:
            gc.enable()


def _with_fields(lookup, inward_array, field):
    texts = _values.texts_of([row.get(field) for row in inward_array])
    answers = _answers(lookup, dict.fromkeys(texts))
    own = _fields.OF_LOOKUP[lookup]
    has_none_of_ours = own.isdisjoint
    for row, text in zip(inward_array, texts):
        found = answers[text]
        if found is not None:
            if not has_none_of_ours(row):
                for name in own.intersection(row):
                    del row[name]
            row.update(found)
    return inward_array


def _answers(lookup, texts):
    """Returns the fields to add for each text; None for those of no value."""
    answers = {text: None for text in texts
               if text is None or _values.is_no_value(text)}
    asked = [text for text in texts if text not in answers]
    if asked:
        try:
            answers.update(_ask(lookup, asked))
        except Exception as error:  # a mistake of ours must not cost rows
            answers.update(dict.fromkeys(asked, _gateway.failed(
                "INTERNAL", "the plugin failed: " + type(error).__name__)))
    return answers


def _ask(lookup, texts):
    try:
        settings = _settings.load(_settings.path())
    except (EnvironmentError, ValueError) as error:
        return dict.fromkeys(texts, _gateway.failed(
            "FAILED_PRECONDITION", _settings.words_of(error)))
    sendable = _values.without_bad_utf8(texts)
    meant = {text: _refang.refang(text) if settings.refang else text
             for text in sendable}
    answers = dict.fromkeys(texts, _gateway.failed(
        "INVALID_ARGUMENT", "the value is not UTF-8"))
    found = _gateway.ask(settings, lookup, list(dict.fromkeys(meant.values())),
                         once=lookup == "post_scan_url")
    answers.update((text, found[value]) for text, value in meant.items())
    return answers
