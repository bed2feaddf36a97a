"""How names and ids of AWS are written."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

TwelveDigits = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]


OrganizationId = Annotated[str, StringConstraints(pattern=r"^o-[a-z0-9]{10,32}$")]


RootId = Annotated[str, StringConstraints(pattern=r"^r-[a-z0-9]{4,32}$")]


OuId = Annotated[str, StringConstraints(pattern=r"^ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}$")]


BucketName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$")]


RoleName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+=,.@-]{1,64}$")]


Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]


RootEmail = Annotated[
    str, StringConstraints(pattern=r"^[^\s@]+@[^\s@]+\.[^\s@]+$", min_length=6, max_length=64)
]
"""Source: AWS Organizations API Reference, CreateAccount: Email."""


SecretName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9/_+=.@-]{1,512}$")]


Url = Annotated[str, StringConstraints(pattern=r"^[a-z]+://[^\s\x00-\x1f]+$", max_length=2000)]


ChatId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9:@._%-]{1,256}$")]


TrackerProject = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$")]


IssueType = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,100}$")]


SignerName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$")]


PublicKey = Annotated[
    str,
    StringConstraints(
        pattern=r"^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)"
        r"|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) [A-Za-z0-9+/]+={0,2}( [ -~]*)?$"
    ),
]


KeyArn = Annotated[
    str,
    StringConstraints(
        pattern=r"^arn:aws(-cn|-us-gov)?:kms:[a-z0-9-]+:[0-9]{12}:key/(mrk-)?[0-9a-f-]{32,36}$"
    ),
]
