# ruff: noqa: E501  # a line of a log is as long as it is
"""Records that were once read wrongly, and what is right about them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from orchestrator.logs.ingest.formats.parser import Context, Ocsf
from orchestrator.logs.ingest.logfiles import parse
from orchestrator.logs.ingest.records import Raw, records
from orchestrator.logs.json_path import at
from tests.ocsf import problems

CASES = Path(__file__).parent / "cases"
NOW = datetime(2026, 11, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def events(name: str, written: datetime = NOW) -> list[Ocsf]:
    context = Context(BERLIN, NOW, written)
    with (CASES / name).open("rb") as stream:
        found = [parse(raw, "auto", context) for raw in records(stream)]
    assert [problems(each) for each in found] == [[]] * len(found)
    return found


def test_the_words_of_a_command_are_those_of_execve_and_not_registers_of_the_call() -> None:
    (event,) = events("auditd-execve.log")

    assert at(event, "process.cmd_line") == "auditctl -a exit,always -F arch=b32 -S execve"
    assert at(event, "process.pid") == 1360
    assert at(event, "actor.process.pid") == 1299
    assert at(event, "actor.user.uid") == "1000"


def test_audit_records_name_users_by_id_and_name_and_where_they_came_from() -> None:
    added, named, login, refused = events("auditd-names.log")

    assert added["user"] == {"uid": "1004"}
    assert named["user"] == {"uid": "500", "name": "example_created_user"}
    assert at(named, "actor.user") == {"uid": "1006", "name": "example_admin"}
    assert at(login, "src_endpoint") == {"ip": "89.160.20.156", "hostname": "client.example.net"}
    assert at(login, "user.uid") == "1000"
    assert [at(each, "device.hostname") for each in (added, login)] == ["unknown", "unknown"]
    assert (at(refused, "user.name"), refused["status_id"]) == ("(invalid user)", 2)


def test_a_session_of_a_newer_sshd_is_a_sign_in_as_well() -> None:
    bob, nobody = events("sshd-session.log")

    assert (bob["class_uid"], at(bob, "user.name"), bob["status_id"]) == (3002, "bob", 1)
    assert (nobody["class_uid"], at(nobody, "user.name"), nobody["status_id"]) == (3002, "x", 2)


def test_lines_on_both_sides_of_new_year_are_of_the_years_that_the_files_time_allows() -> None:
    found = events("year-rollover-auth.log", datetime(2025, 1, 3, tzinfo=UTC))

    assert [str(each["time_dt"])[:10] for each in found] == ["2024-12-30", "2025-01-01"]


def test_a_firewalls_refusals_severities_and_zones_are_as_cef_has_them() -> None:
    reject, refuse, prevent, allowed = events("cef.log")

    for each in (reject, refuse, prevent):
        assert (each["activity_id"], each["status_id"]) == (5, 2)
    assert (refuse["severity_id"], prevent["severity_id"]) == (2, 5)
    assert (allowed["status_id"], allowed["time_dt"]) == (1, "2026-03-01T10:00:00.000+00:00")


def test_of_two_times_the_one_that_says_its_zone_is_right_and_the_other_is_noted() -> None:
    sysmon, logon = events("windows-times.json")

    assert [str(each["time_dt"])[:19] for each in (sysmon, logon)] == ["2026-03-01T10:00:00"] * 2
    assert at(sysmon, "metadata.labels") is None
    assert at(logon, "metadata.labels") == ["clock:disagrees"]
    assert at(sysmon, "process.pid") is None


HOST_LINES: dict[str, tuple[str, int, dict[str, object]]] = {
    "sudo refused": (
        "Mar  1 10:00:00 web1 sudo:  mallory : 3 incorrect password attempts ; TTY=pts/1 ; PWD=/tmp ; USER=root ; COMMAND=/bin/sh -c id; id",
        3002,
        {"activity_id": 1, "status_id": 2, "user.name": "root", "actor.user.name": "mallory",
         "status_detail": "3 incorrect password attempts", "unmapped.command": "/bin/sh -c id; id"},
    ),
    "sudo not in sudoers": (
        "Mar  1 10:00:00 web1 sudo: mallory : user NOT in sudoers ; TTY=pts/1 ; PWD=/tmp ; USER=root ; COMMAND=/bin/sh",
        3002,
        {"status_id": 2, "actor.user.name": "mallory"},
    ),
    "sudo with everything": (
        "Mar  1 10:00:00 web1 sudo[7]: alice : HOST=web1 ; TTY=pts/1 ; PWD=/srv/a b ; USER=www ; GROUP=adm ; TSID=00000A ; ENV=A=1 B=2 ; COMMAND=/bin/echo a ; USER=x",
        1007,
        {"process.cmd_line": "/bin/echo a ; USER=x", "process.user.name": "www", "actor.user.name": "alice",
         "unmapped.env": "A=1 B=2", "unmapped.pwd": "/srv/a b", "process.pid": 7},
    ),
    "sudo without a terminal": (
        "Mar  1 10:00:00 web1 sudo: alice : PWD=/ ; USER=root ; COMMAND=/usr/bin/id",
        1007,
        {"process.cmd_line": "/usr/bin/id", "process.pid": None},
    ),
    "sudo session": (
        "Mar  1 10:00:00 web1 sudo: pam_unix(sudo:session): session opened for user root(uid=0) by alice(uid=1000)",
        3002,
        {"activity_id": 1, "user.uid": "0", "actor.user.name": "alice", "service.name": "sudo"},
    ),
    "session closed": (
        "Mar  1 10:00:00 web1 su: pam_unix(su:session): session closed for user root",
        3002,
        {"activity_id": 2, "status_id": 1, "user.name": "root"},
    ),
    "PAM failure": (
        "Mar  1 10:00:00 web1 sshd[5]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9  user=root",
        3002,
        {"status_id": 2, "user.name": "root", "src_endpoint.ip": "203.0.113.9", "is_remote": True},
    ),
    "PAM of old": (
        "Jun 14 15:16:01 combo sshd(pam_unix)[19939]: authentication failure; logname= uid=0 euid=0 tty=NODEVssh ruser= rhost=218.188.2.4",
        3002,
        {"status_id": 2, "user.name": "unknown", "src_endpoint.ip": "218.188.2.4", "service.name": "sshd"},
    ),
    "PAM locks": (
        "Mar  1 10:00:00 web1 sshd[5]: pam_faillock(sshd:auth): Consecutive login failures for user bob account temporarily locked",
        3001,
        {"activity_id": 9, "user.name": "bob"},
    ),
    "password changed": (
        "Mar  1 10:00:00 web1 passwd[5]: pam_unix(passwd:chauthtok): password changed for bob",
        3001,
        {"activity_id": 3, "user.name": "bob"},
    ),
    "useradd": (
        "Mar  1 10:00:00 web1 useradd[5]: new user: name=eve, UID=1003, GID=1003, home=/home/eve, shell=/bin/sh",
        3001,
        {"activity_id": 1, "user.name": "eve", "user.uid": "1003"},
    ),
    "su": (
        "Mar  1 10:00:00 web1 su[5]: FAILED SU (to root) bob on pts/0",
        3002,
        {"status_id": 2, "user.name": "root", "actor.user.name": "bob"},
    ),
    "a name that looks like an address": (
        "Mar  1 10:00:00 web1 sshd[5]: Failed password for invalid user root from 192.0.2.1 port 22 ssh2 from 203.0.113.9 port 4711 ssh2",
        3002,
        {"user.name": "root from 192.0.2.1 port 22 ssh2", "src_endpoint.ip": "203.0.113.9", "src_endpoint.port": 4711},
    ),
    "disconnected before a sign-in": (
        "Mar  1 10:00:00 web1 sshd[5]: Disconnected from 203.0.113.9 port 4711 [preauth]",
        0,
        {"unmapped.device.hostname": "web1"},
    ),
    "disconnected": (
        "Mar  1 10:00:00 web1 sshd[5]: Disconnected from user bob 203.0.113.9 port 4711",
        3002,
        {"activity_id": 2, "user.name": "bob", "src_endpoint.ip": "203.0.113.9"},
    ),
    "not allowed": (
        "Mar  1 10:00:00 web1 sshd[5]: User root from 203.0.113.9 not allowed because not listed in AllowUsers",
        3002,
        {"status_id": 2, "user.name": "root", "src_endpoint.ip": "203.0.113.9"},
    ),
    "repeated": (
        "Mar  1 10:00:00 web1 sshd[5]: message repeated 4 times: [ Failed password for root from 203.0.113.9 port 4711 ssh2]",
        3002,
        {"status_id": 2, "user.name": "root", "count": 4},
    ),
    "client with a port": (
        '203.0.113.7:50022 - - [01/Mar/2026:10:00:00 +0100] "GET / HTTP/1.1" 200 5',
        4002,
        {"src_endpoint.ip": "203.0.113.7", "src_endpoint.port": 50022},
    ),
    "virtual host": (
        'www.example.com:443 203.0.113.7 - - [01/Mar/2026:10:00:00 +0100] "GET / HTTP/1.1" 200 5 "-" "x"',
        4002,
        {"dst_endpoint.hostname": "www.example.com", "dst_endpoint.port": 443, "src_endpoint.ip": "203.0.113.7"},
    ),
    "Apache's errors": (
        "[Sun Mar 01 10:00:00.123456 2026] [authz_core:error] [pid 7:tid 8] [client 203.0.113.7:5000] AH01630: client denied",
        0,
        {"severity_id": 4, "time_dt": "2026-03-01T09:00:00.123+00:00", "unmapped.module": "authz_core"},
    ),
    "CEF's second clock": (
        "<189>Mar  1 10:00:00 fw1 CEF:0|A|B|1|1|x|3|rt=Mar 01 2026 04:00:00 EST src=192.0.2.1 dst=192.0.2.2 act=allow",
        4001,
        {"time_dt": "2026-03-01T09:00:00.000+00:00", "metadata.labels": None, "device.hostname": "fw1"},
    ),
    "CEF with a zone nobody knows": (
        "<189>Mar  1 10:00:00 fw1 CEF:0|A|B|1|1|x|3|rt=Mar 01 2026 04:00:00 XYZ src=192.0.2.1 dst=192.0.2.2",
        4001,
        {"time_dt": "2026-03-01T09:00:00.000+00:00", "status_id": 0},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOST_LINES)
def test_what_programs_of_a_host_say_is_of_its_class(name: str) -> None:
    text, class_uid, expected = HOST_LINES[name]

    event = parse(Raw(text, 1), "auto", Context(BERLIN, NOW, NOW))

    assert problems(event) == []
    assert event["class_uid"] == class_uid
    assert {path: at(event, path) for path in expected} == expected
