"""Regular expressions of AWS's service models, which are Java's, as Python runs them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from functools import cache

import regex

SURROGATES = re.compile(r"\\u[dD]800\\u[dD][cC]00-\\u[dD][bB][fF]{2}\\u[dD][fF]{3}")
"""Java's way to write every character beyond the first 65,536."""

BEYOND = r"\\U00010000-\\U0010FFFF"
DASH_AFTER_CLASS = re.compile(r"(\\[wdsWDS])-")
"""`[\\w-.]`: in Java the dash is a dash, in Python a broken range."""

AT_MOST = 1.0
"""Seconds for one match; what takes longer counts as matched."""

Matches = Callable[[str], bool]


@cache
def translate(pattern: str) -> Matches | None:
    """What says whether a whole text matches `pattern`; None where Python cannot say it.

    Source: Java's `java.util.regex.Pattern`: \\w, \\d and \\s are ASCII, `&&` intersects classes.
    Here they are Unicode's beside a `\\p{…}`, which Python would narrow to ASCII with them.
    """
    text = DASH_AFTER_CLASS.sub(r"\1\\-", SURROGATES.sub(BEYOND, pattern))
    text = text.replace(r"\z", r"\Z")
    flags = regex.VERSION1 if "&&" in text else regex.VERSION0
    if r"\p" not in text and r"\P" not in text:
        flags |= regex.ASCII
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compiled = regex.compile(text, flags)
    except regex.error:
        return None

    def matches(value: str) -> bool:
        try:
            return compiled.fullmatch(value, timeout=AT_MOST) is not None
        except TimeoutError:
            return True

    return matches
