"""A repository with its forge, and jobs that find there what a runner gives them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.forge import Forge, a_forge
from tests.unit.app.ci.playing import Played
from tests.unit.app.ci.playing import play as played

ROOT = Path(__file__).parents[4]
PARTS = ("account_configs", "terraform", "modules", "policies", "schemas")
BUCKET = "example-terraform-state-200000000001"
STATE = f"  state:\n    bucket: {BUCKET}\n"
IGNORED = ".venv\n.build/\n.orchestrator/\n"
MAKEFILE = "setup:\n\t@test -x .venv/bin/orchestrator\n"
KEPT = ("PATH", "HOME", "XDG_CACHE_HOME", "TF_CLI_CONFIG_FILE")
AUTHOR = {
    f"GIT_{who}_{what}": "test@example.com"
    for who in ("AUTHOR", "COMMITTER")
    for what in ("NAME", "EMAIL")
}
NO_AWS = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_EC2_METADATA_DISABLED": "true"}
ROLES = {
    "vars.ORCHESTRATOR_REGION": "ap-northeast-1",
    "vars.ORCHESTRATOR_PLAN_ROLE": "arn:aws:iam::200000000001:role/orchestrator-ci-plan",
    "vars.ORCHESTRATOR_APPLY_ROLE": "arn:aws:iam::200000000001:role/orchestrator-ci-apply",
}


@dataclass
class Company:
    """`aws` is what a job has to reach AWS; the forge is reached without a proxy."""

    folder: Path
    forge: Forge
    aws: Mapping[str, str] = field(default_factory=lambda: NO_AWS)

    @property
    def project(self) -> Path:
        """Where people work."""
        return self.folder / "project"

    def git(self, *words: str, at: Path | None = None) -> str:
        ended = subprocess.run(
            ["git", "-c", "init.defaultBranch=main", *words],
            cwd=at or self.project,
            env={**os.environ, **AUTHOR, "GIT_CONFIG_GLOBAL": os.devnull},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout.strip()

    def branch(self, name: str, file: str, before: str, after: str) -> None:
        """A branch off main with one change, pushed."""
        self.git("switch", "--quiet", "--create", name, "origin/main")
        place = self.project / file
        assert before in place.read_text()
        place.write_text(place.read_text().replace(before, after, 1))
        self.git("commit", "--quiet", "--all", "--message", name)
        self.git("push", "--quiet", "origin", name)

    def checkout(self, name: str, branch: str = "") -> Path:
        """What a job finds: main, or the merge of a branch into it, and nothing of other jobs."""
        place = self.folder / name
        self.git(
            "clone", "--quiet", "--branch", "main", str(self.folder / "origin.git"), str(place)
        )
        if branch:
            self.git("merge", "--quiet", "--no-ff", f"origin/{branch}", at=place)
        (place / ".venv").symlink_to(Path(sys.prefix))
        return place

    def merge(self, branch: str, change: int) -> str:
        """Merge a branch, as somebody does by a button; the commit this makes."""
        place = self.checkout(f"button-{change}", branch)
        self.git("push", "--quiet", "origin", "HEAD:main", at=place)
        self.git("fetch", "--quiet", "origin")
        commit = self.git("rev-parse", "HEAD", at=place)
        self.forge.merges[commit] = change
        return commit

    def env(self, kind: str, change: int | None, commit: str = "c" * 40) -> Mapping[str, str]:
        """A job's environment: the forge's, AWS's, and little else."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        here = dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1")
        return {**kept, **self.aws, **here, **self.forge.job(kind, change, commit)}

    def pull_request(self, branch: str, change: int) -> Played:
        """What a pull request starts."""
        place = self.checkout(f"plan-{change}", branch)
        return self.play("pull-request.yml", "plan", place, self.env("github", change))

    def merged(self, branch: str, change: int) -> tuple[Played, Played | None]:
        """The two jobs that a merge starts; the second only if the first says so."""
        env = self.env("github", None, self.merge(branch, change))
        planned = self.play("merge.yml", "planned", self.checkout(f"find-{change}"), env)
        run = planned.output("planned", "run")
        if planned.code or not run:
            return planned, None
        place = self.checkout(f"apply-{change}")
        return planned, self.play(
            "merge.yml", "apply", place, env, {"needs.planned.outputs.run": run}
        )

    def scheduled(self, job: str, place: Path, known: Mapping[str, str] | None = None) -> Played:
        """A job of the schedule."""
        return self.play("schedule.yml", job, place, self.env("github", None), known)

    def play(
        self,
        file: str,
        job: str,
        place: Path,
        env: Mapping[str, str],
        known: Mapping[str, str] | None = None,
    ) -> Played:
        everything = {**ROLES, "github.token": self.forge.token, **(known or {})}
        return played(file, job, place, env, everything)


@contextmanager
def a_company(folder: Path) -> Iterator[Company]:
    """The sample organization in a repository with a bare origin; its bucket keeps plans."""
    with a_forge() as forge:
        company = Company(folder, forge)
        for part in PARTS:
            shutil.copytree(ROOT / part, company.project / part)
        file = company.project / "account_configs" / "organization.yaml"
        text = file.read_text()
        assert STATE in text
        file.write_text(text.replace(STATE, f"{STATE}    journal: true\n    plans: true\n"))
        (company.project / ".gitignore").write_text(IGNORED)
        (company.project / "Makefile").write_text(MAKEFILE)
        company.git("init", "--quiet", "--bare", str(folder / "origin.git"))
        company.git("init", "--quiet")
        company.git("add", ".")
        company.git("commit", "--quiet", "--message", "As it is")
        company.git("remote", "add", "origin", str(folder / "origin.git"))
        company.git("push", "--quiet", "origin", "HEAD:main")
        company.git("fetch", "--quiet", "origin")
        yield company
