"""SNS, SQS, Kinesis, MQ, Step Functions, Athena and OpenSearch.

Source: AWS Security Hub User Guide, "Security Hub controls for" each of them; AWS Config Developer
Guide, the managed rule that each names.
"""

from __future__ import annotations

from typing import Any

from orchestrator.sandbox.checks import answers
from orchestrator.sandbox.checks.answers import Reader, dig
from orchestrator.sandbox.checks.rule import (
    Parameters,
    Rule,
    Rules,
    Subject,
    filled,
    keys_of,
    named,
    on,
    tagged,
)

LATEST_TLS = "Policy-Min-TLS-1-2-PFS-2023-10"
PROTOCOLS = "HTTP", "Firehose", "Lambda", "Application", "SQS"


def _topics(reader: Reader) -> list[Any]:
    return [
        {
            **reader.get("sns", "get_topic_attributes", "Attributes", TopicArn=each["TopicArn"]),
            "TopicArn": each["TopicArn"],
        }
        for each in reader.all("sns", "list_topics", "Topics")
    ]


TOPIC = Subject("AwsSnsTopic", _topics, named("TopicArn"))


def _delivery_logged(topic: Any, _: Reader, __: Parameters) -> str:
    """Source: sns-topic-message-delivery-notification-enabled: for some protocol, of any result."""
    keys = (
        f"{each}{result}FeedbackRoleArn" for each in PROTOCOLS for result in ("Success", "Failure")
    )
    return "" if any(topic.get(key) for key in keys) else "deliveries are not logged"


def _open(policy: str) -> Any:
    """Source: sns-topic-no-public-access and sqs-queue-no-public-access."""
    return lambda each, _, __: (
        "its policy allows the public"
        if any(answers.everyone(s) for s in answers.statements(each.get(policy)))
        else ""
    )


def _topic_tags(topic: Any, reader: Reader) -> list[str]:
    arn = {"ResourceArn": topic["TopicArn"]}
    return keys_of(reader.all("sns", "list_tags_for_resource", "Tags", **arn))


def _queues(reader: Reader) -> list[Any]:
    return [
        {
            **reader.get(
                *("sqs", "get_queue_attributes", "Attributes"), QueueUrl=url, AttributeNames=["All"]
            ),
            "url": url,
        }
        for url in reader.all("sqs", "list_queues", "QueueUrls", MaxResults=1000)
    ]


QUEUE = Subject("AwsSqsQueue", _queues, named("QueueArn"))


def _queue_encrypted(queue: Any, _: Reader, __: Parameters) -> str:
    """Source: the text of SQS.1: by SQS's own key, or by one of KMS."""
    own = str(queue.get("SqsManagedSseEnabled")).lower() == "true"
    return "" if own or queue.get("KmsMasterKeyId") else "is not encrypted"


def _queue_tags(queue: Any, reader: Reader) -> list[str]:
    return keys_of(reader.get("sqs", "list_queue_tags", "Tags", QueueUrl=queue["url"]))


def _streams(reader: Reader) -> list[Any]:
    names = reader.all("kinesis", "list_streams", "StreamNames")
    return [
        reader.get(
            "kinesis", "describe_stream_summary", "StreamDescriptionSummary", StreamName=name
        )
        for name in names
    ]


STREAM = Subject("AwsKinesisStream", _streams, named("StreamARN"))


def _stream_encrypted(stream: Any, _: Reader, __: Parameters) -> str:
    """Source: kinesis-stream-encrypted."""
    return "" if stream.get("EncryptionType") == "KMS" else "is not encrypted"


def _stream_kept(stream: Any, _: Reader, parameters: Parameters) -> str:
    """Source: kinesis-stream-backup-retention-check, in hours; 168 by default."""
    hours = stream["RetentionPeriodHours"]
    wanted = parameters.get("minimumBackupRetentionPeriod", 168)
    return "" if hours >= wanted else f"is kept for {hours} hours"


def _stream_tags(stream: Any, reader: Reader) -> list[str]:
    name = {"StreamName": stream["StreamName"]}
    return keys_of(reader.all("kinesis", "list_tags_for_stream", "Tags", **name))


def _brokers(reader: Reader) -> list[Any]:
    return [
        reader.get("mq", "describe_broker", BrokerId=each["BrokerId"])
        for each in reader.all("mq", "list_brokers", "BrokerSummaries")
    ]


BROKER = Subject("AwsAmazonMqBroker", _brokers, named("BrokerArn"))


def _machines(reader: Reader) -> list[Any]:
    return [
        reader.get(
            "stepfunctions", "describe_state_machine", stateMachineArn=each["stateMachineArn"]
        )
        for each in reader.all("stepfunctions", "list_state_machines", "stateMachines")
    ]


MACHINE = Subject("AwsStepFunctionStateMachine", _machines, named("stateMachineArn"))


def _machine_logged(machine: Any, _: Reader, parameters: Parameters) -> str:
    """Source: step-functions-state-machine-logging-enabled; logLevel as set, else any but OFF."""
    level, wanted = (
        dig(machine, "loggingConfiguration", "level") or "OFF",
        parameters.get("logLevel"),
    )
    fit = level == wanted if wanted else level != "OFF"
    return "" if fit else f"logs at level {level}"


def _workgroups(reader: Reader) -> list[Any]:
    return [
        reader.get("athena", "get_work_group", "WorkGroup", WorkGroup=each["Name"])
        for each in reader.all("athena", "list_work_groups", "WorkGroups")
    ]


def _workgroup_arn(group: Any, reader: Reader) -> str:
    return reader.arn("athena", f"workgroup/{group['Name']}")


WORKGROUP = Subject("AwsAthenaWorkGroup", _workgroups, _workgroup_arn)


def _workgroup_tags(group: Any, reader: Reader) -> list[str]:
    arn = {"ResourceARN": _workgroup_arn(group, reader)}
    return keys_of(reader.all("athena", "list_tags_for_resource", "Tags", **arn))


def _domains(wanted: str) -> Any:
    """Those of OpenSearch, or those of the older Elasticsearch."""

    def listed(reader: Reader) -> list[Any]:
        names = reader.all("opensearch", "list_domain_names", "DomainNames")
        found = [
            reader.get("opensearch", "describe_domain", "DomainStatus", DomainName=e["DomainName"])
            for e in names
        ]
        return [each for each in found if _engine(each) == wanted]

    return listed


def _engine(domain: Any) -> str:
    version = str(domain.get("EngineVersion") or "")
    return "Elasticsearch" if version.startswith("Elasticsearch") else "OpenSearch"


DOMAIN = Subject("AwsOpenSearchServiceDomain", _domains("OpenSearch"), named("ARN"))
OLD_DOMAIN = Subject("AwsElasticsearchDomain", _domains("Elasticsearch"), named("ARN"))


def _tls(domain: Any, _: Reader, __: Parameters) -> str:
    """Source: opensearch-https-required and elasticsearch-https-required, tlsPolicies."""
    options = domain.get("DomainEndpointOptions") or {}
    if not options.get("EnforceHTTPS"):
        return "does not insist on HTTPS"
    policy = options.get("TLSSecurityPolicy")
    return "" if policy == LATEST_TLS else f"takes TLS as of {policy}"


def _domain_tags(domain: Any, reader: Reader) -> list[str]:
    return keys_of(reader.all("opensearch", "list_tags", "TagList", ARN=domain["ARN"]))


def _sends(log: str) -> Any:
    """Source: opensearch-logs-to-cloudwatch and opensearch-audit-logging-enabled."""

    def fault(domain: Any, _: Reader, __: Parameters) -> str:
        options = dig(domain, "LogPublishingOptions", log) or {}
        enabled = options.get("Enabled", True) and options.get("CloudWatchLogsLogGroupArn")
        return "" if enabled else f"sends no {log}"

    return fault


def _audited(broker: Any, _: Reader, __: Parameters) -> str:
    """Source: mq-cloudwatch-audit-log-enabled; of ActiveMQ."""
    if broker["EngineType"].upper() != "ACTIVEMQ":
        return ""
    return "" if dig(broker, "Logs", "Audit") else "sends no audit log"


def _delivery(reader: Reader) -> list[Any]:
    names = reader.all("firehose", "list_delivery_streams", "DeliveryStreamNames")
    return [
        reader.get(
            *("firehose", "describe_delivery_stream", "DeliveryStreamDescription"),
            DeliveryStreamName=name,
        )
        for name in names
    ]


def _waits_encrypted(stream: Any, _: Reader, __: Parameters) -> str:
    """Source: kinesis-firehose-delivery-stream-encrypted."""
    status = dig(stream, "DeliveryStreamEncryptionConfiguration", "Status")
    return "" if status == "ENABLED" else "is not encrypted"


DELIVERY = Subject("AwsKinesisFirehoseDeliveryStream", _delivery, named("DeliveryStreamARN"))
ERRORS, AUDITS = _sends("ES_APPLICATION_LOGS"), _sends("AUDIT_LOGS")

RULES: Rules = {
    "DataFirehose.1": (
        Rule("kinesis-firehose-delivery-stream-encrypted", DELIVERY, _waits_encrypted),
    ),
    "ES.4": (Rule("elasticsearch-logs-to-cloudwatch", OLD_DOMAIN, ERRORS),),
    "ES.5": (Rule("", OLD_DOMAIN, AUDITS),),
    "MQ.2": (Rule("mq-cloudwatch-audit-log-enabled", BROKER, _audited),),
    "Opensearch.4": (Rule("opensearch-logs-to-cloudwatch", DOMAIN, ERRORS),),
    "Opensearch.5": (Rule("opensearch-audit-logging-enabled", DOMAIN, AUDITS),),
    "Athena.3": (Rule("", WORKGROUP, tagged(_workgroup_tags)),),
    "Athena.4": (
        Rule(
            "athena-workgroup-logging-enabled",
            WORKGROUP,
            on("Configuration", "PublishCloudWatchMetricsEnabled", why="publishes no metrics"),
        ),
    ),
    "ES.9": (Rule("", OLD_DOMAIN, tagged(_domain_tags)),),
    "ES.8": (Rule("elasticsearch-https-required", OLD_DOMAIN, _tls),),
    "Kinesis.1": (Rule("kinesis-stream-encrypted", STREAM, _stream_encrypted),),
    "Kinesis.2": (Rule("", STREAM, tagged(_stream_tags)),),
    "Kinesis.3": (Rule("kinesis-stream-backup-retention-check", STREAM, _stream_kept),),
    "MQ.3": (
        Rule(
            "mq-auto-minor-version-upgrade-enabled",
            BROKER,
            on("AutoMinorVersionUpgrade", why="does not take minor versions by itself"),
        ),
    ),
    "MQ.4": (Rule("", BROKER, tagged(lambda each, _: keys_of(each.get("Tags")))),),
    "Opensearch.8": (Rule("opensearch-https-required", DOMAIN, _tls),),
    "Opensearch.9": (Rule("", DOMAIN, tagged(_domain_tags)),),
    "SNS.1": (
        Rule("sns-encrypted-kms", TOPIC, filled("KmsMasterKeyId", why="is not encrypted with KMS")),
    ),
    "SNS.2": (Rule("sns-topic-message-delivery-notification-enabled", TOPIC, _delivery_logged),),
    "SNS.3": (Rule("", TOPIC, tagged(_topic_tags)),),
    "SNS.4": (Rule("sns-topic-no-public-access", TOPIC, _open("Policy")),),
    "SQS.1": (Rule("sqs-queue-encrypted", QUEUE, _queue_encrypted),),
    "SQS.2": (Rule("", QUEUE, tagged(_queue_tags)),),
    "SQS.3": (Rule("sqs-queue-no-public-access", QUEUE, _open("Policy")),),
    "StepFunctions.1": (
        Rule("step-functions-state-machine-logging-enabled", MACHINE, _machine_logged),
    ),
}
