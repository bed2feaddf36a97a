"""Model to Terraform folders. Pure: the same model gives the same bytes."""
