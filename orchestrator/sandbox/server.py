"""The sandbox's process: `python -m orchestrator.sandbox.server --port 0 --home DIR`.

DIR holds fleet.json, the organization to begin with. The process writes sandbox.json there once
it answers, and requests.jsonl. `lifecycle` starts it, with the environment that moto reads.
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import signal
import socket
import sys
import warnings
from pathlib import Path

from orchestrator.sandbox import delays, economy
from orchestrator.sandbox.application import Options, build
from orchestrator.sandbox.faults import parse
from orchestrator.sandbox.fleet import from_json
from orchestrator.sandbox.http_server import Server
from orchestrator.sandbox.journal import LIMIT
from orchestrator.sandbox.seed import new_key
from orchestrator.sandbox.state import FLEET, State, environment


def main(argv: list[str]) -> int:
    """Serve until SIGTERM."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    # moto warns of every error that AWS's own model does not list, such as AccessDenied.
    warnings.simplefilter("ignore")
    arguments = _arguments(argv)
    home: Path = arguments.home
    fleet = from_json((home / FLEET).read_text(encoding="utf-8"))
    economy.install()
    key = new_key(fleet.management_id)
    server = Server(_listener(arguments), build(home, fleet, key, _options(arguments)))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    variables = environment(server.port, key.id, key.secret, fleet.region)
    State(os.getpid(), server.port, variables).write(home)
    # What is there now stays for good: the collector need not look at it again.
    gc.freeze()
    server.serve_forever()
    return 0


def _listener(arguments: argparse.Namespace) -> socket.socket:
    if arguments.fd is not None:
        return socket.socket(fileno=arguments.fd)
    return socket.create_server(("127.0.0.1", arguments.port), backlog=1024)


def _options(arguments: argparse.Namespace) -> Options:
    return Options(
        faults=tuple(parse(text) for text in arguments.fault),
        seed=arguments.seed,
        journal_bytes=arguments.journal_bytes,
        delays=delays.seconds(arguments.delay),
        failing=tuple(delays.failure(text) for text in arguments.fail),
    )


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="orchestrator.sandbox.server")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--fd", type=int, help="a socket that listens already, instead of a port")
    parser.add_argument("--fault", action="append", default=[])
    parser.add_argument("--delay", action="append", default=[])
    parser.add_argument("--fail", action="append", default=[])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--journal-bytes", type=int, default=LIMIT)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
