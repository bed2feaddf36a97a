from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.adapters.terraform import mirror as cli_config
from orchestrator.adapters.terraform.lock_file import PROVIDER, Version
from orchestrator.adapters.terraform.mirror import Mirror, find, implied, versions

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
    return find({**home, **env}, LINUX, WANTED, tmp_path / "here", roots)


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

    assert [str(version) for version in versions(tmp_path, LINUX)] == ["5.9.0", "5.100.0"]


def test_the_configuration_names_the_mirror_and_leaves_other_providers_alone(
    tmp_path: Path,
) -> None:
    mirror = Mirror(tmp_path / 'a "${b}"', tmp_path, "found on the system")

    path = cli_config.choose({}, mirror, tmp_path / "private")

    assert path.stat().st_mode & 0o777 == 0o600
    assert f'include = ["{PROVIDER}"]' in path.read_text()
    assert 'a \\"$${b}\\""' in path.read_text()


def test_a_configuration_file_that_is_missing_does_no_harm(tmp_path: Path) -> None:
    caller = {"TF_CLI_CONFIG_FILE": str(tmp_path / "missing")}

    path = cli_config.choose(caller, None, tmp_path / "private")

    assert path.parent == tmp_path / "private"
    assert "direct {}" in path.read_text()
    assert cli_config.missing(caller) == tmp_path / "missing"


def test_the_callers_own_word_on_providers_is_kept_unless_a_mirror_is_named(
    tmp_path: Path,
) -> None:
    own = tmp_path / ".terraformrc"
    own.write_text('provider_installation {\n  network_mirror { url = "https://m.example/" }\n}\n')
    by_chance = Mirror(tmp_path, tmp_path, "found on the system")
    by_name = Mirror(tmp_path, tmp_path, "ORCHESTRATOR_PROVIDER_MIRROR")
    caller = {"HOME": str(tmp_path)}

    assert cli_config.choose(caller, by_chance, tmp_path / "private") == own
    assert cli_config.choose(caller, by_name, tmp_path / "private") != own


def test_a_callers_configuration_about_other_things_is_not_used(tmp_path: Path) -> None:
    (tmp_path / ".terraformrc").write_text("disable_checkpoint = true\n")

    path = cli_config.choose({"HOME": str(tmp_path)}, None, tmp_path / "private")

    assert path.parent == tmp_path / "private"
