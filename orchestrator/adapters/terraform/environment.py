"""What Terraform sees of the machine: a whole environment, built by an allowlist."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

ALLOWED = re.compile(
    r"PATH|HOME|TMPDIR|USER|LOGNAME|LANG|LANGUAGE|LC_[A-Z]+|TZ"
    r"|(?:HTTPS?|ALL|NO)_PROXY|(?:https?|all|no)_proxy"
    r"|SSL_CERT_FILE|SSL_CERT_DIR|AWS_CA_BUNDLE|AWS_ENDPOINT_URL(?:_[A-Z0-9_]+)?"
    r"|AWS_USE_FIPS_ENDPOINT|AWS_USE_DUALSTACK_ENDPOINT|AWS_MAX_ATTEMPTS|AWS_RETRY_MODE"
    r"|TF_LOG|TF_LOG_CORE|TF_LOG_PROVIDER|TF_LOG_PATH"
)
"""No credentials and no profile: those come with the account that is entered. No TF_VAR_*,
TF_CLI_ARGS*, TF_WORKSPACE or TF_DATA_DIR either: they would change what was reviewed."""

FIXED = {
    "CHECKPOINT_DISABLE": "1",
    "TF_IN_AUTOMATION": "1",
    "TF_INPUT": "0",
    # Less garbage collection in Terraform and provider: a fifth of the CPU time for 150 MB.
    "GOGC": "400",
    # On a machine in EC2 the provider would else fall back to the machine's own role.
    "AWS_EC2_METADATA_DISABLED": "true",
}


def environment(caller: Mapping[str, str], cli_config: Path) -> dict[str, str]:
    """All that Terraform needs of `caller`, and what makes it quiet, offline and repeatable."""
    allowed = {name: value for name, value in caller.items() if ALLOWED.fullmatch(name)}
    return {**allowed, **FIXED, "TF_CLI_CONFIG_FILE": str(cli_config)}
