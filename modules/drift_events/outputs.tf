# Rules and targets have no ARN that anything else would need.
