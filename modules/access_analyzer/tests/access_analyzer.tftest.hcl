mock_provider "aws" {}

run "analyses_the_organization" {
  command = plan

  assert {
    condition     = aws_accessanalyzer_analyzer.this.type == "ORGANIZATION" && aws_accessanalyzer_analyzer.this.analyzer_name == "organization"
    error_message = "What the organization shares with outsiders is what must be seen."
  }
}

run "refuses_a_name_that_begins_with_a_digit" {
  command = plan

  variables {
    name = "1st"
  }

  expect_failures = [var.name]
}
