"""AWS Config: the role it records with, and whom it delivers to."""

from __future__ import annotations

from typing import Any

from tests.sandbox.refusals.identities import NOBODY
from tests.sandbox.refusals.probe import GONE, Bench, Case, Params
from tests.sandbox.refusals.records import CONFIG


def _recorder(bench: Bench) -> Params:
    return {"ConfigurationRecorder": {"name": "default", "roleARN": bench.made["config"]}}


def _channel(**more: Any) -> Params:
    return {"DeliveryChannel": {"name": "default", "s3BucketName": "probe-config", **more}}


def _foreign_bucket(bench: Bench) -> str:
    s3 = bench.client("s3", "200000000006")
    place = {"LocationConstraint": bench.region}
    s3.create_bucket(Bucket="probe-foreign", CreateBucketConfiguration=place)
    return "probe-foreign"


def _key_of_another(bench: Bench) -> str:
    made = bench.client("kms", "200000000006").create_key()
    return str(made["KeyMetadata"]["Arn"])


def _group(**more: Any) -> Any:
    return lambda bench: {
        "ConfigurationRecorder": {**_recorder(bench)["ConfigurationRecorder"], **more}
    }


CASES = [
    Case(
        "config",
        "put_configuration_recorder",
        _recorder,
        [
            ("no role", _group(roleARN=""), "InvalidRoleException"),
            ("a role nobody has", _group(roleARN=NOBODY), "InvalidRoleException"),
            (
                "a role that does not trust Config",
                lambda b: _group(roleARN=b.made["stranger"])(b),
                "InvalidRoleException",
            ),
            ("a name of 257", _group(name="r" * 257), CONFIG),
            (
                "everything and a list",
                _group(recordingGroup={"allSupported": True, "resourceTypes": ["AWS::S3::Bucket"]}),
                "InvalidRecordingGroupException",
            ),
            (
                "a frequency AWS does not have",
                _group(recordingMode={"recordingFrequency": "HOURLY"}),
                CONFIG,
            ),
        ],
        "AWS Config API Reference, PutConfigurationRecorder",
    ),
    Case(
        "config",
        "put_delivery_channel",
        lambda _: _channel(),
        [
            ("a bucket nobody has", _channel(s3BucketName="probe-nobody"), "NoSuchBucketException"),
            (
                "a frequency AWS does not have",
                _channel(configSnapshotDeliveryProperties={"deliveryFrequency": "Weekly"}),
                CONFIG,
            ),
            (
                "another account's bucket that does not admit it",
                lambda b: _channel(s3BucketName=_foreign_bucket(b)),
                "InsufficientDeliveryPolicyException",
            ),
            (
                "a key that lets neither Config nor the role",
                lambda b: _channel(s3KmsKeyArn=_key_of_another(b)),
                "InsufficientDeliveryPolicyException",
            ),
            ("a name of 257", _channel(name="c" * 257), CONFIG),
        ],
        "AWS Config API Reference, PutDeliveryChannel",
    ),
    Case(
        "config",
        "put_configuration_aggregator",
        lambda _: {
            "ConfigurationAggregatorName": "probe",
            "AccountAggregationSources": [{"AccountIds": ["200000000006"], "AllAwsRegions": True}],
        },
        [
            ("a name with a blank", {"ConfigurationAggregatorName": "a b"}, CONFIG),
            (
                "half an account id",
                {"AccountAggregationSources": [{"AccountIds": ["12"], "AllAwsRegions": True}]},
                CONFIG,
            ),
            (
                "the organization, from a member",
                {
                    "AccountAggregationSources": GONE,
                    "OrganizationAggregationSource": {"RoleArn": NOBODY, "AllAwsRegions": True},
                },
                "OrganizationAccessDeniedException",
            ),
        ],
        "AWS Config API Reference, PutConfigurationAggregator",
    ),
]
