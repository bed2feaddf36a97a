from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from orchestrator import config
from orchestrator.adapters.files import BuildFolders
from orchestrator.adapters.provider import blocks
from orchestrator.adapters.provider.blocks import Unknown
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
    assert blocks.parse(BLOCK) == {
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

    assert blocks.parse(block)[""]["region"] == text


def test_every_stack_of_the_sample_has_provider_blocks_that_can_be_read(tmp_path: Path) -> None:
    organization = config.load(ROOT / "account_configs", date(2026, 6, 1))
    renderer, folders = Renderer(ROOT), BuildFolders(tmp_path)
    for key in stacks_of(organization):
        found = blocks.read(folders.write(renderer.render(organization, key)))

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
        blocks.parse(text)


@pytest.mark.parametrize("name", ["other.tf", "other.tf.json", "other.tofu"])
def test_a_provider_block_may_not_hide_in_another_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "providers.tf").write_text(BLOCK)
    (tmp_path / name).write_text('provider "aws" {}')

    with pytest.raises(Unknown, match="may have a provider block"):
        blocks.read(tmp_path)
