"""The names of the fields of each lookup, as the protos have them."""

import importlib
import os
import subprocess
import sys
import tempfile

PROTOS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                      "protos")

REPORTS = {"get_url_report": "UrlReport", "get_domain_report": "DomainReport",
           "get_ip_report": "IpReport", "get_filehash_report": "FileReport",
           "post_scan_url": "UrlReport"}


def names():
    """Returns a set of names for each lookup; needs protoc and protobuf."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["protoc", "-I", PROTOS, "--python_out=" + folder] +
            ["vtlookup/v1/%s.proto" % name
             for name in ("dnif", "indicator", "lookup", "verdict")] +
            ["google/rpc/status.proto"], check=True)
        # Its package is that of protobuf itself, which has no google.rpc.
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
