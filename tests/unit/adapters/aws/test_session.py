"""Where a session takes its settings from, and what it says when AWS does not answer."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from orchestrator.adapters.aws.credentials import Credentials
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.transport import transport
from orchestrator.errors import AwsDenied, Transient
from orchestrator.model.run import Outcome
from orchestrator.stages.attempts import outcome_of

HOME = "ap-northeast-1"
STATIC = {"AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "one", "AWS_MAX_ATTEMPTS": "1"}
NOTHING = {
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def _closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _file(folder: Path, text: str) -> str:
    file = folder / "credentials"
    file.write_text(text, "utf-8")
    return str(file)


def test_printing_credentials_shows_no_secret() -> None:
    printed = repr(Credentials("AKIA1", "the secret", "the token"))

    assert "AKIA1" in printed
    assert "the secret" not in printed
    assert "the token" not in printed


def test_static_keys_come_from_the_mapping() -> None:
    session = AwsSession({**STATIC, "AWS_SESSION_TOKEN": "t"}, HOME)

    assert session.credentials() == Credentials("AKIA1", "one", "t")


def test_a_profile_that_is_not_there_is_a_way_to_sign_in_that_does_not_work() -> None:
    with pytest.raises(AwsDenied, match=r"The config profile \(nobody\) could") as denied:
        AwsSession({**NOTHING, "AWS_PROFILE": "nobody"}, HOME).credentials()

    assert "set AWS_PROFILE" in denied.value.fix


def test_static_keys_come_before_a_profile(tmp_path: Path) -> None:
    file = _file(tmp_path, "[mine]\naws_access_key_id = AKIA2\naws_secret_access_key = two\n")
    environment = {**STATIC, "AWS_SHARED_CREDENTIALS_FILE": file, "AWS_PROFILE": "mine"}

    assert AwsSession(environment, HOME).credentials().access_key == "AKIA1"


@pytest.mark.parametrize("variable", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
def test_a_profile_is_found_in_the_files_the_mapping_names(tmp_path: Path, variable: str) -> None:
    file = _file(
        tmp_path,
        "[default]\naws_access_key_id = AKIA1\naws_secret_access_key = one\n"
        "[mine]\naws_access_key_id = AKIA2\naws_secret_access_key = two\n",
    )
    environment = {**NOTHING, "AWS_SHARED_CREDENTIALS_FILE": file, variable: "mine"}

    assert AwsSession(environment, HOME).credentials() == Credentials("AKIA2", "two")


def test_a_profile_may_have_a_process_give_its_keys(tmp_path: Path) -> None:
    keys = '{"Version": 1, "AccessKeyId": "AKIA3", "SecretAccessKey": "three"}'
    config = tmp_path / "config"
    config.write_text(f"[profile mine]\ncredential_process = echo '{keys}'\n", "utf-8")
    environment = {**NOTHING, "AWS_CONFIG_FILE": str(config), "AWS_PROFILE": "mine"}

    assert AwsSession(environment, HOME).credentials() == Credentials("AKIA3", "three")


def test_without_credentials_the_way_out_is_to_log_in() -> None:
    with pytest.raises(AwsDenied, match="AWS_PROFILE"):
        AwsSession(NOTHING, HOME).credentials()


def test_a_token_of_the_mapping_is_exchanged_for_a_role(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("a token", "utf-8")
    environment = {
        **NOTHING,
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
        "AWS_ROLE_ARN": "arn:aws:iam::200000000001:role/ci",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{_closed_port()}",
        "AWS_MAX_ATTEMPTS": "1",
    }

    with pytest.raises(AwsDenied, match="Could not connect to the endpoint URL"):
        AwsSession(environment, HOME).credentials()


def test_an_unreachable_endpoint_is_denied_and_names_the_call() -> None:
    environment = {**STATIC, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{_closed_port()}"}

    with pytest.raises(AwsDenied, match=r"sts:GetCallerIdentity .*(?s:.*)check the network"):
        AwsSession(environment, HOME).identity()


def test_an_endpoint_may_be_given_for_one_service() -> None:
    environment = {"AWS_ENDPOINT_URL": "http://all", "AWS_ENDPOINT_URL_S3": "http://s3"}

    assert transport(environment, "s3", HOME)["endpoint_url"] == "http://s3"
    assert transport(environment, "sts", HOME)["endpoint_url"] == "http://all"
    assert transport({}, "sts", HOME)["endpoint_url"] is None


@pytest.mark.parametrize(
    ("no_proxy", "proxied"),
    [
        ("", True),
        ("example.com", True),
        ("amazonaws.com", False),
        (".amazonaws.com", False),
        ("other.com, sts.ap-northeast-1.amazonaws.com", False),
        ("ws.com", True),
        ("*", False),
    ],
)
def test_proxies_of_the_mapping_are_used_but_where_they_are_not_wanted(
    no_proxy: str, proxied: bool
) -> None:
    environment = {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": no_proxy}

    config = transport(environment, "sts", HOME)["config"]

    assert vars(config)["proxies"] == ({"https": "http://proxy:3128"} if proxied else {})


def test_lower_case_names_of_proxies_count_too() -> None:
    config = transport({"http_proxy": "http://proxy:3128"}, "sts", HOME)["config"]

    assert vars(config)["proxies"] == {"http": "http://proxy:3128"}


def test_a_bundle_of_certificates_is_handed_on() -> None:
    assert transport({"AWS_CA_BUNDLE": "/certs.pem"}, "sts", HOME)["verify"] == "/certs.pem"


class Slow(BaseHTTPRequestHandler):
    """An AWS that asks for fewer requests."""

    def do_POST(self) -> None:
        body = b"<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>"
        self.send_response(400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_throttling_is_heard_each_time_also_where_botocore_tries_again() -> None:
    codes: list[str] = []
    with HTTPServer(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        endpoint = f"http://127.0.0.1:{server.server_port}"
        environment = {**STATIC, "AWS_ENDPOINT_URL": endpoint, "AWS_MAX_ATTEMPTS": "2"}
        with pytest.raises(AwsDenied) as raised:
            AwsSession(environment, HOME, codes.append).identity()
        server.shutdown()

    assert codes == ["Throttling", "Throttling"]
    assert raised.value.transient is Transient.THROTTLING


def test_an_aws_that_cannot_be_reached_may_be_another_time() -> None:
    environment = {**STATIC, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{_closed_port()}"}

    with pytest.raises(AwsDenied) as raised:
        AwsSession(environment, HOME).identity()

    assert raised.value.transient is Transient.NETWORK


class Stranger:
    """A server that answers every request with the same, which AWS would not."""

    def __init__(self, status: int, body: bytes = b"", size: int | None = None) -> None:
        """`size` is what it says that the body has."""

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.send_response(status)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body) if size is None else size))
                if status == 302:
                    self.send_header("Location", "https://portal.example.com/")
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_PUT = do_HEAD = do_POST  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> AwsSession:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        endpoint = f"http://127.0.0.1:{self._server.server_port}"
        return AwsSession({**STATIC, "AWS_ENDPOINT_URL": endpoint}, HOME)

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


PAGE = b"<!DOCTYPE html><html>sign in</html>"
CALLS = (
    ("sts", "GetCallerIdentity"),
    ("organizations", "DescribeOrganization"),
    ("accessanalyzer", "ListAnalyzers"),
    ("s3", "ListBuckets"),
    ("ec2", "DescribeRegions"),
)
"""One of each protocol that AWS speaks: query, json, rest-json, rest-xml, ec2."""


@pytest.mark.parametrize("call", CALLS, ids=[service for service, _ in CALLS])
@pytest.mark.parametrize(
    ("status", "body", "what"),
    [
        (200, PAGE, r"a web page \(HTTP 200\)"),
        (404, b"\n <html>no</html>", r"a web page \(HTTP 404\)"),
        (302, b"", r"a redirect \(HTTP 302\)"),
        (200, b"", "it is empty"),
    ],
    ids=["page", "page with an error", "redirect", "nothing"],
)
def test_an_answer_that_is_not_awss_is_never_taken_for_one(
    status: int, body: bytes, what: str, call: tuple[str, str]
) -> None:
    with Stranger(status, body) as session, pytest.raises(AwsDenied, match=what) as denied:
        session.call(*call)

    assert "HTTPS_PROXY and AWS_ENDPOINT_URL" in denied.value.fix


def test_an_answer_that_is_cut_off_cannot_be_read() -> None:
    with (
        Stranger(200, b"<GetCallerIdentityResponse><Get") as session,
        pytest.raises(AwsDenied, match="it cannot be read"),
    ):
        session.identity()


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_fault_of_aws_is_no_refusal_and_may_pass(status: int) -> None:
    with Stranger(status, PAGE) as session, pytest.raises(AwsDenied) as denied:
        session.call("organizations", "DescribeOrganization")

    assert denied.value.transient is Transient.FAULT
    assert "a fault of AWS" in denied.value.fix
    assert outcome_of(denied.value) is Outcome.FAILED


def test_what_a_bucket_holds_may_be_a_page_or_nothing() -> None:
    with Stranger(200, PAGE) as session:
        assert session.read("bucket", "page.html") == PAGE
    with Stranger(200) as session:
        assert session.read("bucket", "empty") == b""
        session.call("s3", "HeadBucket", Bucket="bucket")


def test_an_object_that_is_larger_than_any_of_ours_is_not_read() -> None:
    with Stranger(200, size=1 << 40) as session, pytest.raises(AwsDenied, match="the limit") as no:
        session.read("states", "200000000006/account/terraform.tfstate")

    assert "orchestrator state" in no.value.fix
