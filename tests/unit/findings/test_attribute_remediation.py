from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from orchestrator.findings.remediation import (
    Json,
    Place,
    Refused,
    Status,
    Target,
    Value,
    number,
    required,
    several,
    switch,
    text,
)
from orchestrator.findings.resource_type import ResourceType, Setting, always, keeping, looking
from orchestrator.findings.services.rds.kinds import others_pending, waiting

PLACE = Place("111122223333", "eu-west-1", "aws-us-gov")


def a_target(**parameters: Value) -> Target:
    return Target("RDS.5", PLACE, "arn:aws:rds:eu-west-1:111122223333:db:orders", parameters)


def no_aws(service: str, region: str | None = None) -> Any:
    raise AssertionError(f"nothing of {service} is needed")


@dataclass
class Database:
    """A resource with one setting. It remembers what it was set to."""

    described: Mapping[str, Any] | None
    changes: list[Json] = field(default_factory=list)

    def kind(self) -> ResourceType:
        return ResourceType("AwsRdsDbInstance", lambda *_: (), lambda *_: self.described, None, ())

    def setting(self) -> Setting:
        return Setting(
            self.kind(),
            always(MultiAZ=True),
            lambda target, aws, values: self.changes.append(values),
            "it has no standby",
            refusing=others_pending("MultiAZ"),
            unclear=waiting("MultiAZ"),
        )


def fix(database: Database) -> None:
    database.setting().fix(a_target(), no_aws, {})


def status(database: Database) -> Status:
    setting = database.setting()
    return looking(setting.kind, setting.wrong, setting.unclear)(a_target(), no_aws).status


def test_a_change_that_waits_is_neither_failed_nor_passed() -> None:
    assert status(Database({"MultiAZ": False})) is Status.FAILS
    assert status(Database({"MultiAZ": True})) is Status.PASSES
    pending = {"MultiAZ": False, "PendingModifiedValues": {"MultiAZ": True}}
    assert status(Database(pending)) is Status.UNCLEAR
    assert status(Database(None)) is Status.GONE


def test_what_passes_already_is_not_changed() -> None:
    database = Database({"MultiAZ": True})

    fix(database)

    assert database.changes == []


def test_what_waits_for_the_maintenance_window_is_not_set_off() -> None:
    pending = {"MultiAZ": False, "PendingModifiedValues": {"DBInstanceClass": "db.r7g.large"}}
    database = Database(pending)

    with pytest.raises(Refused, match="maintenance window: DBInstanceClass"):
        fix(database)

    assert database.changes == []


def test_what_is_gone_is_not_kept_or_changed() -> None:
    database = Database(None)

    with pytest.raises(Refused, match="gone"):
        fix(database)
    with pytest.raises(Refused, match="gone"):
        keeping(database.kind(), "MultiAZ")(a_target(), no_aws)


def test_only_what_undo_needs_is_kept() -> None:
    database = Database({"MultiAZ": False, "MasterUsername": "owner"})

    assert keeping(database.kind(), "MultiAZ")(a_target(), no_aws) == {"MultiAZ": False}


def test_a_parameter_is_filled_in_for_the_account_and_region() -> None:
    target = a_target(bucket="logs-{account}-{region}", key="arn:{partition}:kms:{other}")

    assert text(target, "bucket") == "logs-111122223333-eu-west-1"
    assert text(target, "key") == "arn:aws-us-gov:kms:{other}"


def test_what_a_decision_does_not_set_is_not_made_up() -> None:
    with pytest.raises(Refused, match="sets no 'role'"):
        required(a_target(role=""), "role")


def test_parameters_are_read_as_what_they_are() -> None:
    target = a_target(days=7, ports=("80", "443"), one="80", on=True, off="true")

    assert (number(target, "days"), number(target, "unset")) == (7, 0)
    assert (several(target, "ports"), several(target, "one")) == (("80", "443"), ("80",))
    assert (switch(target, "on"), switch(target, "off")) == (True, False)
