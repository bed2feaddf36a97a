"""AWS, asked before the first rollout what is in its way. Reads, and changes nothing."""
