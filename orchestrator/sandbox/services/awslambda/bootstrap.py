"""The process a function runs in: `bootstrap.py FOLDER`, with the event and the result in FOLDER.

Imports nothing of ours: the function sees its own code, and boto3 where it brings none.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
import traceback
import uuid
from pathlib import Path
from typing import Any


class Context:
    """What AWS Lambda tells a handler about its invocation."""

    def __init__(self) -> None:
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.invoked_function_arn = os.environ["AWS_LAMBDA_FUNCTION_ARN"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = "sandbox"
        self.aws_request_id = str(uuid.uuid4())
        self._end = time.monotonic() + float(os.environ["AWS_LAMBDA_FUNCTION_TIMEOUT"])

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._end - time.monotonic()) * 1000))


def main(folder: Path) -> int:
    """Call the handler once. 1 when it raised."""
    sys.path[0] = str(Path.cwd())
    event = json.loads((folder / "event.json").read_text())
    answer, code = _call(event)
    (folder / "result.json").write_text(json.dumps(answer))
    return code


def _call(event: Any) -> tuple[Any, int]:
    try:
        module, name = os.environ["_HANDLER"].rsplit(".", 1)
        handler = getattr(importlib.import_module(module.replace("/", ".")), name)
        return json.loads(json.dumps(handler(event, Context()))), 0
    except Exception as error:  # noqa: BLE001  whatever the handler raises is its answer
        traceback.print_exc()
        described = {
            "errorMessage": str(error),
            "errorType": type(error).__name__,
            "stackTrace": traceback.format_tb(error.__traceback__),
        }
        return described, 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
