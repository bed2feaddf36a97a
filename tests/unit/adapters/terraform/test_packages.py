from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from orchestrator.adapters.terraform import packages
from orchestrator.adapters.terraform.packages import (
    PROVIDER,
    Mirror,
    Version,
    find_mirror,
    implied,
    mirrored,
)

LOCK = Path(__file__).parents[4] / "terraform" / ".terraform.lock.hcl"


def test_the_projects_lock_file_knows_every_platform_packed_and_unpacked() -> None:
    locked = packages.read_lock(LOCK.read_text())

    assert locked is not None
    assert locked.version == Version((5, 100, 0))
    by_scheme = [sum(h.startswith(scheme) for h in locked.hashes) for scheme in ("h1:", "zh:")]
    assert by_scheme == [14, 15]  # the fifteenth zip hash is of the release's manifest


def test_a_provider_that_is_not_locked_is_not_found() -> None:
    assert packages.read_lock(LOCK.read_text(), "registry.terraform.io/hashicorp/random") is None
    assert packages.read_lock("") is None


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

    assert packages.h1(folder) == packages.h1(archive)
    assert packages.h1(folder).startswith("h1:")


LINUX = "linux_amd64"
WANTED = Version((5, 100, 0))


def unpacked(mirror: Path, version: str = "5.100.0", platform: str = LINUX) -> Path:
    package = mirror / PROVIDER / version / platform
    package.mkdir(parents=True)
    (package / f"terraform-provider-aws_v{version}_x5").touch()
    return package


def packed(mirror: Path, version: str = "5.100.0", platform: str = LINUX) -> Path:
    package = mirror / PROVIDER / f"terraform-provider-aws_{version}_{platform}.zip"
    package.parent.mkdir(parents=True, exist_ok=True)
    package.touch()
    return package


def found(tmp_path: Path, *roots: Path, **env: str) -> Mirror | None:
    home = {"HOME": str(tmp_path / "home"), "XDG_DATA_DIRS": str(tmp_path / "share")}
    return find_mirror({**home, **env}, LINUX, WANTED, tmp_path / "here", roots)


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    assert found(tmp_path, tmp_path / "opt") is None


@pytest.mark.parametrize("layout", [unpacked, packed])
def test_both_layouts_are_mirrors(tmp_path: Path, layout: object) -> None:
    assert callable(layout)
    package = layout(tmp_path / "mirror")

    mirror = found(tmp_path, ORCHESTRATOR_PROVIDER_MIRROR=str(tmp_path / "mirror"))

    assert mirror == Mirror(tmp_path / "mirror", package, "ORCHESTRATOR_PROVIDER_MIRROR")


@pytest.mark.parametrize(
    "place",
    [
        "here/terraform.d/plugins",
        "home/.terraform.d/plugins",
        "home/.local/share/terraform/plugins",
        "share/terraform/plugins",
    ],
)
def test_the_folders_terraform_implies_are_looked_into(tmp_path: Path, place: str) -> None:
    unpacked(tmp_path / place)

    mirror = found(tmp_path)

    assert mirror is not None
    assert (mirror.path, mirror.found_by) == (tmp_path / place, "implied by Terraform")


def test_macos_implies_other_folders() -> None:
    folders = list(implied({"HOME": "/Users/me"}, "darwin_arm64", Path("/here")))

    assert Path("/Users/me/Library/Application Support/io.terraform/plugins") in folders


@pytest.mark.parametrize("place", [".", "terraform-plugins", "vendor/terraform-plugins"])
def test_a_system_root_is_searched_two_levels_down(tmp_path: Path, place: str) -> None:
    unpacked(tmp_path / "opt" / place)

    mirror = found(tmp_path, tmp_path / "opt")

    assert mirror is not None
    assert mirror.path == tmp_path / "opt" / place


def test_three_levels_down_is_too_far(tmp_path: Path) -> None:
    unpacked(tmp_path / "opt/a/b/c")

    assert found(tmp_path, tmp_path / "opt") is None


@pytest.mark.parametrize(("version", "platform"), [("5.99.0", LINUX), ("5.100.0", "darwin_arm64")])
def test_another_version_or_platform_is_of_no_use(
    tmp_path: Path, version: str, platform: str
) -> None:
    packed(tmp_path / "opt/plugins", version, platform)

    assert found(tmp_path, tmp_path / "opt") is None


def test_a_mirror_that_is_named_goes_before_one_that_is_found(tmp_path: Path) -> None:
    unpacked(tmp_path / "opt/plugins")
    unpacked(tmp_path / "mine")

    mirror = found(tmp_path, tmp_path / "opt", TF_PLUGIN_MIRROR_DIR=str(tmp_path / "mine"))

    assert mirror is not None
    assert mirror.path == tmp_path / "mine"


def test_the_versions_of_a_mirror_are_known_in_order(tmp_path: Path) -> None:
    packed(tmp_path, "5.9.0")
    unpacked(tmp_path, "5.100.0")
    packed(tmp_path, "6.0.0", "darwin_arm64")

    assert [str(version) for version in mirrored(tmp_path, LINUX)] == ["5.9.0", "5.100.0"]


def test_the_configuration_names_the_mirror_and_leaves_other_providers_alone(
    tmp_path: Path,
) -> None:
    mirror = Mirror(tmp_path / 'a "${b}"', tmp_path, "found on the system")

    path = packages.choose_configuration({}, mirror, tmp_path / "private")

    assert path.stat().st_mode & 0o777 == 0o600
    assert f'include = ["{PROVIDER}"]' in path.read_text()
    assert 'a \\"$${b}\\""' in path.read_text()


def test_a_configuration_file_that_is_missing_does_no_harm(tmp_path: Path) -> None:
    caller = {"TF_CLI_CONFIG_FILE": str(tmp_path / "missing")}

    path = packages.choose_configuration(caller, None, tmp_path / "private")

    assert path.parent == tmp_path / "private"
    assert "direct {}" in path.read_text()
    assert packages.missing_configuration(caller) == tmp_path / "missing"


def test_the_callers_own_word_on_providers_is_kept_unless_a_mirror_is_named(
    tmp_path: Path,
) -> None:
    own = tmp_path / ".terraformrc"
    own.write_text('provider_installation {\n  network_mirror { url = "https://m.example/" }\n}\n')
    by_chance = Mirror(tmp_path, tmp_path, "found on the system")
    by_name = Mirror(tmp_path, tmp_path, "ORCHESTRATOR_PROVIDER_MIRROR")
    caller = {"HOME": str(tmp_path)}

    assert packages.choose_configuration(caller, by_chance, tmp_path / "private") == own
    assert packages.choose_configuration(caller, by_name, tmp_path / "private") != own


def test_a_callers_configuration_about_other_things_is_not_used(tmp_path: Path) -> None:
    (tmp_path / ".terraformrc").write_text("disable_checkpoint = true\n")

    path = packages.choose_configuration({"HOME": str(tmp_path)}, None, tmp_path / "private")

    assert path.parent == tmp_path / "private"
