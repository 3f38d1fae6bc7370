"""Messages in which everything is set."""

import math

from google.protobuf.descriptor import FieldDescriptor

_VALUES = {
    FieldDescriptor.CPPTYPE_BOOL: True,
    FieldDescriptor.CPPTYPE_INT32: -7,
    FieldDescriptor.CPPTYPE_INT64: -2**40,
    FieldDescriptor.CPPTYPE_STRING: "text",
    FieldDescriptor.CPPTYPE_UINT32: 2**32 - 1,
    FieldDescriptor.CPPTYPE_UINT64: 2**40,
}


def variants(kind, classes):
    """Yields messages of the class in which everything is set, except that of each
    oneof one field is. Together they have all fields. `classes`: those of all
    messages, by full name."""
    for turn in range(_turns(kind.DESCRIPTOR)):
        message = kind()
        _fill(message, turn, classes)
        yield message


def _oneofs(descriptor):
    """Returns the oneofs that are more than an `optional` field."""
    return [oneof for oneof in descriptor.oneofs if len(oneof.fields) > 1]


def _turns(descriptor):
    """Returns how many choices of fields of oneofs there are: those of the message,
    times those of the part that has most."""
    inner = [_turns(field.message_type) for field in descriptor.fields
             if field.message_type is not None and
             not field.message_type.full_name.startswith("google.")]
    return math.prod([len(oneof.fields) for oneof in _oneofs(descriptor)] +
                     [max(inner, default=1)])


def _fill(message, turn, classes):
    descriptor = message.DESCRIPTOR
    if descriptor.full_name == "google.protobuf.Any":
        return _fill_any(message, classes)
    if descriptor.full_name == "google.protobuf.Timestamp":
        return message.FromJsonString("2026-11-26T11:26:55.124950Z")
    if descriptor.full_name == "google.protobuf.Duration":
        return message.FromJsonString("1.500s")
    left_out = set()
    for oneof in _oneofs(descriptor):
        turn, chosen = divmod(turn, len(oneof.fields))
        left_out |= {field.name for field in oneof.fields}
        left_out.remove(oneof.fields[chosen].name)
    for field in descriptor.fields:
        if field.name not in left_out:
            _set(message, field, turn, classes)


def _fill_any(message, classes):
    info = classes["google.rpc.ErrorInfo"](reason="NO_REASON", domain="vtlookup")
    message.Pack(info)


def _set(message, field, turn, classes):
    repeated = field.label == FieldDescriptor.LABEL_REPEATED
    value = getattr(message, field.name)
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        value["name"] = "text"
    elif field.message_type is not None:
        part = value.add() if repeated else value
        part.SetInParent()
        _fill(part, turn, classes)
    else:
        single = (field.enum_type.values[-1].number if field.enum_type is not None
                  else _VALUES[field.cpp_type])
        if repeated:
            value.append(single)
        else:
            setattr(message, field.name, single)
