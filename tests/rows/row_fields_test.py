"""Tests that the plugin knows the fields of each lookup as the protos do."""

import importlib
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PROTOS = os.path.join(ROOT, "protos")
PLUGIN = os.environ.get("VTLOOKUP_PLUGIN", os.path.join(
    ROOT, "client", "dnif", "virustotal"))

REPORTS = {"get_url_report": "UrlReport", "get_domain_report": "DomainReport",
           "get_ip_report": "IpReport", "get_filehash_report": "FileReport",
           "post_scan_url": "UrlReport"}


def names_in_protos():
    """Returns a set of names for each lookup; needs protoc and protobuf."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["protoc", "-I", PROTOS, "--python_out=" + folder] +
            ["vtlookup/v1/%s.proto" % name
             for name in ("dnif", "indicator", "lookup", "verdict")] +
            ["google/api/annotations.proto", "google/api/http.proto",
             "google/rpc/status.proto"], check=True)
        # Its package is that of protobuf itself, which has neither google.api
        # nor google.rpc.
        sys.path.insert(0, folder)
        google = importlib.import_module("google")
        google.__path__ = list(google.__path__) + [os.path.join(folder,
                                                                "google")]
        dnif, lookup, verdict = (
            importlib.import_module("vtlookup.v1.%s_pb2" % name)
            for name in ("dnif", "lookup", "verdict"))
    found = {}
    for name, report in REPORTS.items():
        number = dnif.DnifLookup.Value("DNIF_LOOKUP_" + name.upper())
        found[name] = {"$VTError"}
        for message in (verdict.Verdict, getattr(verdict, report),
                        lookup.LookupResponse):
            for field in message.DESCRIPTOR.fields:
                for target in field.GetOptions().Extensions[dnif.dnif_field]:
                    if not target.lookups or number in target.lookups:
                        found[name].add(target.name)
    return found


class RowFields(unittest.TestCase):
    """The table in vtlookup_fields.py."""

    def test_the_table_is_as_the_protos_say(self):
        sys.path.insert(0, PLUGIN)
        table = importlib.import_module("vtlookup_fields")
        self.assertEqual(table.OF_LOOKUP, names_in_protos())


if __name__ == "__main__":
    unittest.main()
