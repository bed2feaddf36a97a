"""Where AWS takes more than its own model says, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping

LOOSER: Mapping[tuple[str, str], str] = {
    ("sqs", "QueueAttributeName"): "an unknown one has a code of its own, InvalidAttributeName",
    ("opensearch", "OpenSearchPartitionInstanceType"): "the model knows none of r7g, m7g, c7g, i4i",
    ("securityhub", "AwsSecurityFinding"): "each finding of BatchImportFindings fails alone",
}
"""Service and shape → why it is not checked."""

FREE: Mapping[tuple[str, str], frozenset[str]] = {}
"""Service and shape → members that the model requires and AWS does not."""
