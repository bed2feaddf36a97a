"""Two topics and a parameter in two regions, with the fake reader or the real one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from orchestrator.adapters.provider.gateway import ProviderGateway
from orchestrator.adapters.provider.reader import ProviderReader
from orchestrator.errors import AwsDenied
from orchestrator.model.drift import GONE, Reading, Unread
from orchestrator.model.names import StackKey
from orchestrator.sandbox.client import ENTRY_ROLE
from tests.builders import a_key, a_reading
from tests.contract.provider.roots import Root, providers_of, resources
from tests.fakes import FakeReader
from tests.sandbox.fleets import HOME_REGION, OTHER_REGION

HERE, THERE, PARAMETER = "aws_sns_topic.here", "aws_sns_topic.there", "aws_ssm_parameter.this"
DENIED = "denied"
ASKS = "data.aws_caller_identity.this"
KEY = a_key()


class World(Protocol):
    """What the contract's tests can do, besides reading."""

    def read(self) -> Reading | Unread: ...
    def rename(self, address: str) -> None: ...
    def delete(self, address: str) -> None: ...
    def deny(self) -> None: ...
    def spoil_state(self, **changes: object) -> None: ...
    def lose_state(self) -> None: ...


class FakeWorld:
    def __init__(self) -> None:
        self.reader = FakeReader(
            a_reading(dict.fromkeys((HERE, PARAMETER, THERE), "as applied"), outside=(ASKS,))
        )

    def read(self) -> Reading | Unread:
        return self.reader.read(KEY, Path("build"), {"ROLE": "plan"})

    def rename(self, address: str) -> None:
        self._say(address, "by hand")

    def delete(self, address: str) -> None:
        self._say(address, GONE)

    def deny(self) -> None:
        self.reader.answer = Unread("the role may not")

    def spoil_state(self, **changes: object) -> None:
        self.reader.answer = Unread(f"what is {changes}?")

    def lose_state(self) -> None:
        self.reader.answer = Unread("there is no state")

    def _say(self, address: str, digest: str) -> None:
        known = self.reader.answer
        assert isinstance(known, Reading)
        self.reader.answer = replace(
            known,
            resources={**known.resources, address: digest},
            unsettled=(*known.unsettled, address),
        )


class RealWorld:
    def __init__(self, root: Root, gateway: ProviderGateway) -> None:
        self.root, self.gateway = root, gateway
        self.state = root.folder / "terraform.tfstate"
        self.denied = self.used_up = False
        """The latter where only another apply would make it what it was."""
        (root.folder / "providers.tf").write_text(providers_of(root.account))
        root.declare(resources("one"), providers="\n")
        terraform = root.terraform(gateway)
        terraform.apply(root.plan(terraform), root.env)
        assert terraform.is_empty(root.folder, root.env) == ()
        terraform.record(root.folder, root.env)
        files = (self.state, root.folder / "providers.tf")
        self.files = {file: file.read_bytes() for file in files}

    def restore(self) -> None:
        """Make it what it was when it was applied, for the next test."""
        for file, content in self.files.items():
            file.write_bytes(content)
        if self.denied:
            iam = self.root.client("iam")
            iam.delete_role_policy(RoleName=ENTRY_ROLE, PolicyName=DENIED)
            self.denied = False
        for address in () if self.used_up else (HERE, THERE):
            self.rename(address, "one")

    @property
    def reader(self) -> ProviderReader:
        tools = self.root.machine.tools
        return ProviderReader(self.gateway, self._fetch, tools.tool, tools.environment)

    def _fetch(self, key: StackKey) -> bytes:
        if not self.state.exists():
            raise AwsDenied(key.account_id, "orchestrator-runner", "s3:GetObject", "NoSuchKey")
        return self.state.read_bytes()

    def read(self) -> Reading | Unread:
        return self.reader.read(KEY, self.root.folder, self.root.env)

    def rename(self, address: str, name: str = "by hand") -> None:
        self._sns(address).set_topic_attributes(
            TopicArn=self._arn(address), AttributeName="DisplayName", AttributeValue=name
        )

    def stop(self) -> None:
        self.used_up = True
        self.gateway.stop()

    def delete(self, address: str) -> None:
        self.used_up = True
        self._sns(address).delete_topic(TopicArn=self._arn(address))

    def deny(self) -> None:
        self.denied = True
        statement = {"Effect": "Deny", "Action": "ssm:*", "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": statement}
        self.root.client("iam").put_role_policy(
            RoleName=ENTRY_ROLE, PolicyName=DENIED, PolicyDocument=json.dumps(document)
        )

    def spoil_state(self, **changes: object) -> None:
        self.state.write_text(json.dumps({**json.loads(self.state.read_text()), **changes}))

    def lose_state(self) -> None:
        self.state.unlink()

    def change_resources(self, type_: str, **changes: object) -> None:
        """Write something else into what the state says of resources of a type."""
        state = json.loads(self.state.read_text())
        for resource in state["resources"]:
            if resource["type"] == type_:
                resource.update(changes)
        self.state.write_text(json.dumps(state))

    def _sns(self, address: str) -> Any:
        return self.root.client("sns", OTHER_REGION if address == THERE else HOME_REGION)

    def _arn(self, address: str) -> str:
        (topic,) = self._sns(address).list_topics()["Topics"]
        arn: str = topic["TopicArn"]
        return arn
