# Rendered by orchestrator; one provider for every region that is or was governed, the home region
# without alias.

provider "aws" {
  region              = "ap-northeast-1"
  profile             = "200000000003"
  allowed_account_ids = ["200000000003"]

  default_tags {
    tags = {
      "cost-center" = "1000"
      "data-class"  = "confidential"
      "managed-by"  = "orchestrator"
    }
  }
}
