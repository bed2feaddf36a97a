from __future__ import annotations

from datetime import date
from pathlib import Path

import msgpack
import pytest

from orchestrator import config
from orchestrator.adapters.files import BuildFolders
from orchestrator.adapters.provider import configuration
from orchestrator.adapters.provider.configuration import Keys, Lacking, Unknown
from orchestrator.render import Renderer, stacks_of
from orchestrator.render.hcl import quote

ROOT = Path(__file__).parents[4]
BLOCK = """
# A comment
provider "aws" {
  alias   = "us_east_1"
  region  = "us-east-1"
  allowed = ["1", "2"]

  default_tags {
    tags = {
      "a b" = "c"
      d     = "e"
    }
  }
}
"""


def test_a_block_is_read_as_it_is_rendered() -> None:
    assert configuration.parse(BLOCK) == {
        "us_east_1": {
            "region": "us-east-1",
            "allowed": ["1", "2"],
            "default_tags": {"tags": {"a b": "c", "d": "e"}},
        }
    }


@pytest.mark.parametrize(
    "text", ['a"b', "a\\b", "${x}", "%{x}", "$${x}", "$", "é", "\n\t", "\u2028"]
)
def test_every_text_comes_back_from_its_quotes(text: str) -> None:
    block = f'provider "aws" {{\n  region = {quote(text)}\n}}\n'

    assert configuration.parse(block)[""]["region"] == text


def test_every_stack_of_the_sample_has_provider_blocks_that_can_be_read(tmp_path: Path) -> None:
    organization = config.load(ROOT / "account_configs", date(2026, 6, 1))
    renderer, folders = Renderer(ROOT), BuildFolders(tmp_path)
    for key in stacks_of(organization):
        found = configuration.read_blocks(folders.write(renderer.render(organization, key)))

        assert "" in found
        assert all(block["allowed_account_ids"] == [key.account_id] for block in found.values())


@pytest.mark.parametrize(
    "text",
    [
        'provider "aws" {\n  region = var.region\n}',
        'provider "aws" {\n  region = "${var.region}"\n}',
        'provider "aws" {\n  region = lower("A")\n}',
        'provider "aws" {\n  max_retries = 3\n}',
        'provider "aws" {\n  regions = [var.region]\n}',
        'provider "aws" {\n  tags = { a = var.a }\n}',
        'provider "aws" {\n  region "x"\n}',
        'provider "aws" {\n  region = "a"\n  region = "b"\n}',
        'provider "aws" {\n  region = "a"',
        'provider "aws" {\n}\nprovider "aws" {\n}',
        'provider "random" {\n}',
        "locals {\n}",
        'provider "aws" {\n  region = <<EOT\na\nEOT\n}',
    ],
)
def test_what_is_never_rendered_is_refused(text: str) -> None:
    with pytest.raises(Unknown):
        configuration.parse(text)


@pytest.mark.parametrize("name", ["other.tf", "other.tf.json", "other.tofu"])
def test_a_provider_block_may_not_hide_in_another_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "providers.tf").write_text(BLOCK)
    (tmp_path / name).write_text('provider "aws" {}')

    with pytest.raises(Unknown, match="may have a provider block"):
        configuration.read_blocks(tmp_path)


HELD = Keys("AKIA", "secret", "token")
UNKNOWN = msgpack.ExtType(0, b"\0")


def filled(run: dict[str, Keys], **config: object) -> dict[str, object]:
    packed = msgpack.packb({"profile": None, "access_key": None, **config})
    return dict(msgpack.unpackb(configuration.fill(packed, run)))


def test_a_profile_is_replaced_by_the_keys_of_the_run() -> None:
    config = filled({"1": HELD}, profile="1", region="eu-west-1")

    assert config == {
        "profile": None,
        "access_key": "AKIA",
        "secret_key": "secret",
        "token": "token",
        "region": "eu-west-1",
    }


def test_what_is_not_known_yet_stays_unknown() -> None:
    assert filled({"1": HELD}, profile="1", endpoints=UNKNOWN)["endpoints"] == UNKNOWN


def test_a_block_without_a_profile_gets_what_the_environment_of_the_run_holds() -> None:
    env = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "secret"}

    config = filled(dict(configuration.of_run(env)))

    assert (config["access_key"], config["token"]) == ("AKIA", None)


def test_keys_that_a_block_names_itself_are_left_alone() -> None:
    assert filled({}, access_key="own")["access_key"] == "own"


@pytest.mark.parametrize("profile", ["2", None, UNKNOWN])
def test_a_block_for_which_the_run_has_no_keys_is_refused(profile: object) -> None:
    with pytest.raises(Lacking, match="the run has no credentials"):
        filled({"1": HELD}, profile=profile)


def test_profiles_are_read_from_the_file_of_the_run(tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    file.write_text(
        "[1]\naws_access_key_id = AKIA\naws_secret_access_key = se%cret\n"
        "aws_session_token = token\n\n[empty]\nregion = here\n"
    )

    found = configuration.of_run({"AWS_SHARED_CREDENTIALS_FILE": str(file)})

    assert found == {"1": Keys("AKIA", "se%cret", "token")}


def test_keys_are_not_shown() -> None:
    assert "secret" not in repr(HELD)
    assert "AKIA" not in repr(HELD)
