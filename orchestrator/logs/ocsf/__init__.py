"""Records of many kinds as OCSF 1.1 events."""
