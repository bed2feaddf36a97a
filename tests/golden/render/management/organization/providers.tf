# Rendered by orchestrator; one provider for every region that is or was governed, the home region
# without alias.

provider "aws" {
  region              = "ap-northeast-1"
  profile             = "200000000001"
  allowed_account_ids = ["200000000001"]

  default_tags {
    tags = {
      "cost-center" = "1000"
      "data-class"  = "confidential"
      "managed-by"  = "orchestrator"
    }
  }
}

provider "aws" {
  alias               = "us_east_1"
  region              = "us-east-1"
  profile             = "200000000001"
  allowed_account_ids = ["200000000001"]

  default_tags {
    tags = {
      "cost-center" = "1000"
      "data-class"  = "confidential"
      "managed-by"  = "orchestrator"
    }
  }
}
