from __future__ import annotations

import json

from orchestrator.model.exit_code import ExitCode
from orchestrator.model.preflight import Check, code_of, in_the_way, missing, ok, unknown
from orchestrator.views.preflight import WIDTH, as_json, text

WELL = Check("organization", "the organization", ok())
LACKS = Check("organization", "trusted access of config.amazonaws.com", missing("off", "wait"))
BLOCKS = Check(
    "payments-prod",
    "ap-northeast-1: AWS Config's recorder",
    in_the_way(
        "'aws-controltower-BaselineConfigRecorder' is there, AWS Control Tower's",
        "leave AWS Config to it by 'false', or delete it",
        "config_recorder.enabled",
    ),
)
DARK = Check("names", "bucket a", unknown("AccessDenied: \x1b[31mno", "allow s3:ListBucket"))


def test_what_is_well_is_counted_and_everything_else_is_told_with_its_remedy() -> None:
    said = text((WELL, LACKS, BLOCKS, DARK)).splitlines()

    assert said[0] == "organization: 1 of 2 ok"
    assert "    setting: config_recorder.enabled" in said
    assert said[-1] == "4 checks: 1 in the way, 1 unknown, 1 missing, 1 ok"
    assert max(map(len, said)) <= WIDTH
    assert "\x1b" not in "".join(said)


def test_in_the_way_counts_more_than_unknown_and_unknown_is_never_well() -> None:
    assert code_of((WELL, LACKS)) == ExitCode.DONE
    assert code_of((WELL, DARK)) == ExitCode.AWS_DENIED
    assert code_of((DARK, BLOCKS)) == ExitCode.GATE_REFUSED


def test_the_document_has_a_version_and_says_whether_all_is_ready() -> None:
    document = json.loads(as_json((WELL, DARK)))

    assert (document["version"], document["ready"]) == (1, False)
    assert document["checks"][1] == {
        "area": "names",
        "what": "bucket a",
        "standing": "unknown",
        "says": "AccessDenied: \x1b[31mno",
        "fix": "allow s3:ListBucket",
        "setting": "",
    }
