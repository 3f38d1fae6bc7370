"""What each client is made to ask, in phases."""

import base64
import hashlib

# Of three files, since vtsim does not know one file by several hashes.
MD5, SHA1, SHA256 = "a1" * 16, "b2" * 20, "c3" * 32
FILE_MISSING, FILE_QUEUED = "d4" * 20, "e5" * 20
IP_EVEN, IP_ODD, IP_MISSING = "8.8.8.8", "9.9.9.9", "8.8.4.4"
IPV6 = "2001:4860:4860::8888"
# vtsim refuses the first, as VirusTotal does when the quota is used up. The
# daemon refuses the second for the limit of its client. A vtsim that clients
# ask directly knows no such limit, so a fault makes it refuse the second, too.
OVER_QUOTA, OVER_LIMIT = "over-quota.example.com", "over-limit.example.com"

OUTCOMES = [MD5 + "=present", SHA1 + "=present", SHA256 + "=present",
            FILE_MISSING + "=missing", FILE_QUEUED + "=queued",
            IP_EVEN + "=present", IP_ODD + "=present", IPV6 + "=present",
            IP_MISSING + "=missing"]
QUOTA_STATUS = {"v2": 204, "v3": 429}


def faults_behind(api):
    """What a vtsim behind a daemon that speaks `api` is told to do."""
    return OUTCOMES + ["%s=status:%d" % (OVER_QUOTA, QUOTA_STATUS[api])]


def faults_direct(api):
    """What a vtsim that the clients ask directly is told to do."""
    return faults_behind(api) + ["%s=status:%d" % (OVER_LIMIT,
                                                   QUOTA_STATUS[api])]


def case(name, call, *values, token="good"):
    return {"name": name, "call": call, "arguments": values, "token": token}


def url_id(url):
    """The id of a URL in v3, as its documentation has it."""
    return base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


# Methods of the Python client.
URL = "PublicApi.get_url_report"
FILE = "PublicApi.get_file_report"
DOMAIN = "PublicApi.get_domain_report"
IP = "PublicApi.get_ip_report"
SCAN = "PublicApi.scan_url"
PYTHON = [
    case("url", URL, "http://malicious.example.com/a"),
    case("url, clean", URL, "http://clean.example.com/"),
    case("url, as it was typed", URL, "HTTP://Clean.Example.com"),
    case("url, missing", URL, "http://missing.example.com/"),
    case("url, missing and submitted", URL,
         "http://missing-too.example.com/", "1"),
    case("url, queued", URL, "http://queued.example.com/"),
    case("url, invalid", URL, "no url"),
    case("url, two", URL,
         "http://clean.example.com/\nhttp://missing.example.com/"),
    case("url, none", URL, ""),
    case("file by md5", FILE, MD5),
    case("file by sha1", FILE, SHA1),
    case("file by sha256", FILE, SHA256),
    case("file in capitals", FILE, MD5.upper()),
    case("file, missing", FILE, FILE_MISSING),
    case("file, queued", FILE, FILE_QUEUED),
    case("file, invalid", FILE, "no-hash"),
    case("file, four", FILE, [MD5, FILE_MISSING, FILE_QUEUED, "no-hash"]),
    # With allinfo=1, which a public key may not use, and VirusTotal ignores.
    case("file, all of it", "PrivateApi.get_file_report", MD5),
    case("url, all of it", "PrivateApi.get_url_report",
         "http://clean.example.com/"),
    case("domain", DOMAIN, "malicious.example.com"),
    case("domain, clean", DOMAIN, "clean.example.com"),
    case("domain, missing", DOMAIN, "missing.example.com"),
    case("domain, invalid", DOMAIN, "exa!mple.com"),
    case("ip, even number", IP, IP_EVEN),
    case("ip, odd number", IP, IP_ODD),
    case("ip, missing", IP, IP_MISSING),
    case("ip, invalid", IP, "999.1.1.1"),
    case("ip, private", IP, "10.0.0.1"),
    case("scan", SCAN, "http://submitted.example.com/"),
    case("scan, two", SCAN,
         "http://submitted.example.com/2\nhttp://submitted.example.com/3"),
    case("scan, invalid", SCAN, "no url"),
    case("wrong key", DOMAIN, "clean.example.com", token="wrong"),
    case("wrong key, scan", SCAN, "http://submitted.example.com/",
         token="wrong"),
    case("no key", DOMAIN, "clean.example.com", token="none"),
]

NODE = [
    case("url", "urlLookup", url_id("http://malicious.example.com/a")),
    case("url, clean", "urlLookup", url_id("http://clean.example.com/")),
    case("url, as it was typed", "urlLookup",
         url_id("HTTP://Clean.Example.com")),
    # The client's own documentation asks by the hash.
    case("url by sha256", "urlLookup",
         hashlib.sha256(b"http://clean.example.com/").hexdigest()),
    case("url by sha256, missing", "urlLookup",
         hashlib.sha256(b"http://never-asked.example.com/").hexdigest()),
    case("url, missing", "urlLookup", url_id("http://missing.example.com/")),
    case("url, queued", "urlLookup", url_id("http://queued.example.com/")),
    case("url, invalid", "urlLookup", url_id("no url")),
    case("file by md5", "fileLookup", MD5),
    case("file by sha1", "fileLookup", SHA1),
    case("file by sha256", "fileLookup", SHA256),
    case("file, missing", "fileLookup", FILE_MISSING),
    case("file, queued", "fileLookup", FILE_QUEUED),
    case("file, invalid", "fileLookup", "no-hash"),
    case("domain", "domainLookup", "malicious.example.com"),
    case("domain, clean", "domainLookup", "clean.example.com"),
    case("domain, missing", "domainLookup", "missing.example.com"),
    case("domain, invalid", "domainLookup", "exa!mple.com"),
    case("ip", "ipLookup", IP_EVEN),
    case("ip, version 6", "ipLookup", IPV6),
    case("ip, missing", "ipLookup", IP_MISSING),
    case("ip, invalid", "ipLookup", "999.1.1.1"),
    case("ip, private", "ipLookup", "10.0.0.1"),
    case("submission", "initialScanURL", "http://submitted.example.com/"),
    case("submission, invalid", "initialScanURL", "no url"),
    case("analysis, missing", "getAnalysisInfo", "u-" + "0" * 64 + "-1"),
    case("wrong key", "domainLookup", "clean.example.com", token="wrong"),
    case("no key", "domainLookup", "clean.example.com", token="none"),
]

CVT = [
    case("domain", "domain", "malicious.example.com"),
    case("domain, clean", "domain", "clean.example.com"),
    case("domain, missing", "domain", "missing.example.com"),
    case("domain, invalid", "domain", "exa!mple.com"),
    case("ip, even number", "ip", IP_EVEN),
    case("ip, odd number", "ip", IP_ODD),
    case("ip, missing", "ip", IP_MISSING),
    case("ip, invalid", "ip", "999.1.1.1"),
    case("url, which has no key", "url", "http://clean.example.com/"),
    case("file, which has no key", "file", MD5),
    case("wrong key", "domain", "clean.example.com", token="wrong"),
]

MAIN = {"python": PYTHON, "node": NODE, "cvt": CVT}


def _said(answers, name, *path):
    """A text in the answer to a case; "nothing" when it is not there, which is
    then one of the differences."""
    value = answers[name]
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value if isinstance(value, str) else "nothing"


def follow_up(client, answers):
    """The cases that need something from the newest answers to MAIN."""
    if client == "python":
        return [case("url by its scan", URL,
                     _said(answers, "url", "body", "scan_id")),
                case("scan, and its report", URL,
                     _said(answers, "scan", "body", "scan_id"))]
    if client == "node":
        analysis = _said(answers, "submission", "body", "data", "id")
        return [case("analysis", "getAnalysisInfo", analysis),
                case("url of the submission", "urlLookup",
                     analysis.removeprefix("u-").split("-")[0])]
    return []


DOMAIN_CALL = {"python": DOMAIN, "node": "domainLookup", "cvt": "domain"}


def refused(client):
    """The refusals for a quota. After the last of them a daemon does not ask
    VirusTotal for a while, so nothing else may follow."""
    call = DOMAIN_CALL[client]
    limited = "limited-" + client
    return [case("limit, first", call, "clean.example.com", token=limited),
            case("limit, second", call, OVER_LIMIT, token=limited),
            case("quota", call, OVER_QUOTA)]


CODE, STATUS = "body.response_code", "status"
ERROR = "body.error.code"
# Of each client some of what it gets from vtsim: phase, case, path, value.
EXPECTED = {
    "python": [
        ("first", "url", CODE, 1), ("first", "url, missing", CODE, 0),
        ("first", "url, queued", CODE, -2), ("first", "url, invalid", CODE, -1),
        ("first", "url, none", STATUS, 400), ("first", "scan", CODE, 1),
        ("first", "file by md5", CODE, 1), ("first", "file, queued", CODE, -2),
        ("first", "domain, missing", CODE, 0),
        ("first", "ip, odd number", CODE, 1),
        ("first", "wrong key", STATUS, 403),
        ("follow-up", "scan, and its report", CODE, -2),
        ("refused", "limit, first", STATUS, 200),
        ("refused", "limit, second", STATUS, 204),
        ("refused", "quota", STATUS, 204)],
    "node": [
        ("first", "url", "body.data.type", "url"),
        ("first", "url by sha256", "body.data.type", "url"),
        ("first", "url, missing", ERROR, "NotFoundError"),
        ("first", "url, invalid", ERROR, "InvalidArgumentError"),
        ("first", "wrong key", ERROR, "WrongCredentialsError"),
        ("first", "no key", ERROR, "AuthenticationRequiredError"),
        ("follow-up", "analysis", "body.data.attributes.status", "queued"),
        ("refused", "limit, first", "failed", False),
        ("refused", "limit, second", ERROR, "QuotaExceededError"),
        ("refused", "quota", ERROR, "QuotaExceededError")],
    "cvt": [
        ("first", "domain", "code", 1), ("first", "domain, missing", "code", 0),
        ("first", "ip, odd number", "message", "IP address in dataset"),
        # An empty body is all that it notices of a refusal.
        ("first", "url, which has no key", "returned", -1),
        ("first", "wrong key", "returned", -1),
        ("refused", "limit, first", "code", 1),
        ("refused", "quota", "returned", -1)],
}
