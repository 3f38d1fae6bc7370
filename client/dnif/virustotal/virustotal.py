"""VirusTotal lookups of DNIF, answered by vtlookupd.

Replaces DNIF's plugin of this name: it has the same functions and makes the
same rows. Each function gets a list of rows (dicts whose keys begin with `$`)
and a list whose first item names the field to look up. It returns the rows in
their order, each with the `$VT...` fields of its lookup. A row without the
field, or with None, "", "-" or "N/A" in it, stays as it is. A row whose lookup failed gets only `$VTError`, so that a
failure never reads as clean.

Needs python3-grpcio and python3-protobuf.
"""

import os
import sys
import time

_HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, _HERE)
sys.path.insert(0, os.path.join(_HERE, "stubs"))

# gRPC must survive a fork, because DNIF may fork between lookups.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "1")
# Failures are told in the rows; gRPC's own lines would go to DNIF's log.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

import google  # noqa: E402

# Some of the stubs are in the package `google`, which is installed elsewhere.
google.__path__ = list(google.__path__) + [
    os.path.join(_HERE, "stubs", "google")]

import grpc  # noqa: E402

import vtlookup_refang as _refang  # noqa: E402
import vtlookup_rows as _rows  # noqa: E402
import vtlookup_settings as _settings  # noqa: E402
from vtlookup.v1 import dnif_pb2  # noqa: E402
from vtlookup.v1 import lookup_pb2  # noqa: E402
from vtlookup.v1 import lookup_pb2_grpc  # noqa: E402

# Indicators in one call; the daemon accepts 10,000.
_BATCH = 5000
# Submissions under way at once.
_SUBMISSIONS = 32


def get_url_report(inward_array, var_array):
    """Adds what VirusTotal knows about URLs, or about scans by their ids."""
    return _enrich(dnif_pb2.DNIF_LOOKUP_GET_URL_REPORT, inward_array, var_array)


def get_domain_report(inward_array, var_array):
    """Adds what VirusTotal knows about domains."""
    return _enrich(dnif_pb2.DNIF_LOOKUP_GET_DOMAIN_REPORT, inward_array,
                   var_array)


def get_ip_report(inward_array, var_array):
    """Adds what VirusTotal knows about IP addresses."""
    return _enrich(dnif_pb2.DNIF_LOOKUP_GET_IP_REPORT, inward_array, var_array)


def get_filehash_report(inward_array, var_array):
    """Adds what VirusTotal knows about files, by MD5, SHA-1 or SHA-256."""
    return _enrich(dnif_pb2.DNIF_LOOKUP_GET_FILEHASH_REPORT, inward_array,
                   var_array)


def post_scan_url(inward_array, var_array):
    """Submits URLs to VirusTotal. Each distinct URL costs quota."""
    return _enrich(dnif_pb2.DNIF_LOOKUP_POST_SCAN_URL, inward_array, var_array)


def check_config():
    """Prints the address of the daemon, or the mistake in dnifconfig.yml."""
    try:
        print(_settings.load(_settings.path()).server)
    except (OSError, ValueError) as error:
        print(error)


def _enrich(lookup, inward_array, var_array):
    field = var_array[0]
    texts = {}  # for each row that has the field, by the row's index
    for place, row in enumerate(inward_array):
        if field in row and not _rows.is_no_value(row[field]):
            texts[place] = _rows.text_of(row[field])
    if not texts:
        return inward_array
    answers = _ask(lookup, list(dict.fromkeys(texts.values())))
    own = _rows.names(lookup)
    for place, text in texts.items():
        row = inward_array[place]
        for name in own.intersection(row):
            del row[name]
        row.update(answers[text])
    return inward_array


def _ask(lookup, texts):
    """Returns the fields to add for each text; never raises."""
    try:
        settings = _settings.load(_settings.path())
        channel = _channel(settings)
    except (OSError, ValueError) as error:
        return dict.fromkeys(texts, _failed("FAILED_PRECONDITION", error))
    # Each lookup has a new connection, because a connection does not survive a
    # fork.
    with channel:
        return _ask_on(channel, settings, lookup, texts)


def _ask_on(channel, settings, lookup, texts):
    stub = lookup_pb2_grpc.LookupServiceStub(channel)
    answers = {}
    asked = {}
    for text in texts:
        try:
            text.encode("utf-8")
            asked[text] = _rows.indicator_for(
                lookup, _refang.refang(text) if settings.refang else text)
        except UnicodeError:
            answers[text] = _failed("INVALID_ARGUMENT",
                                    "the value is not UTF-8")
    until = time.monotonic() + settings.timeout
    metadata = None
    if settings.token:
        metadata = (("authorization", "Bearer " + settings.token),)
    if lookup == dnif_pb2.DNIF_LOOKUP_POST_SCAN_URL:
        answers.update(_submit(lookup, stub, asked, until, metadata))
    else:
        answers.update(_look_up(lookup, stub, asked, until, metadata))
    return answers


def _look_up(lookup, stub, asked, until, metadata):
    texts = list(asked)
    calls = []
    for begin in range(0, len(texts), _BATCH):
        part = texts[begin:begin + _BATCH]
        request = lookup_pb2.BatchLookupRequest(
            indicators=[asked[text] for text in part])
        calls.append((part, stub.BatchLookup.future(
            request, timeout=_left(until), metadata=metadata)))
    answers = {}
    for part, call in calls:
        try:
            results = call.result().results
        except grpc.RpcError as error:
            answers.update(dict.fromkeys(part, _rpc_failed(error)))
            continue
        for text, result in zip(part, results):
            if result.HasField("error"):
                answers[text] = _failed(_code_name(result.error.code),
                                        result.error.message)
            else:
                answers[text] = _rows.fields(lookup, asked[text],
                                             result.response)
    return answers


def _submit(lookup, stub, asked, until, metadata):
    texts = list(asked)
    answers = {}
    for begin in range(0, len(texts), _SUBMISSIONS):
        part = texts[begin:begin + _SUBMISSIONS]
        calls = [stub.SubmitUrl.future(
            lookup_pb2.SubmitUrlRequest(url=asked[text].url),
            timeout=_left(until), metadata=metadata) for text in part]
        for text, call in zip(part, calls):
            try:
                answers[text] = _rows.fields(
                    lookup, asked[text],
                    lookup_pb2.LookupResponse(verdict=call.result().verdict))
            except grpc.RpcError as error:
                answers[text] = _rpc_failed(error)
    return answers


def _left(until):
    return max(until - time.monotonic(), 0.001)


def _failed(name, message):
    return {_rows.ERROR: "%s: %s" % (name, message)}


def _rpc_failed(error):
    return _failed(error.code().name, error.details())


def _code_name(number):
    for code in grpc.StatusCode:
        if code.value[0] == number:
            return code.name
    return "UNKNOWN"


def _channel(settings):
    options = [("grpc.max_receive_message_length", -1),
               ("grpc.keepalive_time_ms", 30000),
               ("grpc.max_reconnect_backoff_ms", 5000),
               ("grpc.enable_http_proxy", int(settings.use_proxy))]
    if not settings.ca_file:
        return grpc.insecure_channel(settings.server, options=options)
    contents = [_contents(name) for name in
                (settings.ca_file, settings.key_file, settings.cert_file)]
    return grpc.secure_channel(settings.server,
                               grpc.ssl_channel_credentials(*contents),
                               options=options)


def _contents(file_name):
    if not file_name:
        return None
    with open(file_name, "rb") as file:
        return file.read()
