from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from orchestrator.adapters.capacity import (
    MIB,
    RESERVE,
    STACK,
    MachineCapacity,
    Throttling,
    carries,
    free_memory,
    is_throttling,
    parallelism,
)


def a_cgroup(root: Path, path: str, files: dict[str, str]) -> None:
    folder = root / path.lstrip("/")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)


def own(folder: Path, *lines: str) -> Path:
    file = folder / "own"
    file.write_text("\n".join(lines) + "\n")
    return file


def test_as_many_stacks_fit_as_there_is_memory_for_beside_ourselves() -> None:
    assert carries(RESERVE + 3 * STACK) == 3
    assert carries(RESERVE + 3 * STACK - 1) == 2
    assert carries(RESERVE - 1) == carries(0) == 0


def test_a_containers_limit_counts_and_what_the_kernel_can_give_back_is_free(
    tmp_path: Path,
) -> None:
    files = {
        "memory.max": str(2048 * MIB),
        "memory.current": str(1024 * MIB),
        "memory.stat": f"anon 1\ninactive_file {256 * MIB}\n",
    }
    a_cgroup(tmp_path / "cg", "/runner/job", files)

    assert free_memory(own(tmp_path, "0::/runner/job"), tmp_path / "cg") == 1280 * MIB


def test_the_tightest_limit_around_us_counts(tmp_path: Path) -> None:
    loose = {"memory.max": str(2048 * MIB), "memory.current": "0"}
    tight = {"memory.max": str(512 * MIB), "memory.current": "0"}
    a_cgroup(tmp_path / "cg", "/runner/job", loose)
    a_cgroup(tmp_path / "cg", "/runner", tight)

    assert free_memory(own(tmp_path, "0::/runner/job"), tmp_path / "cg") == 512 * MIB


def test_the_limit_of_the_first_version_of_cgroups_counts_as_well(tmp_path: Path) -> None:
    files = {
        "memory.limit_in_bytes": str(700 * MIB),
        "memory.usage_in_bytes": str(200 * MIB),
        "memory.stat": f"total_inactive_file {100 * MIB}\n",
    }
    a_cgroup(tmp_path / "cg" / "memory", "/job", files)

    found = free_memory(own(tmp_path, "5:cpu:/job", "4:memory:/job", "0::/"), tmp_path / "cg")

    assert found == 600 * MIB


@pytest.mark.parametrize("limit", ["max", "9223372036854771712"])
def test_without_a_limit_the_machines_memory_counts(tmp_path: Path, limit: str) -> None:
    names = ("memory.max", "memory.current")
    a_cgroup(tmp_path / "cg", "/job", dict(zip(names, (limit, "1"), strict=True)))

    found = free_memory(own(tmp_path, "0::/job"), tmp_path / "cg")

    assert found == pytest.approx(psutil.virtual_memory().available, rel=0.2)


def test_where_there_are_no_cgroups_the_machines_memory_counts(tmp_path: Path) -> None:
    assert free_memory(tmp_path / "none", tmp_path) > 0


def test_the_width_is_at_least_one_and_at_most_one_more_than_cores() -> None:
    cores = psutil.cpu_count() or 1

    assert 1 <= MachineCapacity(Throttling()).width(0) <= cores + 1


@pytest.mark.parametrize(
    ("text", "throttled"),
    [
        ("operation error IAM: CreateRole, StatusCode: 400, Throttling: Rate exceeded", True),
        ("RequestLimitExceeded: Request limit exceeded.", True),
        ("api error SlowDown: Please reduce your request rate.", True),
        ("https response error StatusCode: 429, RequestID: 1", True),
        ("TooManyRequestsException: ", True),
        ("LimitExceeded: Cannot exceed quota for RolesPerAccount: 1000", False),
        ("AccessDenied: not authorized, request 4290", False),
        ("bucket my-slowdown-logs does not exist", False),
    ],
)
def test_throttling_is_told_from_quotas_and_other_errors(text: str, throttled: bool) -> None:
    assert is_throttling(text) is throttled


def test_only_throttling_codes_are_counted() -> None:
    throttling = Throttling()
    for code in ("ThrottlingException", "AccessDenied", "SlowDown", "LimitExceededException"):
        throttling.hear(code)

    assert throttling.count == 2


@pytest.mark.parametrize(
    ("width", "most", "cores", "each"),
    [(1, 1, 2, 10), (3, 3, 2, 10), (9, 9, 8, 10), (5, 5, 2, 6), (20, 20, 2, 2), (1, 3, 2, 3)],
)
def test_terraforms_share_the_cores_and_slow_down_when_the_width_does(
    width: int, most: int, cores: int, each: int
) -> None:
    assert parallelism(width, most, cores) == each
