"""Files that were made to do harm: each is quarantined, the others go on, and memory is bounded."""

from __future__ import annotations

import gzip
import io
import json
import random
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.app.logs import ingest
from orchestrator.logs.ingest.records import RATIO
from tests.unit.logs.test_ingest_logs import configured, good_lines

MB = 1024 * 1024
UNPACKED = 300
"""Mebibytes: some hundred times more than a reader may keep."""
MEMORY = 500 * MB
"""Bytes. What an ingest may take, however much it reads; by the kernel's own count since the
program began, for what getrusage says includes the process that has started it.
"""
RECORD = b'{"Records":[{"eventVersion":"1.08",'
DEEP = 100_000


def zipped(file: Path, blocks: Iterable[bytes]) -> None:
    with gzip.open(file, "wb", 6) as stream:
        for block in blocks:
            stream.write(block)


def endless(file: Path, beginning: bytes) -> None:
    zipped(file, (beginning, *[b"0" * MB] * UNPACKED))


BOMBS: dict[str, Callable[[Path], object]] = {
    "endless-line.log.gz": lambda file: endless(file, b""),
    "endless-record.json.gz": lambda file: endless(file, RECORD + b'"x":"'),
    "endless-number.json.gz": lambda file: endless(file, b'{"Records":['),
    "endless-log.evtx.gz": lambda file: endless(file, b"ElfFile\0"),
    "endless-cell.csv.gz": lambda file: endless(file, b'eventJson\n"'),
    "members.log.gz": lambda file: file.write_bytes(gzip.compress(b"") * 10_000),
    "twice.log.gz": lambda file: file.write_bytes(gzip.compress(gzip.compress(b"x" * MB))),
    "deep.json": lambda file: file.write_bytes(b"[" * DEEP),
    "deep-record.json": lambda file: file.write_bytes(
        RECORD + b'"x":' + b"[" * DEEP + b"]" * DEEP + b"}]}"
    ),
    "deep-objects.json": lambda file: file.write_bytes(
        b'{"Records":[' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"]}"
    ),
    "deep.xml": lambda file: file.write_text(
        "<Event><System>" + "<a>" * DEEP + "</a>" * DEEP + "</System></Event>\n"
    ),
    "digits.json": lambda file: file.write_bytes(RECORD + b'"x":' + b"9" * DEEP + b"}]}"),
    "digits-line.json": lambda file: file.write_bytes(b'{"eventVersion":' + b"9" * DEEP + b"}\n"),
    "laughs.xml": lambda file: file.write_text(
        '<!DOCTYPE x [<!ENTITY a "lol">'
        + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
        + "]>\n<Event>&j;</Event>\n"
    ),
    "cell.csv": lambda file: file.write_bytes(b'eventJson\n"' + b"x" * (20 * MB) + b'"\n'),
    "noise.log": lambda file: file.write_bytes(random.Random(1).randbytes(MB)),  # noqa: S311
    "half-letters.log": lambda file: file.write_bytes(b"\xff\xfe" + b"\x00\xd8" * 1000),
}
PROGRAM = """
import json, sys
from pathlib import Path
from orchestrator.app.logs import ingest
from tests.unit.logs.test_ingest_logs import configured
*files, lake = sys.argv[1:]
counts = ingest(files, sys.stdin.buffer, Path(lake), configured())
print(json.dumps({
    "files": counts.files, "events": counts.total, "lost": counts.lost,
    "quarantined": dict(counts.quarantined), "passed": dict(counts.passed),
    "memory": next(
        int(line.split()[1]) * 1024
        for line in Path("/proc/self/status").read_text().splitlines()
        if line.startswith("VmHWM:")
    ),
}))
"""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_quarantined_in_bounded_memory_and_the_file_beside_it_is_read(
    name: str, tmp_path: Path
) -> None:
    bomb, good = tmp_path / name, tmp_path / "zz.log"
    BOMBS[name](bomb)
    good.write_text(good_lines(3), "utf-8")

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(bomb), str(good), str(tmp_path / "lake")],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (MEMORY, MEMORY)),
    )

    assert done.returncode == 0, done.stderr[-1000:]
    found = json.loads(done.stdout)
    assert (found["files"], found["events"], found["lost"]) == (2, 3, 0)
    assert found["memory"] < MEMORY
    if name.startswith("endless"):
        assert f"unpacks to more than {RATIO} times its size" in str(found["quarantined"])
    if name != "members.log.gz":
        assert sum(found["quarantined"].values()) >= 1


POISON = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from([RECORD, b'{"Records":[', b"[", b'{"a":', b"<Event>", b"eventJson\n"]).flatmap(
        lambda begin: st.binary(max_size=200).map(lambda rest: begin + rest)
    ),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["Records", "eventVersion", "detail", "message", "CloudTrailEvent"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    ).map(lambda value: json.dumps(value).encode()),
).flatmap(lambda data: st.sampled_from([data, gzip.compress(data), gzip.compress(data)[:-5]]))


@settings(max_examples=60, deadline=None)
@given(st.lists(POISON, min_size=1, max_size=6), st.sampled_from(["a.log", "a.json", "a.csv", "a"]))
def test_whatever_is_in_a_file_nothing_is_lost_and_the_others_are_read(
    files: list[bytes], name: str
) -> None:
    with TemporaryDirectory() as folder:
        for number, data in enumerate(files):
            Path(folder, f"{number}-{name}").write_bytes(data)
        Path(folder, "zz.log").write_text(good_lines(2), "utf-8")

        counts = ingest([folder], io.BytesIO(), Path(folder, "lake"), configured())

        assert counts.lost == 0
        assert counts.files == len(files) + 1
        assert counts.total >= 2
