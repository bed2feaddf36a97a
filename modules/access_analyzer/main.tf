resource "aws_accessanalyzer_analyzer" "this" {
  analyzer_name = var.name
  type          = "ORGANIZATION" # external access; the analyzer of unused access is billed per role
}
