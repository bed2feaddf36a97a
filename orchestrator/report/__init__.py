"""What is reported up and across: scores, rules, fixes, coverage, drift and rollouts. Pure."""
