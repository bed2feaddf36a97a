# Defaults of a region have neither an id nor an ARN that anything else would need.
