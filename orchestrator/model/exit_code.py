"""What the process says to the program that started it."""

from enum import IntEnum


class ExitCode(IntEnum):
    DONE = 0
    BUG = 1
    CONFIGURATION = 2
    GATE_REFUSED = 3
    DRIFT = 4
    TERRAFORM_FAILED = 5
    AWS_DENIED = 6
    INCOMPLETE = 7
    LEASE_LOST = 8
    INTERRUPTED = 130
