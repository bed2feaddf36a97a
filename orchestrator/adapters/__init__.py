"""The only code that touches the world: processes, Terraform, checkov, AWS."""
