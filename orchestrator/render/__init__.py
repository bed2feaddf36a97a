"""Model to Terraform folders. Pure: the same model gives the same bytes."""

from orchestrator.render.arns import bootstrap_of, depends_on, stacks_of
from orchestrator.render.renderer import Renderer, digest_of

__all__ = ["Renderer", "bootstrap_of", "depends_on", "digest_of", "stacks_of"]
