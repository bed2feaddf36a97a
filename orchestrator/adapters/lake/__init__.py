"""Lakes that need credentials: objects of S3, CloudTrail's own LookupEvents."""
