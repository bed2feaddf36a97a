mock_provider "aws" {}

run "aggregates_the_linked_regions" {
  command = plan

  variables {
    linked_regions = ["eu-west-1", "us-east-1"]
  }

  assert {
    condition     = aws_securityhub_finding_aggregator.this.linking_mode == "SPECIFIED_REGIONS" && aws_securityhub_finding_aggregator.this.specified_regions == toset(["eu-west-1", "us-east-1"])
    error_message = "Findings of the linked regions must come here."
  }
}

run "aggregates_nothing_where_there_is_one_region" {
  command = plan

  variables {
    linked_regions = []
  }

  assert {
    condition     = aws_securityhub_finding_aggregator.this.linking_mode == "NO_REGIONS"
    error_message = "AWS refuses an empty list of regions."
  }
}

run "refuses_what_is_no_region" {
  command = plan

  variables {
    linked_regions = ["Tokyo"]
  }

  expect_failures = [var.linked_regions]
}
