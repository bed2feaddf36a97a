# Rendered by orchestrator; the one stack that enters three accounts, to make the roles by which
# all other stacks enter one.

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
  alias               = "security"
  region              = "ap-northeast-1"
  profile             = "200000000002"
  allowed_account_ids = ["200000000002"]

  default_tags {
    tags = {
      "cost-center" = "1000"
      "data-class"  = "confidential"
      "managed-by"  = "orchestrator"
    }
  }
}

provider "aws" {
  alias               = "log_archive"
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
