"""Ways to tell people: issues on GitHub, a topic of Amazon SNS, a signed webhook."""
