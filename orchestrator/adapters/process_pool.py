"""Processes of our own program that share work: each begins afresh and is not forked.

A fork would have the engine's memory without its threads.
"""

from __future__ import annotations

from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context


def process_pool(count: int) -> Executor:
    """`count` processes, which start when there is something to do. The caller shuts it down."""
    return ProcessPoolExecutor(count, get_context("spawn"))
