from __future__ import annotations

import zipfile
from pathlib import Path

from orchestrator.adapters.terraform import lock_file
from orchestrator.adapters.terraform import lock_file as package_hash
from orchestrator.adapters.terraform.lock_file import Version

LOCK = Path(__file__).parents[4] / "terraform" / ".terraform.lock.hcl"


def test_the_projects_lock_file_knows_every_platform_packed_and_unpacked() -> None:
    locked = lock_file.read(LOCK.read_text())

    assert locked is not None
    assert locked.version == Version((5, 100, 0))
    by_scheme = [sum(h.startswith(scheme) for h in locked.hashes) for scheme in ("h1:", "zh:")]
    assert by_scheme == [14, 15]  # the fifteenth zip hash is of the release's manifest


def test_a_provider_that_is_not_locked_is_not_found() -> None:
    assert lock_file.read(LOCK.read_text(), "registry.terraform.io/hashicorp/random") is None
    assert lock_file.read("") is None


def test_versions_are_ordered_by_their_numbers_and_a_release_comes_last() -> None:
    texts = ["5.9.0", "5.100.0", "5.100.0-beta1", "v6.0.0"]

    ordered = sorted(filter(None, map(Version.parse, texts)))

    assert [str(version) for version in ordered] == ["5.9.0", "5.100.0-beta1", "5.100.0", "6.0.0"]
    assert Version.parse("latest") is None


def test_a_folder_and_the_zip_of_it_have_the_same_hash(tmp_path: Path) -> None:
    folder, archive = tmp_path / "package", tmp_path / "package.zip"
    (folder / "docs").mkdir(parents=True)
    (folder / "provider").write_text("x")
    (folder / "docs" / "LICENSE.txt").write_text("y")
    with zipfile.ZipFile(archive, "w") as written:
        written.write(folder / "provider", "provider")
        written.write(folder / "docs" / "LICENSE.txt", "docs/LICENSE.txt")

    assert package_hash.h1(folder) == package_hash.h1(archive)
    assert package_hash.h1(folder).startswith("h1:")
