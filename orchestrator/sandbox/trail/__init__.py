"""CloudTrail of the sandbox: every call as a record, delivered where a trail and a lake want it.

`record` makes a record of a call, `delivery` brings records to the buckets of trails and lakes.
"""
