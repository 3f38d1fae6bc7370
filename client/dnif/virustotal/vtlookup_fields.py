"""The names of all fields that each lookup may add to a row.

The `dnif_field` options in protos/vtlookup/v1 say the same, and a test compares
them. A lookup removes these fields from a row before it adds its answer, so
that nothing is left of an earlier one.
"""

OF_LOOKUP = {
    "get_url_report": frozenset((
        "$VTError", "$VTMessage", "$VTNegative", "$VTPermalink", "$VTPositive",
        "$VTPositives", "$VTResponseCode", "$VTScanID", "$VTStale",
        "$VTSystemTstamp", "$VTTotal", "$VTURL")),
    "get_domain_report": frozenset((
        "$VTCategories", "$VTDomainList", "$VTError",
        "$VTForcepointThreatSeekerCategory", "$VTMessage",
        "$VTPassiveDNSReplication", "$VTPermalink", "$VTPositives",
        "$VTResponseCode", "$VTSiteClass", "$VTStale", "$VTSubDomainList",
        "$VTSystemTstamp", "$VTTotal", "$VTURL", "$VTWHOIS",
        "$VTWebsenseThreatSeekercategory", "$VTWebutationSafetyScore",
        "$VTWebutationVerdict")),
    "get_ip_report": frozenset((
        "$VTASN", "$VTCN", "$VTCommunicatingSamples", "$VTDownloadedSamples",
        "$VTError", "$VTMessage", "$VTOwner", "$VTPassiveDNSReplication",
        "$VTPermalink", "$VTPositives", "$VTResponseCode", "$VTStale",
        "$VTSystemTstamp", "$VTTotal", "$VTURL")),
    "get_filehash_report": frozenset((
        "$VTError", "$VTMessage", "$VTNegative", "$VTPermalink", "$VTPositive",
        "$VTPositives", "$VTResponseCode", "$VTScanID", "$VTStale",
        "$VTSystemTstamp", "$VTTotal", "$VTmd5", "$VTsha1", "$VTsha256")),
    "post_scan_url": frozenset((
        "$VTError", "$VTMessage", "$VTPermalink", "$VTResponseCode",
        "$VTScanID", "$VTSystemTstamp", "$VTURL")),
}
