"""Makes the expected row of an answer of VirusTotal directly from its JSON.

Written from the documentation of the fields, without any code of the project.
"""

import datetime
import urllib.parse


def _iso(text):
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"):
        try:
            return datetime.datetime.strptime(text, form).isoformat()
        except (TypeError, ValueError):
            pass
    return None


def _put(row, name, value):
    if value is not None and value != "":
        row[name] = value


def _put_list(row, name, values, keep_empty=False):
    if values or (keep_empty and values is not None):
        row[name] = values


def _scans(row, body):
    scans = body.get("scans") or {}
    _put_list(row, "$VTPositive",
              [name for name, scan in scans.items() if scan["detected"]])
    _put_list(row, "$VTNegative",
              [name for name, scan in scans.items() if not scan["detected"]])


def _members(body, key, member):
    if key not in body:
        return None
    return [item[member] for item in body[key] if item.get(member)]


def url_v2(body, queued):
    row = {"$VTResponseCode": -2 if queued else body["response_code"],
           "$VTPositives": body.get("positives", 0)}
    _put(row, "$VTURL", body.get("resource") or body.get("url"))
    _put(row, "$VTPermalink", body.get("permalink"))
    _put(row, "$VTTotal", body.get("total"))
    _put(row, "$VTSystemTstamp", _iso(body.get("scan_date")))
    _put(row, "$VTMessage", body.get("verbose_msg"))
    _put(row, "$VTScanID", body.get("scan_id", "").strip())
    _scans(row, body)
    return row


def file_v2(body):
    row = {"$VTResponseCode": body["response_code"],
           "$VTPositives": body.get("positives", 0)}
    for name in ("md5", "sha1", "sha256"):
        _put(row, "$VT" + name, body.get(name, "").lower())
    _put(row, "$VTPermalink", body.get("permalink"))
    _put(row, "$VTTotal", body.get("total"))
    _put(row, "$VTSystemTstamp", _iso(body.get("scan_date")))
    _put(row, "$VTScanID", body.get("scan_id"))
    _scans(row, body)
    return row


def domain_v2(body):
    row = {"$VTResponseCode": body["response_code"]}
    webutation = body.get("Webutation domain info") or {}
    _put_list(row, "$VTURL", _members(body, "detected_urls", "url"))
    _put_list(row, "$VTCategories", body.get("categories"))
    _put_list(row, "$VTSiteClass", body.get("categories"))
    _put(row, "$VTWebsenseThreatSeekercategory",
         body.get("Websense ThreatSeeker category"))
    _put(row, "$VTForcepointThreatSeekerCategory",
         body.get("Forcepoint ThreatSeeker category"))
    _put_list(row, "$VTDomainList", body.get("domain_siblings"))
    _put_list(row, "$VTSubDomainList", body.get("subdomains"))
    _put(row, "$VTWebutationVerdict", webutation.get("Verdict"))
    _put(row, "$VTWebutationSafetyScore", webutation.get("Safety score"))
    _put_list(row, "$VTPassiveDNSReplication",
              _members(body, "resolutions", "ip_address"), keep_empty=True)
    _put(row, "$VTWHOIS", body.get("whois"))
    return row


def ip_v2(body):
    row = {"$VTResponseCode": body["response_code"]}
    _put(row, "$VTOwner", body.get("as_owner"))
    _put(row, "$VTASN", body.get("asn"))
    _put(row, "$VTCN", body.get("country"))
    for name, key, member in (
            ("$VTURL", "detected_urls", "url"),
            ("$VTPassiveDNSReplication", "resolutions", "hostname"),
            ("$VTCommunicatingSamples", "detected_communicating_samples",
             "sha256"),
            ("$VTDownloadedSamples", "detected_downloaded_samples", "sha256")):
        _put_list(row, name, _members(body, key, member), keep_empty=True)
    return row


# --- API v3 ------------------------------------------------------------------


def _time_v3(seconds):
    if not seconds:
        return None
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


_OPINIONS = ("malicious", "suspicious", "undetected", "harmless")


def analysed_v3(data):
    """What URLs and files have in common."""
    attributes = data["attributes"]
    stats = attributes.get("last_analysis_stats")
    results = attributes.get("last_analysis_results") or {}
    counted = stats and any(stats.values())
    row = {"$VTResponseCode": 1 if counted else -2, "$VTPositives": 0}
    if counted:
        row["$VTPositives"] = stats.get("malicious", 0)
        row["$VTTotal"] = sum(stats.get(name, 0) for name in _OPINIONS)
        _put_list(row, "$VTPositive",
                  [name for name, result in results.items()
                   if result["category"] == "malicious"])
        _put_list(row, "$VTNegative",
                  [name for name, result in results.items()
                   if result["category"] in _OPINIONS[1:]])
        _put(row, "$VTSystemTstamp",
             _time_v3(attributes.get("last_analysis_date")))
    return row


def file_v3(data):
    row = analysed_v3(data)
    for name in ("md5", "sha1", "sha256"):
        _put(row, "$VT" + name, data["attributes"].get(name))
    return row


def url_v3(data):
    row = analysed_v3(data)
    # The URL that was asked, with the path that every URL has.
    url = data["attributes"]["url"]
    row["$VTURL"] = url if urllib.parse.urlsplit(url).path else url + "/"
    return row


def _network_v3(data):
    """What domains and addresses have in common; v2 has none of it."""
    attributes = data["attributes"]
    row = {"$VTResponseCode": 1}
    stats = attributes.get("last_analysis_stats")
    if stats and "malicious" in stats:
        row["$VTPositives"] = stats["malicious"]
        row["$VTTotal"] = sum(stats.get(name, 0) for name in _OPINIONS)
    _put(row, "$VTSystemTstamp",
         _time_v3(attributes.get("last_analysis_date")))
    return row


def _ids(data, name):
    members = data.get("relationships", {}).get(name, {}).get("data")
    return None if members is None else [member["id"] for member in members]


def domain_v3(data):
    attributes = data["attributes"]
    categories = attributes.get("categories") or {}
    if isinstance(categories, list):  # of 2019
        categories = {}
    row = _network_v3(data)
    words = list(dict.fromkeys(categories.values()))
    _put_list(row, "$VTCategories", words)
    _put_list(row, "$VTSiteClass", words)
    _put(row, "$VTForcepointThreatSeekerCategory",
         categories.get("Forcepoint ThreatSeeker"))
    _put(row, "$VTWebsenseThreatSeekercategory",
         categories.get("Websense ThreatSeeker"))
    _put_list(row, "$VTDomainList", _ids(data, "siblings"))
    _put_list(row, "$VTSubDomainList", _ids(data, "subdomains"))
    joined = _ids(data, "resolutions")
    if joined is not None:  # address and name in one
        row["$VTPassiveDNSReplication"] = [
            each[:-len(data["id"])] for each in joined]
    _put(row, "$VTWHOIS", attributes.get("whois"))
    return row


def ip_v3(data):
    attributes = data["attributes"]
    row = _network_v3(data)
    _put(row, "$VTOwner", attributes.get("as_owner"))
    _put(row, "$VTASN", attributes.get("asn"))
    _put(row, "$VTCN", attributes.get("country"))
    joined = _ids(data, "resolutions")
    if joined is not None:
        row["$VTPassiveDNSReplication"] = [
            each[len(data["id"]):] for each in joined]
    _put_list(row, "$VTCommunicatingSamples",
              _ids(data, "communicating_files"), keep_empty=True)
    return row
