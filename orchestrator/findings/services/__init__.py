"""The remediations, a service a file. They know AWS, and nothing of decisions or messages."""
