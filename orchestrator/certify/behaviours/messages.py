"""SQS, SNS, EventBridge, Lambda, CloudWatch Logs, Step Functions: the way of a finding."""

from __future__ import annotations

from orchestrator.certify.behaviour import (
    Behaviour,
    Call,
    Json,
    Like,
    document,
    documented,
    reported,
)

NAME = "certify-<run>"
QUEUE = Call("sqs", "CreateQueue", {"QueueName": NAME}, keeps={"queue": "QueueUrl"})
QUEUE_ARN = f"arn:aws:sqs:<region>:<member>:{NAME}"
QUEUE_GONE = Call("sqs", "DeleteQueue", {"QueueUrl": "<queue>"})
TOPIC = Call("sns", "CreateTopic", {"Name": NAME}, keeps={"topic": "TopicArn"})
TOPIC_GONE = Call("sns", "DeleteTopic", {"TopicArn": "<topic>"})
PATTERN = '{"source": ["certify.<run>"]}'
RULE = Call("events", "PutRule", {"Name": NAME, "EventPattern": PATTERN})
RULE_GONE = Call("events", "DeleteRule", {"Name": NAME})
DELETED_RECENTLY = "AWS.SimpleQueueService.QueueDeletedRecently"
QUOTAS_SQS = "Amazon SQS Developer Guide, Amazon SQS message quotas and queue quotas"
SCHEDULES = "Amazon EventBridge User Guide, Cron and rate expressions"


def queue(name: str, says: str, code: str, attributes: Json) -> Behaviour:
    call = Call("sqs", "CreateQueue", {"QueueName": NAME, "Attributes": attributes}, refused=code)
    return Behaviour(f"sqs.{name}", says, documented(QUOTAS_SQS), (call,))


def rule(name: str, says: str, source: str, code: str, parameters: Json) -> Behaviour:
    call = Call("events", "PutRule", {"Name": NAME, **parameters}, refused=code)
    return Behaviour(f"events.{name}", says, documented(source), (call,), after=(RULE_GONE,))


def function(name: str, says: str, source: str, code: str, parameters: Json) -> Behaviour:
    whole: Json = {
        "FunctionName": NAME,
        "Runtime": "python3.12",
        "Handler": "index.handler",
        "Role": f"arn:aws:iam::<member>:role/{NAME}",
        "Code": {"ZipFile": ZIP},
        **parameters,
    }
    call = Call("lambda", "CreateFunction", whole, refused=code)
    gone = Call("lambda", "DeleteFunction", {"FunctionName": NAME})
    role = Call(
        "iam",
        "CreateRole",
        {"RoleName": NAME, "AssumeRolePolicyDocument": trusting("lambda.amazonaws.com")},
    )
    role_gone = Call("iam", "DeleteRole", {"RoleName": NAME})
    return Behaviour(
        f"lambda.{name}", says, documented(source), (call,), (role,), (gone, role_gone)
    )


def trusting(service: str) -> str:
    return document(
        {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    )


ZIP = bytes.fromhex(
    "504b03040a00000000000000210000000000000000000000000008000000696e6465782e7079"
    "504b01021e030a000000000000002100000000000000000000000000080000000000000000000000a4810000"
    "0000696e6465782e7079504b0506000000000100010036000000260000000000"
)
"""An archive of an empty index.py."""

BEHAVIOURS = (
    Behaviour(
        "sqs.names-have-few-characters",
        "A queue's name has letters, digits, hyphens and underscores only.",
        documented(QUOTAS_SQS),
        (
            Call(
                "sqs",
                "CreateQueue",
                {"QueueName": "certify/<run>"},
                refused="InvalidParameterValue",
            ),
        ),
    ),
    queue(
        "invisible-for-12-hours",
        "A message is invisible for 43,200 seconds at most.",
        "InvalidAttributeValue",
        {"VisibilityTimeout": "43201"},
    ),
    queue(
        "kept-for-14-days",
        "A message is kept for 1,209,600 seconds at most.",
        "InvalidAttributeValue",
        {"MessageRetentionPeriod": "1209601"},
    ),
    Behaviour(
        "sqs.names-rest-for-a-minute",
        "A queue's name is free again a minute after the queue was deleted.",
        documented("Amazon SQS API Reference, DeleteQueue"),
        (Call("sqs", "CreateQueue", {"QueueName": NAME}, refused=DELETED_RECENTLY),),
        (QUEUE, QUEUE_GONE),
    ),
    Behaviour(
        "sqs.messages-have-no-control-characters",
        "A message with a control character is refused.",
        documented("Amazon SQS API Reference, SendMessage"),
        (
            Call(
                "sqs",
                "SendMessage",
                {"QueueUrl": "<queue>", "MessageBody": "a\u0001b"},
                refused="InvalidMessageContents",
            ),
        ),
        (QUEUE,),
        (QUEUE_GONE,),
    ),
    Behaviour(
        "sns.subjects-are-one-line",
        "A subject with a line break is refused.",
        documented("Amazon SNS API Reference, Publish"),
        (
            Call(
                "sns",
                "Publish",
                {"TopicArn": "<topic>", "Message": "text", "Subject": "a\nb"},
                refused="InvalidParameter",
            ),
        ),
        (TOPIC,),
        (TOPIC_GONE,),
    ),
    Behaviour(
        "sns.policies-name-actions",
        "A topic's policy names its actions one by one; sns:* is refused.",
        reported("Terraform AWS provider issues on aws_sns_topic_policy"),
        (
            Call(
                "sns",
                "SetTopicAttributes",
                {
                    "TopicArn": "<topic>",
                    "AttributeName": "Policy",
                    "AttributeValue": document(
                        {
                            "Effect": "Allow",
                            "Principal": {"AWS": "arn:aws:iam::<member>:root"},
                            "Action": "sns:*",
                            "Resource": "<topic>",
                        }
                    ),
                },
                refused="InvalidParameter",
            ),
        ),
        (TOPIC,),
        (TOPIC_GONE,),
    ),
    rule(
        "rates-agree-in-number",
        "It is rate(1 day), not rate(1 days).",
        SCHEDULES,
        "ValidationException",
        {"ScheduleExpression": "rate(1 days)"},
    ),
    rule(
        "cron-has-a-question-mark",
        "Day of month and day of week are not both given.",
        SCHEDULES,
        "ValidationException",
        {"ScheduleExpression": "cron(0 12 1 * MON *)"},
    ),
    rule(
        "patterns-are-patterns",
        "A pattern whose values are not lists is refused.",
        "Amazon EventBridge User Guide, Amazon EventBridge event patterns",
        "InvalidEventPatternException",
        {"EventPattern": '{"source": "certify"}'},
    ),
    Behaviour(
        "events.five-targets",
        "A rule has five targets at most.",
        documented("Amazon EventBridge User Guide, Amazon EventBridge quotas"),
        (
            Call(
                "events",
                "PutTargets",
                {
                    "Rule": NAME,
                    "Targets": [{"Id": str(number), "Arn": QUEUE_ARN} for number in range(6)],
                },
                refused="LimitExceededException",
            ),
        ),
        (QUEUE, RULE),
        (RULE_GONE, QUEUE_GONE),
    ),
    Behaviour(
        "events.aws-sources-are-aws-own",
        "Nobody but AWS puts events whose source begins with aws.",
        documented("Amazon EventBridge API Reference, PutEventsResultEntry"),
        (
            Call(
                "events",
                "PutEvents",
                {"Entries": [{"Source": "aws.certify", "DetailType": "x", "Detail": "{}"}]},
                answers={
                    "FailedEntryCount": 1,
                    "Entries[0].ErrorCode": "NotAuthorizedForSourceException",
                },
            ),
        ),
    ),
    Behaviour(
        "lambda.roles-trust-lambda",
        "A function's role must be one that Lambda can assume.",
        reported("Terraform AWS provider, resource aws_lambda_function, its retries on creation"),
        (
            Call(
                "lambda",
                "CreateFunction",
                {
                    "FunctionName": NAME,
                    "Runtime": "python3.12",
                    "Handler": "index.handler",
                    "Role": f"arn:aws:iam::<member>:role/{NAME}",
                    "Code": {"ZipFile": ZIP},
                },
                refused="InvalidParameterValueException",
            ),
        ),
        (
            Call(
                "iam",
                "CreateRole",
                {
                    "RoleName": NAME,
                    "AssumeRolePolicyDocument": trusting("ec2.amazonaws.com"),
                },
            ),
        ),
        (
            Call("lambda", "DeleteFunction", {"FunctionName": NAME}),
            Call("iam", "DeleteRole", {"RoleName": NAME}),
        ),
    ),
    function(
        "timeouts-end-at-15-minutes",
        "A function runs for 900 seconds at most.",
        "AWS Lambda Developer Guide, Lambda quotas",
        "ValidationException",
        {"Timeout": 901},
    ),
    function(
        "environment-has-reserved-names",
        "Names of variables that Lambda sets itself are refused.",
        "AWS Lambda Developer Guide, Defined runtime environment variables",
        "InvalidParameterValueException",
        {"Environment": {"Variables": {"AWS_REGION": "x"}}},
    ),
    Behaviour(
        "logs.retention-is-from-a-list",
        "Log events are kept for one of the listed numbers of days.",
        documented("Amazon CloudWatch Logs API Reference, PutRetentionPolicy"),
        (
            Call(
                "logs",
                "PutRetentionPolicy",
                {"logGroupName": NAME, "retentionInDays": 8},
                refused="InvalidParameterException",
            ),
        ),
        (Call("logs", "CreateLogGroup", {"logGroupName": NAME}),),
        (Call("logs", "DeleteLogGroup", {"logGroupName": NAME}),),
    ),
    Behaviour(
        "stepfunctions.roles-trust-step-functions",
        "A state machine's role must be one that Step Functions can assume.",
        documented("AWS Step Functions Developer Guide, How Step Functions works with IAM"),
        (
            Call(
                "stepfunctions",
                "CreateStateMachine",
                {
                    "name": NAME,
                    "roleArn": f"arn:aws:iam::<member>:role/{NAME}",
                    "definition": '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}',
                },
                refused="AccessDeniedException",
            ),
        ),
        (
            Call(
                "iam",
                "CreateRole",
                {
                    "RoleName": NAME,
                    "AssumeRolePolicyDocument": trusting("ec2.amazonaws.com"),
                },
            ),
        ),
        (Call("iam", "DeleteRole", {"RoleName": NAME}),),
    ),
    Behaviour(
        "sqs.queues-answer-their-arn",
        "A queue's ARN ends in its account and its name.",
        documented("Amazon SQS API Reference, GetQueueAttributes"),
        (
            Call(
                "sqs",
                "GetQueueAttributes",
                {"QueueUrl": "<queue>", "AttributeNames": ["QueueArn"]},
                answers={
                    "Attributes.QueueArn": Like("arn:aws:sqs:[a-z0-9-]+:[0-9]{12}:certify-.+")
                },
            ),
        ),
        (QUEUE,),
        (QUEUE_GONE,),
    ),
)
