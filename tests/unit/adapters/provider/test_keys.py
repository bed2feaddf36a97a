from __future__ import annotations

from pathlib import Path

import msgpack
import pytest

from orchestrator.adapters.provider import keys
from orchestrator.adapters.provider.keys import Keys, Lacking

HELD = Keys("AKIA", "secret", "token")
UNKNOWN = msgpack.ExtType(0, b"\0")


def filled(run: dict[str, Keys], **config: object) -> dict[str, object]:
    packed = msgpack.packb({"profile": None, "access_key": None, **config})
    return dict(msgpack.unpackb(keys.fill(packed, run)))


def test_a_profile_is_replaced_by_the_keys_of_the_run() -> None:
    config = filled({"1": HELD}, profile="1", region="eu-west-1")

    assert config == {
        "profile": None,
        "access_key": "AKIA",
        "secret_key": "secret",
        "token": "token",
        "region": "eu-west-1",
    }


def test_what_is_not_known_yet_stays_unknown() -> None:
    assert filled({"1": HELD}, profile="1", endpoints=UNKNOWN)["endpoints"] == UNKNOWN


def test_a_block_without_a_profile_gets_what_the_environment_of_the_run_holds() -> None:
    env = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "secret"}

    config = filled(dict(keys.of_run(env)))

    assert (config["access_key"], config["token"]) == ("AKIA", None)


def test_keys_that_a_block_names_itself_are_left_alone() -> None:
    assert filled({}, access_key="own")["access_key"] == "own"


@pytest.mark.parametrize("profile", ["2", None, UNKNOWN])
def test_a_block_for_which_the_run_has_no_keys_is_refused(profile: object) -> None:
    with pytest.raises(Lacking, match="the run has no credentials"):
        filled({"1": HELD}, profile=profile)


def test_profiles_are_read_from_the_file_of_the_run(tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    file.write_text(
        "[1]\naws_access_key_id = AKIA\naws_secret_access_key = se%cret\n"
        "aws_session_token = token\n\n[empty]\nregion = here\n"
    )

    found = keys.of_run({"AWS_SHARED_CREDENTIALS_FILE": str(file)})

    assert found == {"1": Keys("AKIA", "se%cret", "token")}


def test_keys_are_not_shown() -> None:
    assert "secret" not in repr(HELD)
    assert "AKIA" not in repr(HELD)
