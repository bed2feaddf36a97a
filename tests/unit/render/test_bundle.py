from __future__ import annotations

import ast
import base64
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3

from orchestrator.findings import matrix
from orchestrator.model.facts import RemediationFacts
from orchestrator.model.organization import Organization
from orchestrator.model.settings import DecisionKind
from orchestrator.render import Renderer, stacks_of
from orchestrator.render.bundle import MATRIX, NAME, bundle, zipped
from tests.unit.render.builders import ROOT, an_account, an_organization, decisions

LARGEST = 50 * 2**20
"""Source: AWS Lambda Developer Guide, "Lambda quotas": a package that is uploaded with the call."""


def remediating(kind: DecisionKind = DecisionKind.REMEDIATE) -> Organization:
    organization = an_organization(an_account(decided=decisions(EC2_13=kind)))
    facts = organization.facts.model_copy(update={"remediation": RemediationFacts(enabled=True)})
    return replace(organization, facts=facts)


def opened(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def test_the_same_organization_makes_the_same_bytes() -> None:
    assert bundle(remediating(), ROOT) == bundle(remediating(), ROOT)


def test_neither_order_nor_time_nor_the_machine_is_in_a_zip(tmp_path: Path) -> None:
    assert zipped({"b": b"2", "a": b"1"}) == zipped({"a": b"1", "b": b"2"})

    entries = opened(zipped({"a": b"1"})).infolist()

    assert [(e.date_time, e.create_system, e.external_attr, e.compress_type) for e in entries] == [
        ((1980, 1, 1, 0, 0, 0), 3, 0o100644 << 16, zipfile.ZIP_STORED)
    ]


def test_another_decision_makes_another_zip() -> None:
    assert (
        bundle(remediating(), ROOT).sha256 != bundle(remediating(DecisionKind.DETECT), ROOT).sha256
    )


def test_the_digest_is_the_one_lambda_shows() -> None:
    made = bundle(remediating(), ROOT)

    assert base64.b64decode(made.sha256) == hashlib.sha256(made.content).digest()


def test_the_zip_has_the_code_and_a_matrix_that_the_function_can_read() -> None:
    with opened(bundle(remediating(), ROOT).content) as archive:
        names = archive.namelist()
        known = matrix.load(json.loads(archive.read(MATRIX)))

    assert "orchestrator/findings/function.py" in names
    assert not [name for name in names if "__pycache__" in name or "render" in name]
    assert known.rules.enabled


def test_the_function_is_importable_from_the_zip_alone(tmp_path: Path) -> None:
    with opened(bundle(remediating(), ROOT).content) as archive:
        archive.extractall(tmp_path)
    code = (
        "import orchestrator.findings.function as f, sys;"
        "print(f.__file__);"
        "print(sorted({m.split('.')[1] for m in sys.modules if m.startswith('orchestrator.')}))"
    )

    ran = alone(tmp_path, code)

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == [
        str(tmp_path / "orchestrator/findings/function.py"),
        "['findings']",
    ]


def alone(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run by a Python that has the zip's files and its own library, and no site-packages."""
    return subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


CLIENTS = """
import boto3, botocore.httpsession, json, sys
session = boto3.Session("key", "secret", region_name="eu-central-1")
versions = {s: session.client(s).meta.service_model.api_version for s in sys.argv[1:]}
print(json.dumps([boto3.__file__, botocore.httpsession.get_cert_path(True), versions]))
"""


def test_the_zip_brings_the_newest_model_of_every_service_that_the_code_calls(
    tmp_path: Path,
) -> None:
    with opened(bundle(remediating(), ROOT).content) as archive:
        archive.extractall(tmp_path)
    called = sorted(clients_made(ROOT / "orchestrator" / "findings"))

    ran = alone(tmp_path, f"import sys; sys.argv[1:] = {called}\n{CLIENTS}")

    assert ran.returncode == 0, ran.stderr
    boto, certificates, versions = json.loads(ran.stdout)
    assert Path(boto).is_relative_to(tmp_path)
    assert Path(certificates).is_relative_to(tmp_path)
    assert Path(certificates).is_file()
    session: Any = boto3.Session("key", "secret", region_name="eu-central-1")
    assert versions == {s: session.client(s).meta.service_model.api_version for s in called}
    assert len(called) > 40


def clients_made(folder: Path) -> set[str]:
    """Every service of which the code makes a client: `aws("ec2")`, `self._aws("sts", region)`."""
    calls = (
        node
        for file in folder.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and node.args
    )
    named = (
        call.args[0].value
        for call in calls
        if isinstance(call.args[0], ast.Constant)
        and re.search(r"(^|[._])(aws|client)$", ast.unparse(call.func))
    )
    return {name for name in named if isinstance(name, str)}


def test_the_zip_is_a_quarter_of_what_lambda_takes() -> None:
    content = bundle(remediating(), ROOT).content

    assert len(content) < LARGEST / 4


def test_a_project_without_code_takes_that_of_the_program(tmp_path: Path) -> None:
    assert bundle(remediating(), tmp_path) == bundle(remediating(), ROOT)


def test_the_security_stack_has_the_zip_and_its_digest_and_no_other_stack_has() -> None:
    organization = remediating()
    renderer = Renderer(ROOT)

    rendered = {key.stack: renderer.render(organization, key) for key in stacks_of(organization)}

    with_zip = {stack: each for stack, each in rendered.items() if each.binaries}
    assert list(with_zip) == ["security"]
    ((name, content),) = with_zip[next(iter(with_zip))].binaries
    assert name == NAME
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    assert f'sha256 = "{digest}"' in dict(rendered[next(iter(with_zip))].files)["main.tf"]


def test_without_remediation_there_is_no_zip() -> None:
    organization = an_organization(an_account())
    renderer = Renderer(ROOT)

    assert not any(renderer.render(organization, key).binaries for key in stacks_of(organization))


def test_a_changed_zip_is_another_rendering(tmp_path: Path) -> None:
    code = tmp_path / "orchestrator" / "findings"
    code.mkdir(parents=True)
    for name in ("terraform", "modules"):
        (tmp_path / name).symlink_to(ROOT / name)
    key = next(key for key in stacks_of(remediating()) if key.stack == "security")
    (code / "function.py").write_text("one = 1\n")
    one = Renderer(tmp_path).render(remediating(), key)
    (code / "function.py").write_text("one = 2\n")
    two = Renderer(tmp_path).render(remediating(), key)

    assert one.digest != two.digest
