"""What drift checks have seen of each stack, a private file a stack. Addresses only."""

from __future__ import annotations

import json
import logging
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestrator.adapters.whole_file import write
from orchestrator.model.names import StackKey
from orchestrator.model.sighting import Sighting

log = logging.getLogger(__name__)

VERSION = 1


class KeptSightings:
    """See ports.Sightings. Without a file, nothing is known to have come back."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, key: StackKey) -> tuple[Sighting, ...]:
        try:
            return _read(key, json.loads(self._file(key).read_text("utf-8")))
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


def _read(key: StackKey, document: Any) -> tuple[Sighting, ...]:
    """Raises KeyError, TypeError and ValueError for anything that was not written like this."""
    if document["version"] != VERSION or document["stack"] != str(key):
        raise ValueError("it is of another version, or of another stack")
    return tuple(
        Sighting(datetime.fromisoformat(each["at"]), frozenset(map(str, each["addresses"])))
        for each in document["sightings"]
    )
