"""Compares openapi.json with the protos, the gateway and the documents.

  openapi_test.py PROJECT OPENAPI_JSON

What the gateway writes is here what protobuf's own library for Python writes: the
generator of the document has no part in it.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import filled
import jsonschema
from google.protobuf import descriptor_pb2, json_format, message_factory
from validation import check, named, strict

PROJECT = pathlib.Path(sys.argv[1])
OPENAPI = json.loads(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8"))
SCHEMAS = OPENAPI["components"]["schemas"]
RPCS = {"/v1/lookup": ("LookupRequest", "LookupResponse"),
        "/v1/lookup:batch": ("BatchLookupRequest", "BatchLookupResponse"),
        "/v1/urls:submit": ("SubmitUrlRequest", "SubmitUrlResponse")}


def read_protos():
    """Returns the classes of all messages, by full name."""
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(
            ["protoc", "-I", PROJECT / "protos", "--include_imports",
             "--descriptor_set_out=" + file.name, "vtlookup/v1/lookup.proto",
             "google/rpc/error_details.proto"], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(file.read())
    return message_factory.GetMessages(files.file)


MESSAGES = read_protos()


def json_of(message):
    return json_format.MessageToDict(message, preserving_proto_field_name=True,
                                     descriptor_pool=message.DESCRIPTOR.file.pool)


class Paths(unittest.TestCase):
    """Which paths there are."""

    def test_each_path_of_the_gateway_is_described(self):
        described = set(OPENAPI["paths"])
        in_code = set()
        for source in (PROJECT / "server/gateway").glob("*.cc"):
            in_code |= set(re.findall(r'"(/v1/[^"\s]*|/openapi\.json)"',
                                      source.read_text(encoding="utf-8")))
        self.assertIn("/v1/lookup", in_code)
        for path in in_code:
            wanted = path + "{lookup}" if path.endswith("/") else path
            self.assertIn(wanted, described)

    def test_the_paths_are_those_of_the_documents(self):
        text = (PROJECT / "docs/http.md").read_text(encoding="utf-8")
        documented = set(re.findall(r"^\| `(GET|POST) (/v1/[^`?]*|/openapi.json)",
                                    text, re.MULTILINE))
        self.assertEqual({(method.upper(), path)
                          for path, item in OPENAPI["paths"].items()
                          for method in item}, documented)

    def test_each_rpc_has_the_messages_of_its_path(self):
        for path, (taken, returned) in RPCS.items():
            operation = OPENAPI["paths"][path]["post"]
            for part, name in ((operation["requestBody"], taken),
                               (operation["responses"]["200"], returned)):
                self.assertEqual(part["content"]["application/json"]["schema"],
                                 named(name))


class Messages(unittest.TestCase):
    """Whether the schemas are those of protobuf's JSON mapping."""

    def test_filled_messages_fit_and_leave_no_property_out(self):
        schemas = strict(SCHEMAS)
        for name in (name for pair in RPCS.values() for name in pair):
            with self.subTest(name):
                for message in filled.variants(MESSAGES["vtlookup.v1." + name],
                                               MESSAGES):
                    check(json_of(message), named(name), schemas)

    def test_details_of_a_status_fit(self):
        schemas = strict(SCHEMAS)
        for name in ("ErrorInfo", "RetryInfo", "QuotaFailure", "BadRequest"):
            status = MESSAGES["google.rpc.Status"](code=3, message="no")
            detail = next(filled.variants(MESSAGES["google.rpc." + name], MESSAGES))
            status.details.add().Pack(detail)
            value = json_of(status)
            check(value, named("Status"), SCHEMAS)
            del value["details"][0]["@type"]
            check(value["details"][0], named(name), schemas)

    def test_no_property_is_invented(self):
        known = {name.split(".v1.")[-1].split("google.rpc.")[-1]: message
                 for name, message in MESSAGES.items()}
        for name, schema in SCHEMAS.items():
            if name in known and name != "Any" and "enum" not in schema:
                self.assertEqual(set(schema["properties"]),
                                 set(known[name].DESCRIPTOR.fields_by_name), name)

    def test_what_is_missing_would_be_noticed(self):
        message = next(filled.variants(MESSAGES["vtlookup.v1.LookupResponse"],
                                       MESSAGES))
        for name in SCHEMAS["LookupResponse"]["properties"]:
            schemas = strict(SCHEMAS)
            del schemas["LookupResponse"]["properties"][name]
            with self.assertRaises(jsonschema.ValidationError):
                check(json_of(message), named("LookupResponse"), schemas)

    def test_examples_are_requests(self):
        for path, (taken, _) in RPCS.items():
            content = OPENAPI["paths"][path]["post"]["requestBody"]["content"]
            json_format.ParseDict(content["application/json"]["example"],
                                  MESSAGES["vtlookup.v1." + taken]())


class Rows(unittest.TestCase):
    """The `$VT` fields."""

    def test_the_fields_are_those_of_the_plugin(self):
        sys.path.insert(0, str(PROJECT / "client/dnif/virustotal"))
        sys.dont_write_bytecode = True
        import vtlookup_fields
        for lookup, names in vtlookup_fields.OF_LOOKUP.items():
            properties = SCHEMAS["Fields." + lookup]["properties"]
            self.assertEqual(set(properties), set(names), lookup)

    def test_the_lookups_are_those_of_the_plugin(self):
        import vtlookup_fields
        self.assertEqual(
            set(OPENAPI["components"]["parameters"]["lookup"]["schema"]["enum"]),
            set(vtlookup_fields.OF_LOOKUP))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
