"""Makes the fields of a row, as the `dnif_field` options in the protos say."""

import datetime
import json
import re

from vtlookup.v1 import dnif_pb2
from vtlookup.v1 import indicator_pb2
from vtlookup.v1 import lookup_pb2
from vtlookup.v1 import verdict_pb2

ERROR = "$VTError"

_SCAN_ID = re.compile("[0-9A-Fa-f]{64}-[0-9]+")

# For each lookup: the member of Indicator that it sets, and its report.
_KINDS = {
    dnif_pb2.DNIF_LOOKUP_GET_URL_REPORT: ("url", verdict_pb2.UrlReport),
    dnif_pb2.DNIF_LOOKUP_GET_DOMAIN_REPORT:
        ("domain", verdict_pb2.DomainReport),
    dnif_pb2.DNIF_LOOKUP_GET_IP_REPORT: ("ip", verdict_pb2.IpReport),
    dnif_pb2.DNIF_LOOKUP_GET_FILEHASH_REPORT:
        ("file_hash", verdict_pb2.FileReport),
    dnif_pb2.DNIF_LOOKUP_POST_SCAN_URL: ("url", verdict_pb2.UrlReport),
}


def is_no_value(value):
    """Returns whether a field says that it has no value, as logs write it."""
    if value is None:
        return True
    return (isinstance(value, str) and
            value.strip(" \t\n\v\f\r").lower() in ("", "-", "n/a"))


def text_of(value):
    """Returns the text to look up for the value of a field."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    except (TypeError, ValueError):
        return str(value)


def indicator_for(lookup, text):
    """Returns the Indicator. A URL lookup also accepts the id of a scan."""
    member = _KINDS[lookup][0]
    if (lookup == dnif_pb2.DNIF_LOOKUP_GET_URL_REPORT and
            _SCAN_ID.fullmatch(text)):
        member = "url_scan_id"
    return indicator_pb2.Indicator(**{member: text})


def names(lookup):
    """Returns the names of all fields that the lookup may add."""
    found = {ERROR}
    for message in (verdict_pb2.Verdict, _KINDS[lookup][1],
                    lookup_pb2.LookupResponse):
        for _, target in _targets(message.DESCRIPTOR, lookup):
            found.add(target.name)
    return found


def fields(lookup, asked, response):
    """Returns the fields that a LookupResponse adds, as a dict."""
    verdict = response.verdict
    row = {}
    _add_all(response, lookup, row, verdict.response_code)
    _add_all(verdict, lookup, row, verdict.response_code)
    report = verdict.WhichOneof("report")
    if report and isinstance(getattr(verdict, report), _KINDS[lookup][1]):
        _add_all(getattr(verdict, report), lookup, row, verdict.response_code)
    if _KINDS[lookup][0] == "url" and "$VTURL" not in row:
        # Every answer names the URL that it is about.
        row["$VTURL"] = _url(verdict.indicator) or _url(asked)
    return row


def _url(indicator):
    return indicator.url_scan_id or indicator.url


def _targets(descriptor, lookup):
    """Yields pairs: a field of a message, and the row's field made of it."""
    for field in descriptor.fields:
        for target in field.GetOptions().Extensions[dnif_pb2.dnif_field]:
            if not target.lookups or lookup in target.lookups:
                yield field, target


def _add_all(message, lookup, row, code):
    for field, target in _targets(message.DESCRIPTOR, lookup):
        if target.HasField("only_code") and target.only_code != code:
            continue
        if field.label == field.LABEL_REPEATED:
            _add_list(message, field, target, row)
        else:
            _add_value(message, field, target, row)


def _add_value(message, field, target, row):
    value = getattr(message, field.name)
    if field.has_presence:
        present = message.HasField(field.name)
    else:
        present = bool(value)
    if not present:
        if target.HasField("when_absent"):
            row[target.name] = target.when_absent
    elif field.message_type is not None:  # a Timestamp
        moment = datetime.datetime.fromtimestamp(value.seconds,
                                                 datetime.timezone.utc)
        row[target.name] = moment.strftime("%Y-%m-%dT%H:%M:%S")
    else:
        row[target.name] = value


def _add_list(message, field, target, row):
    items = getattr(message, field.name)
    if not items and target.keep_empty and field.name in message.empty_lists:
        row.setdefault(target.name, [])
    for item in items:
        if target.HasField("detected") and item.detected != target.detected:
            continue
        text = getattr(item, target.member) if target.member else item
        if text:
            row.setdefault(target.name, []).append(text)
