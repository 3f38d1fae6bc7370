"""Schemas of messages and enums, as protobuf's JSON mapping writes them.

The mapping is https://protobuf.dev/programming-guides/json with the names of the
.proto files: 64-bit integers and enums are strings, and fields that are not set
are left out, so that no property is required.
"""

from google.protobuf import descriptor_pb2

import texts

_FIELD = descriptor_pb2.FieldDescriptorProto
_INT32 = {"type": "integer", "format": "int32"}
_UINT32 = {"type": "integer", "format": "int64", "minimum": 0, "maximum": 2**32 - 1}
_INT64 = {"type": "string", "format": "int64", "pattern": "^-?[0-9]+$"}
_UINT64 = {"type": "string", "format": "uint64", "pattern": "^[0-9]+$"}
_SCALARS = {
    _FIELD.TYPE_BOOL: {"type": "boolean"},
    _FIELD.TYPE_BYTES: {"type": "string", "format": "byte"},
    _FIELD.TYPE_FIXED32: _UINT32,
    _FIELD.TYPE_FIXED64: _UINT64,
    _FIELD.TYPE_INT32: _INT32,
    _FIELD.TYPE_INT64: _INT64,
    _FIELD.TYPE_SFIXED32: _INT32,
    _FIELD.TYPE_SFIXED64: _INT64,
    _FIELD.TYPE_SINT32: _INT32,
    _FIELD.TYPE_SINT64: _INT64,
    _FIELD.TYPE_STRING: {"type": "string"},
    _FIELD.TYPE_UINT32: _UINT32,
    _FIELD.TYPE_UINT64: _UINT64,
}
# Types with a mapping of their own. gateway.yaml has the schema of Any.
_WELL_KNOWN = {
    ".google.protobuf.Duration": {
        "type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,9})?s$",
        "example": "3600s"},
    ".google.protobuf.Timestamp": {
        "type": "string", "format": "date-time",
        "example": "2026-11-26T11:26:55.124950Z"},
}


def name_of(type_name):
    """Returns the name of a message's schema: without packages, which are lower
    case."""
    return ".".join(part for part in type_name.split(".") if part[:1].isupper())


def reference(name):
    return {"$ref": f"#/components/schemas/{name}"}


def described(schema, text):
    """Adds a description. OpenAPI 3.0 ignores what stands beside a $ref."""
    if not text:
        return schema
    if "$ref" in schema:
        schema = {"allOf": [schema]}
    return {**schema, "description": text}


def of_enum(declared):
    lines = [texts.description(declared.comment), ""]
    for value, comment in declared.values():
        about = texts.description(comment)
        lines.append(f"- `{value.name}`" + (f": {about}" if about else ""))
    return {"type": "string",
            "description": "\n".join(lines).strip(),
            "enum": [value.name for value, _ in declared.values()]}


class Messages:
    """Makes schemas of the messages of some protos."""

    def __init__(self, protos):
        self._protos = protos

    def of_message(self, declared):
        schema = {"type": "object"}
        about = "\n\n".join(
            [texts.description(declared.comment)] * bool(declared.comment) +
            [f"At most one of {texts.listed(names)} is set."
             for names in self._oneofs(declared)])
        if about:
            schema["description"] = about
        schema["properties"] = {
            field.name: described(self._of_field(field),
                                  texts.description(comment))
            for field, comment in declared.fields()}
        return schema

    @staticmethod
    def _oneofs(declared):
        oneofs = {}
        for field, _ in declared.fields():
            if field.HasField("oneof_index") and not field.proto3_optional:
                oneofs.setdefault(field.oneof_index, []).append(field.name)
        return oneofs.values()

    def _of_field(self, field):
        if field.label != _FIELD.LABEL_REPEATED:
            return self._of_value(field)
        entry = self._protos.messages.get(field.type_name[1:])
        if entry is not None and entry.proto.options.map_entry:
            return {"type": "object",
                    "additionalProperties": self._of_value(entry.proto.field[1])}
        return {"type": "array", "items": self._of_value(field)}

    @staticmethod
    def _of_value(field):
        if not field.type_name:
            return dict(_SCALARS[field.type])
        known = _WELL_KNOWN.get(field.type_name)
        return dict(known) if known else reference(name_of(field.type_name))
