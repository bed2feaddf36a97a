"""What the bootstrap's template sees of the CI whose jobs may enter."""

from __future__ import annotations

from orchestrator.model.organization import Organization


def of_bootstrap(organization: Organization) -> dict[str, object] | None:
    """As the module ci_roles says it; None where nobody's jobs may enter."""
    hub, lab = organization.facts.ci.github, organization.facts.ci.gitlab
    if hub is None and lab is None:
        return None
    providers = {"github": hub, "gitlab": lab}
    return {
        "github": hub and {hub.repository: {"branch": hub.branch, "environment": hub.environment}},
        "gitlab": lab and {lab.project: {"branch": lab.branch}},
        "gitlab_url": lab and lab.url,
        "approval_keys": sorted(organization.facts.approval.keys.values()),
        "made_elsewhere": [n for n, each in providers.items() if each and not each.make_provider],
    }
