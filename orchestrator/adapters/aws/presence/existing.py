"""The existing port: AWS, asked for each resource that a plan means to create."""

from __future__ import annotations

from orchestrator.adapters.aws.keyring import Keyring
from orchestrator.adapters.aws.presence.registry import FINDERS
from orchestrator.adapters.aws.presence.remembering import Remembering
from orchestrator.adapters.aws.presence.wanted import NotYet, Seen, Wanted
from orchestrator.adapters.aws.questions.asking import Aws
from orchestrator.adapters.terraform.intended import Intent, intents
from orchestrator.errors import AwsDenied
from orchestrator.model.adopted import has_address
from orchestrator.model.adopting import Presence, Sight
from orchestrator.model.plan import Action, Plan
from orchestrator.ports import Purpose


class AwsExisting:
    """See ports.Existing."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def look(self, plan: Plan, purpose: Purpose) -> tuple[Sight, ...]:
        """See ports.Existing."""
        if not plan.count(Action.CREATE):
            return ()
        wanted = intents(plan.json_file)
        aws = Remembering(self._keyring.session(plan.key.account_id, purpose))
        return tuple(sight(aws, Wanted(plan.key.account_id, each, wanted)) for each in wanted)


def sight(aws: Aws, wanted: Wanted) -> Sight:
    """What there is of one resource."""
    intent = wanted.intent
    seen = _seen(aws, wanted, intent)
    return Sight(intent.address, seen.presence, seen.id, seen.says, seen.fix)


def _seen(aws: Aws, wanted: Wanted, intent: Intent) -> Seen:
    finder = FINDERS.get(intent.type)
    if finder is None:
        return Seen(Presence.UNKNOWN, says=f"nobody knows how to ask for an {intent.type}")
    if not has_address(intent.address):
        return Seen(Presence.UNKNOWN, says="no import block can be written for this address")
    if not intent.region:
        return Seen(Presence.UNKNOWN, says="its provider does not say in which region it is")
    try:
        return finder(aws, wanted)
    except NotYet as waits:
        return Seen(Presence.WAITS, says=f"'{waits}' is known only afterwards")
    except AwsDenied as denied:
        return Seen(Presence.UNKNOWN, says=f"{denied.call}: {denied.reason}")
