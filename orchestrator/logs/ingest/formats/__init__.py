"""Parsers of logs that are not CloudTrail's: a record's text becomes an OCSF event, or a reason.

Own parsers and no library: the kept ones each cover a single format, and none gives OCSF.
"""
