"""A local AWS: moto's server with what it lacks, and an organization with accounts."""
