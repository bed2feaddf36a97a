from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.docs.pages import ROOT


def test_the_documentation_is_built_into_a_site_without_a_warning(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(tmp_path)]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False, env=quiet)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "getting-started" / "tour.html").is_file()
    assert (tmp_path / "search" / "search_index.json").is_file()
    # A page asks no other host for anything: fonts, scripts and styles are in the site.
    for page in tmp_path.rglob("*.html"):
        asked = re.findall(
            r"<(?:script|link|img|iframe)[^>]+https?://[^>]*>", page.read_text("utf-8")
        )
        assert [tag for tag in asked if 'rel="canonical"' not in tag] == [], page
