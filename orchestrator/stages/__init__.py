"""What a rollout and a drift check are made of: jobs, attempts, the run's context, plans."""
