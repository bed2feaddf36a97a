"""GitHub and GitLab, asked by REST. Tokens are read from the environment and never shown."""
