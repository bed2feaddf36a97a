"""What is rendered of logs: in each stack its part, and nothing where nothing is chosen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.adapters.files import BuildFolders
from orchestrator.model.facts import LakeFacts, LakeSource, LogFacts, SiemFacts, SiemKind
from orchestrator.model.names import StackName
from orchestrator.model.organization import Account, Organization
from orchestrator.model.settings import Collected, Forwarded, LogForwarding, Logs
from orchestrator.render import Renderer, bootstrap_of, stacks_of
from tests.unit.render.builders import HOME, ROOT, SECOND, an_account, an_organization, settings
from tests.unit.render.terraform import all_valid, terraform

FORWARD = LogForwarding(
    cloudwatch=Forwarded.ARCHIVE, resolver_queries=Collected.LAKE, vpc_flow=Collected.ARCHIVE
)
LOGS = Logs(
    forward=FORWARD,
    excluded_log_groups={"/noisy": True, "/quiet": False},
    eks_clusters={"payments": True},
    vpcs={"vpc-0a1b2c3d": HOME},
)
LAKE = LakeFacts(enabled=True, sources={LakeSource.ROUTE53: True, LakeSource.EKS_AUDIT: True})
SIEM = SiemFacts(
    kind=SiemKind.OPENSEARCH,
    vpc="vpc-1a2b3c4d",
    subnets={"subnet-0a1b2c3d": True, "subnet-1a2b3c4d": True, "subnet-2a3b4c5d": True},
    clients={"10.20.0.0/16": True},
    master_role="siem-administrator",
    reader_roles={"siem-analyst": True, "former-analyst": False},
)
FACTS = LogFacts(destinations={HOME: True, SECOND: False}, lake=LAKE, siem=SIEM)
WITHOUT = FACTS.model_copy(
    update={
        "lake": LakeFacts(),
        "siem": SIEM.model_copy(
            update={"sources": {LakeSource.VPC_FLOW: True, LakeSource.ROUTE53: True}}
        ),
    }
)


def with_logs(logs: Logs = LOGS, facts: LogFacts = FACTS) -> Organization:
    def forwarding(account: Account) -> Account:
        return replace(account, settings=settings().model_copy(update={"logs": logs}))

    plain = an_organization(an_account())
    return replace(
        plain,
        facts=plain.facts.model_copy(update={"logs": facts}),
        accounts=tuple(map(forwarding, plain.accounts)),
    )


SERVERLESS = FACTS.model_copy(
    update={"siem": SIEM.model_copy(update={"kind": SiemKind.SERVERLESS})}
)


def rendered(organization: Organization, stack: StackName, account: str = "") -> str:
    """main.tf of the first such stack, of `account` if one is named."""
    keys = (bootstrap_of(organization), *stacks_of(organization))
    named = [k for k in keys if k.stack is stack and account in ("", k.account_name)]
    rendering = Renderer(ROOT).render(organization, named[0])
    return dict(rendering.files)["main.tf"]


def module(text: str, name: str) -> str:
    """The call of a module, without the blanks that put signs below each other."""
    assert f'module "{name}" {{' in text, name
    inner = text.partition(f'module "{name}" {{')[2].partition("\n}\n")[0]
    return "\n".join(" ".join(line.split()) for line in inner.splitlines())


def test_an_account_forwards_where_there_is_a_destination_or_a_vpc() -> None:
    text = rendered(with_logs(), StackName.ACCOUNT, "orders-prod")

    call = module(text, "log_forwarding_ap_northeast_1")
    assert 'archive_sources = ["VPC_FLOW"]' in call
    assert f"logs:{HOME}:200000000003:destination:orchestrator-logs" in call
    assert 'vpc_ids = ["vpc-0a1b2c3d"]' in call
    assert "log_forwarding_us_east_1" not in text


def test_log_groups_that_the_lake_collects_already_are_left_out() -> None:
    call = module(
        rendered(with_logs(), StackName.ACCOUNT, "orders-prod"), "log_forwarding_ap_northeast_1"
    )

    assert 'excluded_log_groups = ["/aws/eks/payments/cluster", "/noisy"]' in call


def test_a_cluster_is_forwarded_like_any_group_where_the_lake_does_not_collect_it() -> None:
    without = with_logs(facts=FACTS.model_copy(update={"lake": LakeFacts()}))

    call = module(
        rendered(without, StackName.ACCOUNT, "orders-prod"), "log_forwarding_ap_northeast_1"
    )

    assert 'excluded_log_groups = ["/noisy"]' in call


def test_the_archive_has_destinations_and_a_provider_for_those_that_are_gone() -> None:
    organization = with_logs()
    key = next(k for k in stacks_of(organization) if k.stack is StackName.LOG_ARCHIVE)
    files = dict(Renderer(ROOT).render(organization, key).files)

    assert 'module "log_destination_ap_northeast_1"' in files["main.tf"]
    assert "log_destination_us_east_1" not in files["main.tf"]
    assert '"us_east_1"' in files["providers.tf"]


def test_the_archive_tells_each_pipeline_of_new_files() -> None:
    call = module(rendered(with_logs(facts=WITHOUT), StackName.LOG_ARCHIVE), "log_archive")

    assert 'queue_reader_arn = "arn:aws:iam::200000000002:role/orchestrator-siem-pipeline"' in call
    assert 'flow = "arn:aws:iam::200000000002:role/orchestrator-siem-flow-pipeline"' in call


def test_the_archive_tells_nobody_of_new_files_where_the_lake_does() -> None:
    call = module(rendered(with_logs(), StackName.LOG_ARCHIVE), "log_archive")

    assert "queue_reader" not in call


def test_each_kind_of_file_of_the_archive_has_a_pipeline_and_all_write() -> None:
    text = rendered(with_logs(facts=WITHOUT), StackName.SECURITY)

    trail, flow = module(text, "siem_ingestion"), module(text, "siem_ingestion_flow")
    assert 'bucket_arns = ["arn:aws:s3:::example-logs-cloudtrail"]' in trail
    assert 'bucket_arns = ["arn:aws:s3:::example-logs-logs"]' in flow
    assert "dead_letter_bucket = module.siem_ingestion.dead_letter_bucket" in flow
    pipelines = ("siem_ingestion", "siem_ingestion_flow", "siem_ingestion_resolver")
    writers = ", ".join(f"module.{name}.role_arn" for name in pipelines)
    assert f"writer_role_arns = [{writers}]" in module(text, "siem")


def test_one_pipeline_reads_all_that_the_lake_collects_and_custom_sources() -> None:
    siem = SIEM.model_copy(
        update={
            "sources": {LakeSource.EKS_AUDIT: False},
            "custom_sources": {"onprem-ssh-3002": True, "onprem-web-4002": False},
        }
    )
    facts = FACTS.model_copy(update={"siem": siem})

    text = rendered(with_logs(facts=facts), StackName.SECURITY)

    subscriber = module(text, "siem_subscriber")
    assert 'sources = ["ROUTE53"]' in subscriber
    assert 'custom_sources = ["onprem-ssh-3002"]' in subscriber
    assert "queue_arn = module.siem_subscriber.endpoint" in module(text, "siem_ingestion")
    assert text.count("source_logs") == 1


@pytest.mark.parametrize(
    ("facts", "source"),
    [(FACTS, "siem_opensearch"), (SERVERLESS, "siem_opensearch_serverless")],
    ids=["a domain", "a collection"],
)
def test_the_security_account_has_what_logs_are_searched_in(facts: LogFacts, source: str) -> None:
    text = rendered(with_logs(facts=facts), StackName.SECURITY)

    call = module(text, "siem")
    assert f'/_modules/{source}"' in call
    assert 'reader_role_arns = ["arn:aws:iam::200000000002:role/siem-analyst"]' in call
    fed = module(text, "siem_ingestion")
    assert 'bucket_arns = [module.security_lake.bucket_arns["ap-northeast-1"]]' in fed
    assert ("network_policy_name" in fed) is (facts is SERVERLESS)


def test_the_lake_collects_what_was_chosen_in_every_governed_region() -> None:
    call = module(rendered(with_logs(), StackName.SECURITY), "security_lake")

    assert 'sources = ["EKS_AUDIT", "ROUTE53"]' in call
    assert 'regions = ["ap-northeast-1", "us-east-1"]' in call


@pytest.mark.parametrize(
    ("stack", "name", "expected"),
    [
        (StackName.ACCOUNT, "orchestrator_roles", '["cloudwatch", "vpc_flow"]'),
        (
            StackName.BOOTSTRAP,
            "orchestrator_roles_security",
            '["cloudwatch", "lake", "siem", "siem_lake", "vpc_flow"]',
        ),
        (
            StackName.BOOTSTRAP,
            "orchestrator_roles_log_archive",
            '["cloudwatch", "destination", "vpc_flow"]',
        ),
    ],
)
def test_roles_get_the_permissions_of_what_is_enabled(
    stack: StackName, name: str, expected: str
) -> None:
    account = "orders-prod" if stack is StackName.ACCOUNT else ""

    assert f"logs = {expected}" in module(rendered(with_logs(), stack, account), name)


def test_nothing_is_rendered_where_nothing_is_chosen() -> None:
    plain = an_organization(an_account())

    for key in (bootstrap_of(plain), *stacks_of(plain)):
        text = rendered(plain, key.stack, key.account_name)
        assert not any(word in text for word in ("log_destination", "log_forwarding", "siem"))
        assert "security_lake" not in text
        assert "logs =" not in " ".join(text.split())


ROOTS = [
    (FACTS, StackName.BOOTSTRAP, "management"),
    (FACTS, StackName.LOG_ARCHIVE, "log-archive"),
    (FACTS, StackName.SECURITY, "security"),
    (FACTS, StackName.ACCOUNT, "orders-prod"),
    (SERVERLESS, StackName.SECURITY, "security"),
    (WITHOUT, StackName.BOOTSTRAP, "management"),
    (WITHOUT, StackName.LOG_ARCHIVE, "log-archive"),
    (WITHOUT, StackName.SECURITY, "security"),
]


def written(folder: Path, facts: LogFacts, stack: StackName, account: str) -> Path:
    """The root in a folder of its own."""
    organization = with_logs(facts=facts)
    keys = (bootstrap_of(organization), *stacks_of(organization))
    (key,) = [k for k in keys if (k.stack, k.account_name) == (stack, account)]
    return BuildFolders(folder / f"{facts.siem.kind}-{facts.lake.enabled}").write(
        Renderer(ROOT).render(organization, key)
    )


@pytest.mark.terraform
def test_roots_with_logs_are_as_terraform_fmt_writes_them(tmp_path: Path) -> None:
    for facts, stack, account in ROOTS:
        written(tmp_path, facts, stack, account)

    assert terraform(tmp_path, "fmt", "-check", "-diff", "-recursive") == ""


@pytest.mark.terraform
def test_roots_with_logs_are_valid(tmp_path: Path) -> None:
    roots = [written(tmp_path, facts, stack, account) for facts, stack, account in ROOTS]

    assert all_valid(tmp_path, roots)
