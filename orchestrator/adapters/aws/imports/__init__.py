"""Whether what a plan means to create is in AWS already: one question for each type of resource.

Import ids are those of the AWS provider's documentation, section "Import" of each resource.
"""
