"""Puts the document together."""

import operations
import rows
import schemas

_SCHEMA = "#/components/schemas/"


def _references(part):
    """Yields the names of all schemas that a part of the document refers to."""
    if isinstance(part, dict):
        target = part.get("$ref")
        if isinstance(target, str) and target.startswith(_SCHEMA):
            yield target[len(_SCHEMA):]
        part = part.values()
    if not isinstance(part, str) and hasattr(part, "__iter__"):
        for each in part:
            yield from _references(each)


class _Schemas:
    """Finds schemas by name: those of messages, enums and rows."""

    def __init__(self, protos):
        self._protos = protos
        self._messages = schemas.Messages(protos)
        self._lookups = {name: lookup
                         for lookup, name in rows.schema_names().items()}

    def find(self, name):
        if name in self._lookups:
            return rows.schema(self._protos, self._lookups[name])
        for full, message in self._protos.messages.items():
            if schemas.name_of(full) == name:
                return self._messages.of_message(message)
        for full, enum in self._protos.enums.items():
            if schemas.name_of(full) == name:
                return schemas.of_enum(enum)
        raise ValueError(f"no message, enum or lookup is named {name}")


def _add_schemas(document, protos):
    """Adds the schemas that the document refers to, until none is missing."""
    known = document["components"]["schemas"]
    find = _Schemas(protos).find
    missing = set(_references(document)) - set(known)
    while missing:
        for name in sorted(missing):
            known[name] = find(name)
        missing = set(_references(document)) - set(known)
    document["components"]["schemas"] = dict(sorted(known.items()))


def make(protos, gateway, version):
    """Returns the document. `gateway`: the content of gateway.yaml."""
    document = {key: part for key, part in gateway.items() if key != "rpc"}
    document["info"] = {**gateway["info"], "version": version}
    served = operations.of_services(protos, gateway["rpc"])
    document["tags"] = served.tags + gateway["tags"]
    document["paths"] = {**served.paths, **gateway["paths"]}
    _add_schemas(document, protos)
    return document
