from __future__ import annotations

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services.cycle import Case

CONTACT = {
    "Name": "Security desk",
    "Title": "On call",
    "EmailAddress": "soc@example.com",
    "PhoneNumber": "+49301234567",
}


def the_account(_: Aws) -> str:
    return "AWS::::Account:123456789012"


CASES = (Case("Account.1", the_account, parameters=CONTACT),)
