"""Mail is for those who have confirmed that they want it."""

from __future__ import annotations

from tests.sandbox.services.conftest import MEMBER, Cloud, error_of

ADDRESS = "team@example.com"


def test_nobody_hears_a_topic_whose_subscription_is_not_confirmed(cloud: Cloud) -> None:
    sns = cloud.client("sns", MEMBER)
    topic = sns.create_topic(Name="mail")["TopicArn"]

    said = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=ADDRESS)
    (listed,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    sns.publish(TopicArn=topic, Message="before")
    cloud.sandbox.confirm()
    sns.publish(TopicArn=topic, Message="after")

    assert said["SubscriptionArn"] == "pending confirmation"
    assert (listed["SubscriptionArn"], listed["Endpoint"]) == ("PendingConfirmation", ADDRESS)
    heard = {message["texts"]["default"]: message["to"] for message in cloud.sandbox.messages()}
    assert heard == {"before": [], "after": [f"email:{ADDRESS}"]}
    (listed,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert listed["SubscriptionArn"].startswith(f"{topic}:")


def test_who_asks_for_the_arn_gets_it_and_cannot_unsubscribe_what_is_pending(cloud: Cloud) -> None:
    sns = cloud.client("sns", MEMBER)
    topic = sns.create_topic(Name="asked")["TopicArn"]
    wanted = {"TopicArn": topic, "Protocol": "email", "Endpoint": ADDRESS}
    arn = sns.subscribe(**wanted, ReturnSubscriptionArn=True)["SubscriptionArn"]

    attributes = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]

    assert attributes["PendingConfirmation"] == "true"
    assert error_of(sns.unsubscribe, SubscriptionArn=arn) == "InvalidParameter"
    guessed = error_of(sns.confirm_subscription, TopicArn=topic, Token="guessed")
    assert guessed == "InvalidParameter"
    cloud.sandbox.confirm()
    sns.unsubscribe(SubscriptionArn=arn)


def test_queues_and_functions_need_not_be_asked(cloud: Cloud) -> None:
    sns, sqs = cloud.client("sns", MEMBER), cloud.client("sqs", MEMBER)
    topic = sns.create_topic(Name="queued")["TopicArn"]
    url = sqs.create_queue(QueueName="queued")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]

    said = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue["QueueArn"])

    assert said["SubscriptionArn"].startswith(f"{topic}:")
