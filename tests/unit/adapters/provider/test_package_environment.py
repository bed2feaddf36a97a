from __future__ import annotations

import pytest

from orchestrator.adapters.provider.package import of_provider, understood


@pytest.mark.parametrize(
    "name",
    [
        *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"),
        *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"),
        *("AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CA_BUNDLE", "TF_LOG", "TF_REATTACH_PROVIDERS"),
        "PLUGIN_CLIENT_CERT",
    ],
)
def test_what_belongs_to_one_run_does_not_reach_a_process_of_many(name: str) -> None:
    assert name not in of_provider({name: "value"})


@pytest.mark.parametrize(
    "name", ["PATH", "HTTPS_PROXY", "NO_PROXY", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "GOGC"]
)
def test_how_aws_is_reached_does(name: str) -> None:
    assert of_provider({name: "value"})[name] == "value"


def test_files_with_credentials_are_nowhere() -> None:
    seen = of_provider({"AWS_SHARED_CREDENTIALS_FILE": "/run", "AWS_CONFIG_FILE": "/run"})

    assert {seen["AWS_SHARED_CREDENTIALS_FILE"], seen["AWS_CONFIG_FILE"]} == {"/dev/null"}


def test_a_bundle_is_handed_over_where_go_reads_it() -> None:
    assert of_provider({"AWS_CA_BUNDLE": "/b", "SSL_CERT_FILE": "/s"})["SSL_CERT_FILE"] == "/b"
    assert understood({"AWS_CA_BUNDLE": "/b"}, "Linux")
    assert not understood({"AWS_CA_BUNDLE": "/b"}, "Darwin")
