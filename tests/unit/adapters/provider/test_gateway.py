"""The gateway with a provider that is a process, and without Terraform and AWS."""

from __future__ import annotations

import json
import logging
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

from orchestrator.adapters.process_children import ChildProcesses
from orchestrator.adapters.provider.gateway import ProviderGateway
from orchestrator.adapters.provider.messages_pb2 import IdentitySchemas
from orchestrator.adapters.provider.pool import Limits
from orchestrator.adapters.terraform.toolchain import Work
from orchestrator.errors import ToolMissing
from tests.unit.adapters.provider.workshop import a_folder, connected, credentials, lock


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_folder(tmp_path / "stack")


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[ProviderGateway]:
    gateway = ProviderGateway(tmp_path / "cache", Limits(processes=2, uses=3))
    yield gateway
    gateway.stop()


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 60
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    return not Path(f"/proc/{pid}").exists()


def dead(pid: int) -> bool:
    """Gone, or only waiting to be asked how it ended."""
    deadline = time.monotonic() + 60
    while state(pid) not in ("", "Z") and time.monotonic() < deadline:
        time.sleep(0.02)
    return state(pid) in ("", "Z")


def state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def session(gateway: ProviderGateway, folder: Path, account: str = "1") -> dict[str, object]:
    """One run with one provider block, and what its provider said."""
    env = credentials(folder, account)
    with gateway.serve(folder, env, Work()) as served, connected(served) as terraform:
        assert terraform.configure(profile=account) == []
        return terraform.read()


def test_a_process_is_configured_again_for_the_next_run_with_that_runs_keys(
    gateway: ProviderGateway, folder: Path
) -> None:
    first, second = (session(gateway, folder, account) for account in ("1", "2"))

    assert first["pid"] == second["pid"]
    assert [run["access_key"] for run in (first, second)] == ["key-1", "key-2"]
    assert [run["secret_key"] for run in (first, second)] == ["secret-1", "secret-2"]
    assert [run["token"] for run in (first, second)] == ["token-1", "token-2"]
    assert [run["profile"] for run in (first, second)] == [None, None]


def test_provider_blocks_of_one_run_have_processes_of_their_own(
    gateway: ProviderGateway, folder: Path
) -> None:
    env = credentials(folder, "1", "2")
    with (
        gateway.serve(folder, env, Work()) as served,
        connected(served) as one,
        connected(served) as other,
    ):
        one.configure(profile="1")
        other.configure(profile="2")

        assert one.read()["access_key"] == "key-1"
        assert other.read()["access_key"] == "key-2"
        assert one.read()["pid"] != other.read()["pid"]


def test_only_types_that_the_root_names_are_in_the_schema(
    gateway: ProviderGateway, folder: Path
) -> None:
    for work, wanted in (
        (Work(), {"aws_iam_role"}),
        (Work(whole=True), {"aws_iam_role", "aws_s3_bucket", "aws_sns_topic"}),
    ):
        with gateway.serve(folder, {}, work) as served, connected(served) as terraform:
            assert terraform.schema() == wanted


def test_identity_schemas_are_of_the_same_types_and_asked_for_once(
    gateway: ProviderGateway, folder: Path
) -> None:
    env = credentials(folder, "1")

    for _ in range(2):
        with gateway.serve(folder, env, Work()) as served, connected(served) as terraform:
            answer = terraform.ask("GetResourceIdentitySchemas")
            assert set(IdentitySchemas.FromString(answer).resources) == {"aws_iam_role"}
            terraform.configure(profile="1")
            asked = terraform.read()["asked"]

    assert isinstance(asked, dict)
    assert "GetResourceIdentitySchemas" not in asked


def test_a_call_that_the_provider_does_not_know_is_unimplemented_and_harms_nothing(
    gateway: ProviderGateway, folder: Path
) -> None:
    env = credentials(folder, "1")
    with gateway.serve(folder, env, Work()) as served, connected(served) as terraform:
        assert terraform.configure(profile="1") == []
        before = terraform.read()["pid"]

        for method in ("GenerateResourceConfig", "AskedIn2030"):
            with pytest.raises(grpc.RpcError) as refused:
                terraform.ask(method)
            assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED
        with pytest.raises(grpc.RpcError) as refused:
            terraform.follow("ListResource")
        assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED

    assert session(gateway, folder)["pid"] == before


def test_an_action_says_all_that_it_has_to_say(gateway: ProviderGateway, folder: Path) -> None:
    env = credentials(folder, "1")
    with gateway.serve(folder, env, Work()) as served, connected(served) as terraform:
        assert terraform.configure(profile="1") == []
        pid = terraform.read()["pid"]

        assert terraform.follow("InvokeAction", b"it") == [b"began it", b"ended it"]

    assert session(gateway, folder)["pid"] == pid


def test_a_schema_that_is_known_from_an_earlier_run_needs_no_process(
    gateway: ProviderGateway, folder: Path, tmp_path: Path
) -> None:
    with gateway.serve(folder, {}, Work()) as served, connected(served) as terraform:
        terraform.schema()

    again = ProviderGateway(tmp_path / "cache")
    try:
        work = Work(configured=False)
        with again.serve(folder, {}, work) as served, connected(served) as terraform:
            assert terraform.schema() == {"aws_iam_role"}
        assert again.processes() == ()
    finally:
        again.stop()


def test_a_configuration_is_checked_once_for_all_accounts(
    gateway: ProviderGateway, folder: Path
) -> None:
    env = credentials(folder, "1", "2")
    with gateway.serve(folder, env, Work()) as served, connected(served) as terraform:
        assert terraform.prepare(profile="1", allowed_account_ids=["111111111111"]) == []
        assert terraform.prepare(profile="2", allowed_account_ids=["222222222222"]) == []
        assert terraform.prepare(profile="2", region="elsewhere") == []
        asked = terraform.ask("ValidateResourceTypeConfig")

    assert b'"PrepareProviderConfig": 2' in asked


def test_a_configuration_with_complaints_is_checked_each_time(
    gateway: ProviderGateway, folder: Path
) -> None:
    with gateway.serve(folder, {}, Work()) as served, connected(served) as terraform:
        for _ in range(2):
            assert terraform.prepare(region="nowhere") == ["no such region"]


def test_arguments_without_a_complaint_are_checked_once(
    gateway: ProviderGateway, folder: Path
) -> None:
    with gateway.serve(folder, {}, Work()) as served, connected(served) as terraform:
        answers = [
            terraform.ask("ValidateDataSourceConfig", arguments)
            for arguments in (b"fine", b"fine", b"wrong", b"wrong", b"other")
        ]
        asked = json.loads(terraform.ask("ValidateResourceTypeConfig", b"fine"))["asked"]

    assert answers == [b"", b"", b"complaint", b"complaint", b""]
    assert asked == {"ValidateDataSourceConfig": 4, "ValidateResourceTypeConfig": 1}


def test_a_profile_without_keys_is_refused_and_no_process_hears_of_it(
    gateway: ProviderGateway, folder: Path
) -> None:
    env = credentials(folder, "1")
    with gateway.serve(folder, env, Work()) as served, connected(served) as terraform:
        assert terraform.configure(profile="2") == ["No credentials"]
        assert terraform.configure() == ["No credentials"]
    assert len(gateway.processes()) == 1  # the one that is never configured


def test_nothing_of_an_account_is_in_the_environment_of_a_process(
    gateway: ProviderGateway, folder: Path
) -> None:
    env = {
        **credentials(folder, "1"),
        "AWS_ENDPOINT_URL": "http://here",
        "AWS_CA_BUNDLE": "/etc/bundle.pem",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "TF_LOG": "TRACE",
    }
    with gateway.serve(folder, env, Work()) as served, connected(served) as terraform:
        terraform.configure(profile="1")
        seen = terraform.read()["env"]

    assert isinstance(seen, dict)
    assert (seen["AWS_ENDPOINT_URL"], seen["SSL_CERT_FILE"]) == ("http://here", "/etc/bundle.pem")
    assert not {"AWS_CA_BUNDLE", "AWS_SECRET_ACCESS_KEY", "TF_LOG"} & set(seen)
    assert seen["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"


def test_runs_with_other_endpoints_have_other_processes(
    gateway: ProviderGateway, folder: Path
) -> None:
    pids = set()
    for endpoint in ("http://here", "http://there"):
        env = {**credentials(folder, "1"), "AWS_ENDPOINT_URL": endpoint}
        with gateway.serve(folder, env, Work()) as served, connected(served) as terraform:
            terraform.configure(profile="1")
            pids.add(terraform.read()["pid"])

    assert len(pids) == 2


def test_a_process_is_replaced_after_so_many_uses(gateway: ProviderGateway, folder: Path) -> None:
    pids = [session(gateway, folder)["pid"] for _ in range(4)]

    assert pids[0] == pids[1] == pids[2] != pids[3]


def test_a_process_that_was_told_to_stop_serves_nobody_else(
    gateway: ProviderGateway, folder: Path
) -> None:
    env = credentials(folder, "1")
    with gateway.serve(folder, env, Work()) as served, connected(served) as terraform:
        terraform.configure(profile="1")
        stopped = terraform.read()["pid"]
        terraform.ask("Stop")

    assert session(gateway, folder)["pid"] != stopped


def test_a_process_that_could_not_be_configured_serves_nobody_else(
    gateway: ProviderGateway, folder: Path
) -> None:
    env = credentials(folder, "1")
    with gateway.serve(folder, env, Work()) as served, connected(served) as terraform:
        assert terraform.configure(profile="1", region="wrong") == ["wrong account"]
        failed = terraform.read()["pid"]

    assert session(gateway, folder)["pid"] != failed


def test_a_process_that_crashes_fails_its_run_and_no_other(
    gateway: ProviderGateway, folder: Path
) -> None:
    env = credentials(folder, "1")
    with gateway.serve(folder, env, Work()) as served, connected(served) as terraform:
        terraform.configure(profile="1")
        with pytest.raises(grpc.RpcError) as caught:
            terraform.read(b"crash")
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE

    assert session(gateway, folder)["access_key"] == "key-1"


def test_a_process_left_in_the_middle_of_something_is_ended(
    gateway: ProviderGateway, folder: Path
) -> None:
    env = credentials(folder, "1")
    with gateway.serve(folder, env, Work()) as served, connected(served) as terraform:
        terraform.configure(profile="1")
        pid = terraform.read()["pid"]
        with pytest.raises(grpc.RpcError):
            terraform.ask("ReadResource", b"hang", timeout=0.3)

    assert isinstance(pid, int)
    assert gone(pid)


def test_an_idle_process_that_was_killed_is_replaced(
    gateway: ProviderGateway, folder: Path
) -> None:
    pid = session(gateway, folder)["pid"]
    assert isinstance(pid, int)
    os.kill(pid, signal.SIGKILL)
    assert dead(pid)

    assert session(gateway, folder)["pid"] != pid


def test_sockets_are_for_the_owner_alone_and_gone_in_the_end(
    gateway: ProviderGateway, folder: Path
) -> None:
    env = credentials(folder, "1")
    with gateway.serve(folder, env, Work()) as served, connected(served) as terraform:
        terraform.configure(profile="1")
        socket = terraform.socket
        assert socket.parent.stat().st_mode & 0o777 == 0o700
        pids = gateway.processes()
    assert not socket.exists()

    gateway.stop()

    assert not socket.parent.exists()
    assert all(map(gone, pids))


def test_a_package_the_lock_file_does_not_know_is_left_to_terraform(
    gateway: ProviderGateway, folder: Path
) -> None:
    lock(folder, "h1:other")

    with gateway.serve(folder, {"A": "b"}, Work()) as served:
        assert served == {"A": "b"}


def test_a_provider_that_does_not_start_is_left_to_terraform_and_that_is_said_once(
    gateway: ProviderGateway, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = a_folder(tmp_path / "stack", program="#!/bin/sh\necho no\n")

    for _ in range(2):
        with gateway.serve(folder, {"A": "b"}, Work()) as served:
            assert served == {"A": "b"}
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "does not speak version 5" in caplog.text


def test_without_a_gateway_terraform_starts_its_own_and_that_is_said_once(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def refused() -> ChildProcesses:
        raise ToolMissing("'/bin/sh' cannot be started: no")

    gateway = ProviderGateway(tmp_path, children=refused)

    for _ in range(2):
        with gateway.serve(folder, {"A": "b"}, Work()) as served:
            assert served == {"A": "b"}
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "each Terraform starts its own" in caplog.text
