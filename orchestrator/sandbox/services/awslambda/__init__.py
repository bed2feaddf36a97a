"""AWS Lambda: a deployed zip runs, in a process of its own, as its function's role.

The package has moto's name for the service; `lambda` is a word of Python.
"""

from __future__ import annotations

from moto.awslambda import urls
from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.awslambda.responses import LambdaResponse
from moto.sqs.models import Queue

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.awslambda import event_sources, models, runner


def install() -> None:
    extend.amend(LambdaFunction, "_invoke_lambda", runner.invoke)
    extend.amend(LambdaFunction, "__init__", models.remember)
    extend.amend(LambdaFunction, "update_configuration", models.update_configuration)
    extend.amend(LambdaFunction, "get_configuration", models.get_configuration)
    extend.amend(LambdaBackend, "create_function", models.create_function)
    extend.amend(LambdaBackend, "publish_version", models.publish_version)
    extend.amend(LambdaBackend, "invoke", models.invoke)
    for name in ("update_function_code", "update_function_configuration"):
        extend.amend(LambdaBackend, name, models.change)
    for name in ("create_event_source_mapping", "delete_event_source_mapping"):
        extend.amend(LambdaBackend, name, getattr(event_sources, name))
    extend.amend(LambdaBackend, "put_function_concurrency", models.put_function_concurrency)
    LambdaResponse.get_account_settings = models.get_account_settings
    urls.url_paths["{0}/2016-08-19/account-settings/?$"] = LambdaResponse.dispatch
    extend.amend(Queue, "add_message", event_sources.add_message)
