"""The differences between VirusTotal and the gateway that are meant.

The first key is the API of the client, the second that of the daemon. Each line
has the case, the path in what the client returned, the kind, and the reason.
"""

from compare import Listed

# What the daemon decides by itself, whatever it speaks.
OWN_WORDS_V3 = [
    Listed("wrong key", "body.error.message", "changed",
           "VirusTotal repeats the key, and the gateway never repeats a token"),
    Listed("*key", "body.error.message", "changed",
           "the gateway's refusals are in its own words"),
    Listed("quota", "body.error.message", "changed",
           "the daemon does not pass on VirusTotal's words"),
    Listed("limit, second", "body.error.message", "changed",
           "VirusTotal has no limit for each client of a daemon"),
    Listed("ip, private", "body", "*", "private addresses are withheld"),
]

DIFFERENCES = {("v3", "v3"): OWN_WORDS_V3, ("v2", "v2"): [], ("v2", "v3"): []}
