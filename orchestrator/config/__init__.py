"""account_configs/ to model: layers, overlay, explain, and the schema for editors.

Reads files and nothing else of the world. `load` is the way in; it goes through tree (which files
there are), reading and composing (YAML to documents that know their lines), shapes and wording
(which keys a file may hold), gathering and layers (what is set where), checks (what files say
about each other) and building (the model). `explain` walks the same layers for people.
"""

from orchestrator.config.explain import Origin, Source, explain, provenance
from orchestrator.config.loading import Report, check, load
from orchestrator.config.places import Places, places, surveyed
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
    "surveyed",
]
