from __future__ import annotations

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services.cycle import TAGS, Builder, Case

HERE = "arn:aws:cognito-identity:eu-west-1:123456789012:identitypool"
GONE = f"{HERE}/eu-west-1:11111111-2222-3333-4444-555555555555"


def a_pool(name: str = "visitors", guests: bool = True) -> Builder:
    def build(aws: Aws) -> str:
        made = aws("cognito-identity").create_identity_pool(
            IdentityPoolName=name,
            AllowUnauthenticatedIdentities=guests,
            SupportedLoginProviders={"graph.facebook.com": "123456789012345"},
            DeveloperProviderName="login.example",
            IdentityPoolTags=TAGS,
        )
        return f"{HERE}/{made['IdentityPoolId']}"

    return build


CASES = (Case("Cognito.2", a_pool(), a_pool("fine", False), GONE),)
