mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  expiry    = { objects = 400 }
  name      = "example-logs"
  versioned = true
}

run "is_closed_owned_versioned_and_denies_plain_http" {
  command = plan

  assert {
    condition     = aws_s3_bucket_public_access_block.this.block_public_acls && aws_s3_bucket_public_access_block.this.block_public_policy && aws_s3_bucket_public_access_block.this.ignore_public_acls && aws_s3_bucket_public_access_block.this.restrict_public_buckets
    error_message = "The bucket is closed to the public."
  }

  assert {
    condition     = one(aws_s3_bucket_ownership_controls.this[0].rule).object_ownership == "BucketOwnerEnforced" && aws_s3_bucket_versioning.this[0].versioning_configuration[0].status == "Enabled"
    error_message = "Whoever writes an object does not own it, and what was written over can be had again."
  }

  assert {
    condition     = [for s in data.aws_iam_policy_document.this.statement : [s.sid, s.effect, s.resources]] == [["TlsOnly", "Deny", toset(["arn:aws:s3:::example-logs", "arn:aws:s3:::example-logs/*"])]]
    error_message = "Plain HTTP is denied for the bucket and everything in it, and nobody is let in."
  }

  assert {
    condition     = length(aws_s3_bucket_logging.this) + length(aws_s3_bucket_object_lock_configuration.this) == 0 && !aws_s3_bucket.this.force_destroy
    error_message = "A log, object lock and an end with all objects are decisions of their own."
  }
}

run "is_encrypted_with_keys_of_s3_unless_it_is_given_one" {
  command = plan

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "Without a key, S3 uses its own."
  }
}

run "is_encrypted_with_the_key_that_it_is_given" {
  command = plan

  variables {
    kms_key = { arn = "arn:aws:kms:ap-northeast-1:200000000002:key/11111111-2222-3333-4444-555555555555" }
  }

  assert {
    condition     = one([for rule in aws_s3_bucket_server_side_encryption_configuration.this.rule : rule.bucket_key_enabled && one(rule.apply_server_side_encryption_by_default).sse_algorithm == "aws:kms" && one(rule.apply_server_side_encryption_by_default).kms_master_key_id == var.kms_key.arn])
    error_message = "The key is used, through a key of the bucket."
  }
}

run "objects_move_and_end_and_so_do_their_old_versions" {
  command = plan

  variables {
    expiry = { objects = 400, delete_markers = true, glacier = 30, old_versions = 90 }
  }

  assert {
    condition     = one(aws_s3_bucket_lifecycle_configuration.this.rule[0].expiration).days == 400 && one(aws_s3_bucket_lifecycle_configuration.this.rule[0].abort_incomplete_multipart_upload).days_after_initiation == 7 && one(aws_s3_bucket_lifecycle_configuration.this.rule[0].noncurrent_version_expiration).noncurrent_days == 90
    error_message = "Every object ends, and so do uploads that were given up."
  }

  assert {
    condition     = [for t in aws_s3_bucket_lifecycle_configuration.this.rule[0].transition : [t.days, t.storage_class]] == [[30, "GLACIER_IR"]] && one(aws_s3_bucket_lifecycle_configuration.this.rule[1].expiration).expired_object_delete_marker
    error_message = "Objects move to Glacier Instant Retrieval, and markers that stand for nothing go."
  }
}

run "accounts_of_the_organization_read_and_write_nothing" {
  command = plan

  variables {
    readers = { account_ids = ["200000000002"], organization_id = "o-exampleorg1" }
  }

  assert {
    condition     = data.aws_iam_policy_document.this.statement[1].actions == toset(["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"]) && one(data.aws_iam_policy_document.this.statement[1].condition).values == tolist(["o-exampleorg1"])
    error_message = "A reader reads, as a member of the organization."
  }
}

run "its_versions_are_locked_and_its_requests_logged_where_that_is_asked_for" {
  command = plan

  variables {
    log_bucket       = { name = "example-access" }
    object_lock_days = 365
  }

  assert {
    condition     = one(one(aws_s3_bucket_object_lock_configuration.this[0].rule).default_retention).days == 365 && aws_s3_bucket.this.object_lock_enabled
    error_message = "The bucket is made with object lock."
  }

  assert {
    condition     = aws_s3_bucket_logging.this[0].target_bucket == "example-access" && aws_s3_bucket_logging.this[0].target_prefix == "example-logs/"
    error_message = "Requests are logged apart for each bucket."
  }
}

run "a_bucket_without_versions_has_no_rule_about_them" {
  command = plan

  variables {
    versioned = false
  }

  assert {
    condition     = length(aws_s3_bucket_versioning.this) + length(aws_s3_bucket_lifecycle_configuration.this.rule[0].noncurrent_version_expiration) == 0
    error_message = "S3 keeps no versions that nobody asked for."
  }
}

run "refuses_to_lock_what_has_no_versions" {
  command = plan

  variables {
    object_lock_days = 30
    versioned        = false
  }

  expect_failures = [var.object_lock_days]
}

run "refuses_to_delete_before_it_moves" {
  command = plan

  variables {
    expiry = { objects = 400, glacier = 400 }
  }

  expect_failures = [var.expiry]
}

run "refuses_readers_of_no_organization" {
  command = plan

  variables {
    readers = { account_ids = ["200000000002"] }
  }

  expect_failures = [var.readers]
}
