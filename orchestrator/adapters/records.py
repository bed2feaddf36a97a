"""Records on this disk, kept from one run to the next: of drift checks and of reports.

A private file for each stack, with digests only, never values; and a file for each day with the
last report of that day.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from orchestrator.adapters.files import write
from orchestrator.model.drift import Baseline, Reading, Sighting, Tools
from orchestrator.model.history import Point, point_document, read_point
from orchestrator.model.names import StackKey

log = logging.getLogger(__name__)

Json: TypeAlias = "Mapping[str, Json] | list[Json] | str | int | float | bool | None"
VERSION = 1


class KeptBaselines:
    """See ports.Baselines. A cache: without a file, the next check is a plan."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: StackKey) -> Baseline | None:
        try:
            return _read(key, json.loads(self._file(key).read_text("utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("%s baseline: cannot be read: %s", key, error)
            return None

    def put(self, baseline: Baseline) -> None:
        file = self._file(baseline.key)
        try:
            write(file, json.dumps(_document(baseline), indent=1, sort_keys=True))
        except OSError as error:
            log.warning("%s baseline: cannot be kept: %s", baseline.key, error)
            self.forget(baseline.key)

    def forget(self, key: StackKey) -> None:
        with suppress(FileNotFoundError):
            self._file(key).unlink()

    def _file(self, key: StackKey) -> Path:
        return self._folder / key.account_id / f"{key.stack}.json"


def _document(baseline: Baseline) -> Mapping[str, object]:
    reading = baseline.reading
    return {
        "version": VERSION,
        "stack": str(baseline.key),
        "rendered": baseline.rendered,
        "lock": baseline.lock,
        "exact_at": baseline.exact_at.isoformat(),
        "lineage": reading.lineage,
        "serial": reading.serial,
        "terraform": reading.tools.terraform,
        "provider": reading.tools.provider,
        "resources": dict(reading.resources),
        "outside": list(reading.outside),
    }


def _read(key: StackKey, document: Mapping[str, Json]) -> Baseline:
    """Raises KeyError, TypeError and ValueError for anything that was not written like this."""
    if document["version"] != VERSION or document["stack"] != str(key):
        raise ValueError("it is of another version, or of another stack")
    resources, outside, serial = document["resources"], document["outside"], document["serial"]
    exact_at = datetime.fromisoformat(_text(document["exact_at"]))
    if not (isinstance(resources, dict) and isinstance(outside, list) and isinstance(serial, int)):
        raise TypeError("it has no resources or no serial")
    if exact_at.tzinfo is None:
        raise ValueError("its time has no zone")
    reading = Reading(
        _text(document["lineage"]),
        serial,
        Tools(_text(document["terraform"]), _text(document["provider"])),
        {address: _text(digest) for address, digest in resources.items()},
        outside=tuple(map(_text, outside)),
    )
    return Baseline(key, _text(document["rendered"]), _text(document["lock"]), reading, exact_at)


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError(f"'{value}' is not a text")
    return value


class KeptSightings:
    """See ports.Sightings. Without a file, nothing is known to have come back."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, key: StackKey) -> tuple[Sighting, ...]:
        try:
            return _read_sightings(key, json.loads(self._file(key).read_text("utf-8")))
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("%s sightings: cannot be read: %s", key, error)
            return ()

    def keep(self, key: StackKey, sightings: tuple[Sighting, ...]) -> None:
        document = {
            "version": VERSION,
            "stack": str(key),
            "sightings": [
                {"at": each.at.isoformat(), "addresses": sorted(each.addresses)}
                for each in sightings
            ],
        }
        try:
            write(self._file(key), json.dumps(document, indent=1))
        except OSError as error:
            log.warning("%s sightings: cannot be kept: %s", key, error)

    def _file(self, key: StackKey) -> Path:
        return self._folder / key.account_id / f"{key.stack}.json"


def _read_sightings(key: StackKey, document: Any) -> tuple[Sighting, ...]:
    """Raises KeyError, TypeError and ValueError for anything that was not written like this."""
    if document["version"] != VERSION or document["stack"] != str(key):
        raise ValueError("it is of another version, or of another stack")
    return tuple(
        Sighting(datetime.fromisoformat(each["at"]), frozenset(map(str, each["addresses"])))
        for each in document["sightings"]
    )


class KeptHistory:
    """In a folder, which may lie anywhere, for instance in a checkout of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> tuple[Point, ...]:
        """The oldest first. What cannot be read is a warning."""
        return tuple(self._read())

    def keep(self, point: Point) -> None:
        """Raises OSError."""
        write(self._folder / f"{point.at:%Y-%m-%d}.json", json.dumps(point_document(point)))

    def _read(self) -> Iterator[Point]:
        for file in sorted(self._folder.glob("*.json")):
            try:
                yield read_point(json.loads(file.read_text("utf-8")))
            except (OSError, ValueError, KeyError, TypeError) as error:
                log.warning("%s cannot be read, and is left out: %s", file.name, error)
