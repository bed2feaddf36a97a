"""What a provider process sees of the run it serves."""

from __future__ import annotations

import re
from collections.abc import Mapping

LEFT_OUT = re.compile(
    r"TF_.*|CHECKPOINT_DISABLE|AWS_CA_BUNDLE|AWS_CONFIG_FILE|AWS_SHARED_CREDENTIALS_FILE"
    r"|AWS_(?:DEFAULT_)?PROFILE|AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SE\w+_TOKEN)"
    r"|AWS_ROLE_\w+|AWS_WEB_\w+|AWS_CONTAINER_\w+|PLUGIN_\w+"
)
"""A process serves many accounts, so nothing of one may be in its environment."""

NOWHERE = "/dev/null"

HANDSHAKE = {
    # Source: hashicorp/go-plugin and Terraform's handshake; no secret, but a sign of no accident.
    "TF_PLUGIN_MAGIC_COOKIE": "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
    "PLUGIN_PROTOCOL_VERSIONS": "5",
}


def of_provider(run: Mapping[str, str]) -> dict[str, str]:
    """The run's endpoints, proxies and certificates, and no credentials.

    The provider refuses a second configuration when AWS_CA_BUNDLE is set ("unable to add custom
    RootCAs HTTPClient"); Go reads the same certificates from SSL_CERT_FILE.
    """
    kept = {name: value for name, value in run.items() if not LEFT_OUT.fullmatch(name)}
    if bundle := run.get("AWS_CA_BUNDLE"):
        kept["SSL_CERT_FILE"] = bundle
    nobody = {"AWS_CONFIG_FILE": NOWHERE, "AWS_SHARED_CREDENTIALS_FILE": NOWHERE}
    return {**kept, **nobody, "AWS_EC2_METADATA_DISABLED": "true"}


def understood(run: Mapping[str, str], system: str) -> bool:
    """Whether a process can be given the run's certificates: Go on macOS asks the keychain."""
    return not (run.get("AWS_CA_BUNDLE") and system == "Darwin")
