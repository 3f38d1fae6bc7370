"""The differences between VirusTotal and the gateway that are meant.

The first key is the API of the client, the second that of the daemon. Each line
has the case, the path in what the client returned, the kind, and the reason.
"""

from compare import Listed

# Of the daemon, whatever it speaks.
WITHHELD = "private addresses are not sent to VirusTotal"
OWN_WORDS = "refusals of the gateway are in its own words"
BY_HASH = ("a URL is found by its hash only when the daemon has its report; "
           "VirusTotal may know it, so it is not called unknown")
NOT_YET = ("VirusTotal shows a URL that waits for its scan as a report without "
           "opinions, which is too easily read as clean")

BY_V3 = [
    Listed("wrong key", "body.error.message", "changed",
           "VirusTotal repeats the key; the gateway never repeats a token"),
    Listed("no key", "body.error.message", "changed", OWN_WORDS),
    Listed("quota", "body.error.message", "changed", OWN_WORDS),
    Listed("limit, second", "body.error.message", "changed", OWN_WORDS),
    Listed("*, invalid", "body.error.message", "changed", OWN_WORDS),
    Listed("url by sha256, missing", "body.error.*", "changed", BY_HASH),
    Listed("url of the submission", "failed", "changed", NOT_YET),
    Listed("url of the submission", "body.data", "absent", NOT_YET),
    Listed("url of the submission", "body.error", "added", NOT_YET),
    Listed("ip, private", "failed", "changed", WITHHELD),
    Listed("ip, private", "body.data", "absent", WITHHELD),
    Listed("ip, private", "body.error", "added", WITHHELD),
]

# What a client of v2 sees, whatever the daemon asks. An address that is
# withheld has no report: -1.
V2_ALWAYS = [
    Listed("*, invalid", "body.verbose_msg", "changed", OWN_WORDS),
    Listed("*, invalid", "message", "changed", OWN_WORDS),
    Listed("file, four", "body.#.verbose_msg", "changed", OWN_WORDS),
    Listed("url, missing and submitted", "body.response_code", "changed",
           NOT_YET),
    Listed("url, missing and submitted", "body.*", "absent", NOT_YET),
    Listed("ip, private", "body.response_code", "changed", WITHHELD),
    Listed("ip, private", "body.verbose_msg", "changed", WITHHELD),
    Listed("ip, private", "body.*", "absent", WITHHELD),
]

PREMIUM = "v3 shows these lists to premium keys only (virustotal.premium)"
ALL_INFO = "the gateway has these for every key"
V2_BY_V3 = V2_ALWAYS + [
    Listed("*, all of it", "body.*", "added", ALL_INFO),
    Listed("*", "body*.permalink", "changed",
           "v3 has no page of a scan; this is the page of the item"),
    Listed("url*", "body*.scans.#.result", "changed",
           "v3 says `phishing` where v2 says `phishing site`"),
    Listed("url, queued", "body.scan_id", "absent",
           "v3 does not say the scan of what VirusTotal queued on its own"),
    Listed("file, *", "body*.scan_id", "absent",
           "v3 does not say the scan of what VirusTotal queued on its own"),
    Listed("*", "body.detected_urls", "absent", PREMIUM),
    Listed("*", "body.undetected_urls", "absent", PREMIUM),
    Listed("*", "body.detected_downloaded_samples", "absent", PREMIUM),
    Listed("*", "body.detected_communicating_samples", "absent",
           "v3 does not divide them by what engines say"),
    Listed("*", "body.resolutions.#.last_resolved", "changed",
           "v3 shows the times only in a further request"),
    Listed("ip, odd number", "body.asn", "changed",
           "v2 sometimes sends the number as a text"),
]

DIFFERENCES = {("v3", "v3"): BY_V3, ("v2", "v2"): V2_ALWAYS,
               ("v2", "v3"): V2_BY_V3}
