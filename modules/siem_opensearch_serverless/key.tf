# Serverless uses the key by a grant, made by whoever makes the collection.
module "key" {
  source = "../kms_key"

  account_id  = var.account_id
  description = "Encrypts the collection ${var.name}."
  name        = var.name
}
