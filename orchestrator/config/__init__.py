"""account_configs/ to model: layers, overlay, explain, and the schema for editors.

Reads files and nothing else of the world. `load` is the way in; it goes through files (which there
are), yaml (to documents that know their lines), shapes and messages (which keys a file may hold),
layers (what is set where), checks (what files say about each other) and build (the model).
`explain` walks the same layers for people.
"""

from orchestrator.config.explain import Origin, Source, explain, provenance
from orchestrator.config.loading import Places, Report, check, load, places, stated, surveyed
from orchestrator.config.shapes import json_schemas, schema_texts

__all__ = [
    "Origin",
    "Places",
    "Report",
    "Source",
    "check",
    "explain",
    "json_schemas",
    "load",
    "places",
    "provenance",
    "schema_texts",
    "stated",
    "surveyed",
]
