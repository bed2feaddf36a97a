"""What the function brings along is what it was tested with, file by file."""

from __future__ import annotations

import base64
import hashlib
import re
import shlex
import subprocess
import tomllib
from dataclasses import replace
from functools import partial
from importlib import metadata
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path

import pytest

from orchestrator.errors import ToolMissing
from orchestrator.render.bundle import FIX, VERSIONS, Sdk
from tests.unit.render.builders import ROOT

BOTOCORE = (("botocore", "9.9.9"),)
MODEL = "botocore/data/{}/{}/service-2.json.gz"
INSTALLED = {
    "botocore/__init__.py": "",
    "botocore/cacert.pem": "certificates",
    "botocore/py.typed": "",
    "botocore/data/endpoints.json": "{}",
    MODEL.format("s3", "2006-03-01"): "{}",
    MODEL.format("ec2", "2015-10-01"): "{}",
    MODEL.format("ec2", "2016-11-15"): "{}",
    "botocore/data/ec2/2016-11-15/examples-1.json": "{}",
    "botocore/data/ec2/2016-11-15/waiters-2.json": "{}",
    MODEL.format("iam", "2010-05-08"): "{}",
}


def found(folder: Path, name: str) -> Distribution:
    (info,) = folder.glob(f"{name.replace('-', '_')}-*.dist-info")
    return PathDistribution(info)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder of packages with a small botocore in it."""
    info = tmp_path / "botocore-9.9.9.dist-info"
    for name, text in INSTALLED.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: botocore\nVersion: 9.9.9\n")
    (info / "RECORD").write_text("".join(map(record, INSTALLED)) + "../../bin/jp.py,,\n")
    return tmp_path


def record(name: str) -> str:
    digest = hashlib.sha256(INSTALLED[name].encode()).digest()
    return f"{name},sha256={base64.urlsafe_b64encode(digest).decode().rstrip('=')},1\n"


def test_the_versions_are_those_of_the_lock_file_and_of_what_the_wheel_asks_for() -> None:
    locked = re.findall(r"^(\S+)==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = [each.split("==") for each in project["dependencies"] if "==" in each]

    assert set(VERSIONS) <= set(locked)
    assert [tuple(each) for each in pinned] == list(VERSIONS)


def test_all_that_boto3_needs_is_named() -> None:
    names = [name for name, _ in VERSIONS]
    needed = {
        re.match(r"[\w-]+", each)[0]  # type: ignore[index]
        for name in names
        for each in metadata.requires(name) or ()
        if "extra ==" not in each
    }

    assert sorted(needed | {"boto3"}) == sorted(names)


def test_code_certificates_and_the_newest_models_of_the_named_services_travel(
    site: Path,
) -> None:
    sdk = Sdk(BOTOCORE, partial(found, site))
    services = sdk.services([b"aws('s3'), \"ec2\"", b'{"nowhere": 1}'])

    assert services == {"s3", "ec2"}
    assert sorted(sdk.files(services)) == [
        "botocore/__init__.py",
        "botocore/cacert.pem",
        "botocore/data/ec2/2016-11-15/service-2.json.gz",
        "botocore/data/ec2/2016-11-15/waiters-2.json",
        "botocore/data/endpoints.json",
        "botocore/data/s3/2006-03-01/service-2.json.gz",
    ]


def test_a_file_that_somebody_has_changed_is_refused(site: Path) -> None:
    (site / "botocore" / "__init__.py").write_text("import elsewhere\n")

    with pytest.raises(ToolMissing, match=r"__init__\.py is not the file that was installed"):
        Sdk(BOTOCORE, partial(found, site)).files(frozenset({"s3"}))


def test_another_version_is_refused_and_so_is_one_that_is_missing(site: Path) -> None:
    sdk = Sdk((("botocore", "9.9.8"),), partial(found, site))

    with pytest.raises(ToolMissing, match=r"tested with botocore 9\.9\.8, not 9\.9\.9"):
        sdk.files(frozenset({"s3"}))
    with pytest.raises(ToolMissing, match="nowhere-to-be-found 1 is not installed"):
        Sdk((("nowhere-to-be-found", "1"),)).installed("nowhere-to-be-found", "1")


def test_without_a_list_of_files_nothing_is_taken(site: Path) -> None:
    (site / "botocore-9.9.9.dist-info" / "RECORD").unlink()

    with pytest.raises(ToolMissing, match="nothing says which files botocore consists of"):
        Sdk(BOTOCORE, partial(found, site)).files(frozenset({"s3"}))


@pytest.mark.long
def test_the_remedy_installs_what_was_tested_and_it_is_the_same_everywhere(tmp_path: Path) -> None:
    fix = [*shlex.split(FIX), "--quiet", "--target", str(tmp_path)]
    services = frozenset({"ec2", "s3", "sts"})

    subprocess.run(fix, check=True)

    elsewhere = replace(Sdk(), find=partial(found, tmp_path))
    assert elsewhere.files(services) == Sdk().files(services)
