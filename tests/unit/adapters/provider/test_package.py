from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from orchestrator.adapters.provider import package
from orchestrator.adapters.provider.messages_pb2 import Diagnostic, IdentitySchemas, Schemas
from orchestrator.adapters.provider.package import (
    IDENTITIES,
    Known,
    Packages,
    of_provider,
    understood,
)
from orchestrator.adapters.terraform.packages import LOCK_FILE, PROVIDER
from tests.unit.adapters.provider.workshop import a_folder, lock


def test_the_provider_of_an_initialised_folder_is_found(tmp_path: Path) -> None:
    package = Packages(tmp_path / "seen").find(a_folder(tmp_path / "stack"))

    assert package
    assert package.address == PROVIDER
    assert package.program.name == "terraform-provider-aws_v5.100.0_x5"


def test_a_provider_that_was_changed_is_not(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "stack")
    (program,) = folder.rglob("terraform-provider-aws_v*")
    program.write_text("#!/bin/sh\n# another\n")

    assert Packages(tmp_path / "seen").find(folder) is None


def test_a_folder_without_provider_or_lock_file_has_none(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "stack")
    (folder / LOCK_FILE).unlink()

    assert Packages(tmp_path / "seen").find(folder) is None
    assert Packages(tmp_path / "seen").find(tmp_path) is None


def test_a_package_is_hashed_once_and_compared_with_every_folders_lock_file(
    tmp_path: Path,
) -> None:
    folder = a_folder(tmp_path / "stack")
    packages = Packages(tmp_path / "seen")
    assert packages.find(folder)
    lock(folder, "h1:other")

    assert packages.find(folder) is None


@pytest.mark.parametrize(
    "name",
    [
        *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"),
        *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"),
        *("AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CA_BUNDLE", "TF_LOG", "TF_REATTACH_PROVIDERS"),
        "PLUGIN_CLIENT_CERT",
    ],
)
def test_what_belongs_to_one_run_does_not_reach_a_process_of_many(name: str) -> None:
    assert name not in of_provider({name: "value"})


@pytest.mark.parametrize(
    "name", ["PATH", "HTTPS_PROXY", "NO_PROXY", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "GOGC"]
)
def test_how_aws_is_reached_does(name: str) -> None:
    assert of_provider({name: "value"})[name] == "value"


def test_files_with_credentials_are_nowhere() -> None:
    seen = of_provider({"AWS_SHARED_CREDENTIALS_FILE": "/run", "AWS_CONFIG_FILE": "/run"})

    assert {seen["AWS_SHARED_CREDENTIALS_FILE"], seen["AWS_CONFIG_FILE"]} == {"/dev/null"}


def test_a_bundle_is_handed_over_where_go_reads_it() -> None:
    assert of_provider({"AWS_CA_BUNDLE": "/b", "SSL_CERT_FILE": "/s"})["SSL_CERT_FILE"] == "/b"
    assert understood({"AWS_CA_BUNDLE": "/b"}, "Linux")
    assert not understood({"AWS_CA_BUNDLE": "/b"}, "Darwin")


WHOLE = Schemas(
    resources={"aws_a": b"a", "aws_b": b"b"},
    data_sources={"aws_a": b"da", "aws_c": b"dc"},
    ephemeral_resources={"aws_d": b"d"},
    list_resources={"aws_a": b"la", "aws_b": b"lb"},
    actions={"aws_e": b"e"},
).SerializeToString() + bytes([0x32, 2, 0x10, 1])
"""With a field that the gateway has no name for: the server's capabilities, number 6."""


def known(cache: Path) -> Known:
    return Known(cache, "h1:hash")


def test_the_schema_is_cut_down_to_the_types_wanted_and_nothing_else_is_lost(
    tmp_path: Path,
) -> None:
    known(tmp_path).learn_schema(WHOLE)

    cut = known(tmp_path).schema(frozenset({"aws_a", "aws_d", "aws_is_no_type"}))

    assert cut is not None
    schemas = Schemas.FromString(cut)
    assert dict(schemas.resources) == {"aws_a": b"a"}
    assert dict(schemas.data_sources) == {"aws_a": b"da"}
    assert dict(schemas.ephemeral_resources) == {"aws_d": b"d"}
    assert dict(schemas.list_resources) == {"aws_a": b"la"}
    assert not schemas.actions
    assert bytes([0x32, 2, 0x10, 1]) in cut
    assert known(tmp_path).schema(None) == WHOLE


def test_an_answer_with_an_error_is_not_kept(tmp_path: Path) -> None:
    error = Diagnostic(severity=Diagnostic.ERROR, summary="no")
    failed = Schemas(resources={"aws_a": b"a"}, diagnostics=[error])
    one = known(tmp_path)

    one.learn_schema(failed.SerializeToString())

    assert one.schema(None) is None


def test_identity_schemas_with_an_error_are_not_kept_either(tmp_path: Path) -> None:
    error = Diagnostic(severity=Diagnostic.ERROR, summary="no")
    one = known(tmp_path)

    one.learn_answer(IDENTITIES, IdentitySchemas(diagnostics=[error]).SerializeToString())

    assert one.answer(IDENTITIES) is None


@pytest.mark.parametrize("damage", [b"", b"0" * 64 + b"other", b"short"])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, damage: bytes) -> None:
    known(tmp_path).learn_schema(WHOLE)
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    file.write_bytes(damage)

    assert known(tmp_path).schema(None) is None


def test_what_is_known_of_one_package_says_nothing_of_another(tmp_path: Path) -> None:
    known(tmp_path).learn_good("shape")

    assert known(tmp_path).good("shape")
    assert not known(tmp_path).good("other")
    assert not Known(tmp_path, "h1:other").good("shape")


def test_a_cache_that_cannot_be_written_is_only_slower(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    one = known(tmp_path / "file")

    one.learn_answer("GetMetadata", b"answer")

    assert one.answer("GetMetadata") == b"answer"


def a_root(folder: Path, modules: object = None) -> Path:
    folder.mkdir()
    (folder / "main.tf").write_text('resource "aws_iam_role" "a" {}\n')
    if modules is not None:
        file = folder / package.MODULES
        file.parent.mkdir(parents=True)
        file.write_text(modules if isinstance(modules, str) else json.dumps(modules))
    return folder


def a_plan(file: Path, refreshed: str, before: str) -> Path:
    with zipfile.ZipFile(file, "w") as plan:
        plan.writestr("tfstate", refreshed)
        plan.writestr("tfstate-prev", before)
    return file


def test_types_of_the_root_and_of_the_modules_it_calls_are_found(tmp_path: Path) -> None:
    module = tmp_path / "module"
    module.mkdir()
    (module / "main.tf").write_text('data "aws_region" "this" {}\nmoved { from = aws_old.a }\n')
    modules = {"Modules": [{"Key": "", "Dir": "."}, {"Key": "m", "Dir": "../module"}]}

    found = package.types(a_root(tmp_path / "root", modules))

    assert found == frozenset({"aws_iam_role", "aws_region", "aws_old"})


def test_types_of_a_state_in_the_folder_are_found(tmp_path: Path) -> None:
    root = a_root(tmp_path / "root")
    (root / "terraform.tfstate").write_text('{"resources": [{"type": "aws_sns_topic"}]}')

    assert package.types(root) == frozenset({"aws_iam_role", "aws_sns_topic"})


def test_types_of_the_state_in_a_plan_are_found(tmp_path: Path) -> None:
    plan = a_plan(tmp_path / "plan", '{"type": "aws_a"}', '{"type": "aws_b"}')

    assert package.types(a_root(tmp_path / "root"), plan) == frozenset(
        {"aws_iam_role", "aws_a", "aws_b"}
    )


def test_what_cannot_be_read_means_all_types(tmp_path: Path) -> None:
    lost = {"Modules": [{"Key": "m", "Dir": "lost"}]}
    broken = tmp_path / "plan"
    broken.write_text("no zip")

    assert package.types(a_root(tmp_path / "one", lost)) is None
    assert package.types(a_root(tmp_path / "two", "{half")) is None
    assert package.types(a_root(tmp_path / "three", {"Modules": [{}]})) is None
    assert package.types(a_root(tmp_path / "four"), broken) is None
