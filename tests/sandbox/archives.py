"""Buckets that a service of AWS may write to, as the log archive makes them."""

from __future__ import annotations

import json
from typing import Any


def a_bucket_for(s3: Any, bucket: str, service: str, **place: Any) -> None:
    """`service` is the first part of the principal: 'cloudtrail', 'config'."""
    s3.create_bucket(Bucket=bucket, **place)
    let_write(s3, bucket, service)


def let_write(s3: Any, bucket: str, service: str) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": ["s3:GetBucketAcl", "s3:ListBucket", "s3:PutObject"],
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))
