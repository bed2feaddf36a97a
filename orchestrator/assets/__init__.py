"""Where the product's own files are, and what a project pins and puts in their place.

Looks at folders and reads orchestrator.toml; renders nothing and knows no account.
"""

from orchestrator.assets.folders import Assets, Overrides, home, of
from orchestrator.assets.project_file import ProjectFile, project

__all__ = ["Assets", "Overrides", "ProjectFile", "home", "of", "project"]
