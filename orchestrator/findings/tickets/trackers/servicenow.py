"""Incidents of ServiceNow, by its Table API. They carry their key in `correlation_id`.

Source: ServiceNow API reference, "Table API"; product documentation, "Incident states" and "Journal
field type": a multi-line text has 4,000 characters, and journals show text between code tags as
HTML, so that no value from outside goes into one. A short description has 160 characters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.findings.tickets.ticket import Content, Ticket
from orchestrator.findings.tickets.trackers import plain
from orchestrator.findings.tickets.trackers.api import Api, Comment, TrackerError

TABLE = "/api/now/table/incident"
JOURNAL = "/api/now/table/sys_journal_field"
FIELDS = "sys_id,state,correlation_id"
LONGEST_TITLE = 160
LONGEST_DESCRIPTION = 4_000
IN_PROGRESS, RESOLVED = "2", "6"
FINAL = frozenset({"7", "8"})
"""Closed and canceled: nobody opens those again."""
CLOSE_CODE = "Solution provided"
PER_PAGE = 100


class ServiceNow:
    """`project` is the sys_id of the group that incidents are assigned to."""

    def __init__(self, api: Api, project: str) -> None:
        self._api = api
        self._group = project

    def find(self, key: str) -> Ticket | None:
        """The newest, if there is none open: an older one may be closed for good.

        ServiceNow leaves out what it does not understand of a query, or a user may not search by,
        and answers the rest of it: somebody else's incidents. Source: Table API, sysparm_query.
        """
        query = f"correlation_id={key}^ORDERBYDESCsys_created_on"
        answer = self._api.get(
            TABLE, sysparm_query=query, sysparm_fields=FIELDS, sysparm_limit=PER_PAGE
        )
        if any(incident.get("correlation_id") != key for incident in answer["result"]):
            raise TrackerError(f"{self._api.host}: incidents cannot be searched by correlation_id")
        found = [_ticket(incident) for incident in answer["result"]]
        return next((ticket for ticket in found if ticket.open), found[0] if found else None)

    def look(self, place: str) -> Ticket | None:
        answer = self._api.there(f"{TABLE}/{place}", sysparm_fields=FIELDS)
        return _ticket(answer["result"]) if answer else None

    def create(self, content: Content) -> Ticket:
        incident = {
            **_written(content),
            "assignment_group": self._group,
            "correlation_display": "orchestrator",
            "correlation_id": content.key,
        }
        return _ticket(self._api.call("POST", TABLE, incident)["result"])

    def update(self, place: str, content: Content) -> None:
        self._api.call("PATCH", f"{TABLE}/{place}", _written(content))

    def comment(self, place: str, text: str) -> None:
        self._api.call("PATCH", f"{TABLE}/{place}", {"work_notes": text})

    def close(self, place: str) -> None:
        """Resolved; ServiceNow closes it by itself some days later."""
        resolved = {"state": RESOLVED, "close_code": CLOSE_CODE, "close_notes": "Nothing fails."}
        self._api.call("PATCH", f"{TABLE}/{place}", resolved)

    def reopen(self, place: str) -> None:
        self._api.call("PATCH", f"{TABLE}/{place}", {"state": IN_PROGRESS})

    def comments(self, place: str) -> tuple[Comment, ...]:
        found: list[Comment] = []
        query = f"element_id={place}^elementINcomments,work_notes^ORDERBYsys_created_on"
        while True:
            page = self._api.get(
                JOURNAL,
                sysparm_query=query,
                sysparm_fields="value,sys_created_by,element_id",
                sysparm_limit=PER_PAGE,
                sysparm_offset=len(found),
            )["result"]
            if any(each.get("element_id") != place for each in page):
                raise TrackerError(f"{self._api.host}: comments cannot be searched by incident")
            found += (Comment(each["sys_created_by"], each["value"]) for each in page)
            if len(page) < PER_PAGE:
                return tuple(found)


def _written(content: Content) -> dict[str, Any]:
    return {
        "short_description": content.title[:LONGEST_TITLE],
        "description": plain.body(content, LONGEST_DESCRIPTION),
    }


def _ticket(incident: Mapping[str, Any]) -> Ticket:
    state = str(incident["state"])
    return Ticket(
        str(incident["sys_id"]), open=state not in {RESOLVED, *FINAL}, final=state in FINAL
    )
