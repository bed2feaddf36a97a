"""Who reads the lake: by S3, with a role and a queue, or by Lake Formation, with a share."""

from __future__ import annotations

import datetime
import uuid

from moto.sqs.models import sqs_backends

from orchestrator.sandbox.extend import Json, operation, page
from orchestrator.sandbox.services.securitylake.lakes import make_role, remove_role
from orchestrator.sandbox.services.securitylake.part import (
    AccessDeniedException,
    BadRequestException,
    ConflictException,
    Part,
    ResourceNotFoundException,
    change,
)

KEPT = ("subscriberDescription", "subscriberIdentity", "subscriberName")


class Subscribers(Part):
    @change
    def create_subscriber(self, params: Json) -> Json:
        name, region = params["subscriberName"], self.backend.region_name
        lake, known = self.lake(region), self.declared.subscribers.values()
        if any(each["subscriberName"] == name for each in known):
            raise ConflictException(f"There is a subscriber {name} already")
        self._check(params["sources"])
        unique = str(uuid.uuid4())
        made = {
            "accessTypes": params.get("accessTypes") or ["S3"],
            "createdAt": _now(),
            "subscriberArn": self.backend.arn(f"subscriber/{unique}", region),
            "subscriberId": unique,
            "subscriberStatus": "ACTIVE",
            "s3BucketArn": lake["s3BucketArn"],
            "sources": params["sources"],
            **{key: params[key] for key in KEPT if params.get(key)},
        }
        if "S3" in made["accessTypes"]:
            owner, identity = self.backend.account_id, params["subscriberIdentity"]
            made["roleArn"] = make_role(owner, _role(unique), identity)
        else:
            share = f"arn:aws:ram:{region}:{self.backend.account_id}:resource-share/{unique}"
            made |= {"resourceShareArn": share, "resourceShareName": f"LakeFormation-{unique}"}
        self.declared.subscribers[unique] = made
        tags = params.get("tags") or []
        self.declared.tags[made["subscriberArn"]] = {t["key"]: t["value"] for t in tags}
        return {"subscriber": made}

    @operation
    def get_subscriber(self, params: Json) -> Json:
        return {"subscriber": self._find(params)}

    @operation
    def list_subscribers(self, params: Json) -> Json:
        wanted = {"NextToken": params.get("nextToken"), "MaxResults": params.get("maxResults")}
        found = page(list(self.declared.subscribers.values()), wanted, "subscribers")
        return {"subscribers": found["subscribers"], "nextToken": found.get("NextToken")}

    @change
    def update_subscriber(self, params: Json) -> Json:
        found = self._find(params)
        if params.get("sources"):
            self._check(params["sources"])
            found["sources"] = params["sources"]
        found.update({key: params[key] for key in KEPT if params.get(key)})
        found["updatedAt"] = _now()
        return {"subscriber": found}

    @change
    def delete_subscriber(self, params: Json) -> None:
        found = self._find(params)
        self._forget(found)
        if "roleArn" in found:
            remove_role(self.backend.account_id, _role(found["subscriberId"]))
        del self.declared.subscribers[found["subscriberId"]]
        del self.declared.tags[found["subscriberArn"]]

    @change
    def create_subscriber_notification(self, params: Json) -> Json:
        found = self._find(params)
        if "S3" not in found["accessTypes"]:
            raise BadRequestException("Who queries is told of no objects")
        if "subscriberEndpoint" in found:
            raise ConflictException("The subscriber is told of new objects already")
        found["subscriberEndpoint"] = self._endpoint(found, params["configuration"])
        return {"subscriberEndpoint": found["subscriberEndpoint"]}

    @change
    def update_subscriber_notification(self, params: Json) -> Json:
        found = self._find(params)
        self._forget(found)
        found["subscriberEndpoint"] = self._endpoint(found, params["configuration"])
        return {"subscriberEndpoint": found["subscriberEndpoint"]}

    @change
    def delete_subscriber_notification(self, params: Json) -> None:
        self._forget(self._find(params))

    def _endpoint(self, found: Json, configuration: Json) -> str:
        """The queue's ARN, or the address that was given."""
        https = configuration.get("httpsNotificationConfiguration")
        if https:
            return str(https["endpoint"])
        queues = sqs_backends[self.backend.account_id][self.backend.region_name]
        return str(queues.create_queue(_queue(found["subscriberId"])).queue_arn)

    def _forget(self, found: Json) -> None:
        """Messages that nobody has read are gone with the queue."""
        endpoint = found.pop("subscriberEndpoint", "")
        if endpoint.startswith("arn:"):
            queues = sqs_backends[self.backend.account_id][self.backend.region_name]
            queues.delete_queue(_queue(found["subscriberId"]))

    def _check(self, sources: list[Json]) -> None:
        """A custom source has to be there; AWS's may come later."""
        for name in (s["customLogSource"]["sourceName"] for s in sources if "customLogSource" in s):
            if name not in self.declared.custom:
                raise ResourceNotFoundException(f"There is no source {name}")

    def _find(self, params: Json) -> Json:
        """AWS does not say whether there is no such subscriber or it is somebody else's.

        Source: hashicorp/terraform-provider-aws, resource aws_securitylake_subscriber.
        """
        found = self.declared.subscribers.get(params["subscriberId"])
        if found is None:
            raise AccessDeniedException(
                f"The account {self.backend.account_id} is not authorized to perform: "
                f"securitylake:GetSubscriber on {params['subscriberId']}"
            )
        return found


def _role(unique: str) -> str:
    return f"AmazonSecurityLake-{unique}"


def _queue(unique: str) -> str:
    return f"AmazonSecurityLake-{unique}-Main-Queue"


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
