"""Schemas of what a lookup adds to a row, from the options dnif_field."""

from google.protobuf import descriptor_pb2

import texts

_FIELD = descriptor_pb2.FieldDescriptorProto
_PACKAGE = "vtlookup.v1"
# The messages whose fields a lookup writes, as in client/vtlookup/row.cc.
_REPORTS = {
    "get_url_report": "UrlReport",
    "get_domain_report": "DomainReport",
    "get_ip_report": "IpReport",
    "get_filehash_report": "FileReport",
    "post_scan_url": "UrlReport",
}
_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}
_TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$",
         "example": "2014-01-23T09:03:02"}
_ERROR = {"type": "string",
          "description": "Why the lookup failed: the name of a status of gRPC and "
                         "a message. There is no other field then.",
          "example": "DEADLINE_EXCEEDED: no answer in time"}


def schema_names():
    """Returns the names of the schemas, by lookup."""
    return {lookup: f"Fields.{lookup}" for lookup in _REPORTS}


def _value(field):
    """Returns the schema of a row's value. It is not that of JSON messages: all
    integers are numbers, and a time has no zone."""
    if field.label == _FIELD.LABEL_REPEATED:
        return {"type": "array", "items": _TEXT}
    if field.type == _FIELD.TYPE_MESSAGE:
        return _TIME
    if field.type == _FIELD.TYPE_BOOL:
        return {"type": "boolean"}
    return _TEXT if field.type == _FIELD.TYPE_STRING else _NUMBER


def _about(comment, rule):
    words = [texts.description(comment)]
    if rule.HasField("when_absent"):
        words.append(f"{rule.when_absent} when VirusTotal sent none.")
    if rule.HasField("only_code"):
        words.append(f"Only with `$VTResponseCode` {rule.only_code}.")
    if rule.HasField("detected"):
        words.append("Only engines that call it malicious." if rule.detected else
                     "Only engines that do not call it malicious.")
    return " ".join(word for word in words if word)


def _add(found, name, value, about):
    """Several fields of a report may write the same field of a row."""
    if name not in found:
        found[name] = {**value, "description": about}
        return
    known = found[name]
    kinds = known.pop("anyOf", None) or [
        {key: known.pop(key) for key in list(known) if key != "description"}]
    if value not in kinds:
        kinds.append(value)
    known.update(kinds[0] if len(kinds) == 1 else {"anyOf": kinds})
    if about not in known["description"]:
        known["description"] += " Or: " + about


def schema(protos, lookup):
    """Returns the schema of the fields that the lookup adds."""
    number = next(value.number for value, _
                  in protos.enums[f"{_PACKAGE}.DnifLookup"].values()
                  if value.name == f"DNIF_LOOKUP_{lookup.upper()}")
    found = {}
    for message in ("Verdict", _REPORTS[lookup], "LookupResponse"):
        for field, comment in protos.messages[f"{_PACKAGE}.{message}"].fields():
            for rule in protos.option(field.options, f"{_PACKAGE}.dnif_field"):
                if not rule.lookups or number in rule.lookups:
                    _add(found, rule.name, _value(field), _about(comment, rule))
    return {"type": "object",
            "description": f"What `{lookup}` adds to a row. A field without a value "
                           "is left out.",
            "properties": {**found, "$VTError": _ERROR}}
