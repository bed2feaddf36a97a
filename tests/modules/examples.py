"""The examples of the modules' READMEs. Each is a whole root, run from the top of the checkout."""

from __future__ import annotations

import re
from pathlib import Path

PREAMBLE = """\
terraform {
  required_version = ">= 1.10, < 2.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

provider "aws" {
  region = "ap-northeast-1"
}
"""
"""What every example begins with. Once it is set aside, all of them fit into one root."""

FENCE = re.compile(r"^```hcl\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def example(readme: Path) -> str:
    """The one example of a README."""
    found: list[str] = FENCE.findall(readme.read_text("utf-8"))
    if len(found) != 1:
        raise ValueError(f"{readme} has {len(found)} examples in HCL; one is wanted")
    return found[0]


def body(text: str) -> str:
    """An example without what every example begins with."""
    return text.removeprefix(PREAMBLE)
