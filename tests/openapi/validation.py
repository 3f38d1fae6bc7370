"""Validates JSON against the schemas of openapi.json."""

import copy
import datetime

import jsonschema


def _is_time(text):
    try:
        datetime.datetime.strptime(text[:19] + text[-1], "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return False
    return True


def strict(schemas):
    """Returns schemas that allow no unknown property.

    A detail of a Status may have any: it has the properties of two schemas, which
    cannot be told apart in this way.
    """
    schemas = copy.deepcopy(schemas)
    schemas["Any"] = {"type": "object", "required": ["@type"]}
    for schema in schemas.values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return schemas


def check(value, schema, schemas):
    """Raises ValidationError if the value is not as the schema says. `schemas` are
    those that it refers to.

    The schemas of OpenAPI 3.0 are those of JSON Schema's draft 4 as far as they are
    used here.
    """
    formats = jsonschema.FormatChecker(formats=())
    formats.checks("date-time")(_is_time)
    jsonschema.Draft4Validator({"allOf": [schema], "components": {"schemas": schemas}},
                               format_checker=formats).validate(value)


def named(name):
    return {"$ref": "#/components/schemas/" + name}
