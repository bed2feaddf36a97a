"""Where AWS Step Functions answers, as moto has it."""

from moto.stepfunctions.urls import url_bases, url_paths

__all__ = ["url_bases", "url_paths"]
