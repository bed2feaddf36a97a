from __future__ import annotations

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import Overlay


def the_account(_: Aws) -> str:
    return "AWS::::Account:123456789012"


def administering(aws: Aws) -> str:
    """Its own scans are on, a member's are not."""
    aws("inspector2").enable(accountIds=["123456789012"], resourceTypes=["EC2"])
    aws("inspector2").associate_member(accountId="111122223333")
    return the_account(aws)


def with_functions(aws: Aws) -> str:
    aws("inspector2").enable(accountIds=["123456789012"], resourceTypes=["LAMBDA"])
    return the_account(aws)


def refusing() -> Overlay:
    failed = {
        "accountId": "123456789012",
        "errorCode": "ACCESS_DENIED",
        "errorMessage": "ask the administrator",
    }
    return {("inspector2", "Enable"): lambda _: {"accounts": [], "failedAccounts": [failed]}}


CASES = (
    Case("Inspector.1", the_account),
    Case("Inspector.1", administering, name="of a member"),
    Case("Inspector.2", the_account),
    Case("Inspector.3", with_functions),
    Case("Inspector.4", the_account),
)
