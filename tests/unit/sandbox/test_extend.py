from __future__ import annotations

from typing import Any

import pytest
from moto.core.model import OperationModel
from moto.core.utils import get_service_model

from orchestrator.sandbox import services


class Remembered(dict[Any, Any]):
    """Notes everything that is ever remembered: any of it can be what another thread is given."""

    def __init__(self) -> None:
        super().__init__()
        self.ever: list[object] = []

    def __setitem__(self, key: Any, value: Any) -> None:
        self.ever.append(value)
        super().__setitem__(key, value)


@pytest.mark.parametrize("service", ["securityhub", "s3", "sts"])
def test_no_thread_is_ever_given_an_operation_that_moto_cannot_use(service: str) -> None:
    services.install()
    model = get_service_model(service)
    model._instance_cache = remembered = Remembered()

    for name in model.operation_names:
        assert model.operation_model(name) is model.operation_model(name)

    assert len(remembered.ever) == len(model.operation_names)
    assert all(isinstance(each, OperationModel) for each in remembered.ever)


def test_an_operation_that_a_service_does_not_have_is_still_not_found() -> None:
    services.install()

    with pytest.raises(Exception, match="NoSuchOperation"):
        get_service_model("sts").operation_model("NoSuchOperation")
