"""Records of many kinds as OCSF 1.1 events, and OCSF events of 1.1 and 1.0 rc.2 read back."""
