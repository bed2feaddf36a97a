# Addresses of before 1.0, so that what is there already is kept. They go with 2.0.
moved {
  from = aws_kms_key.this
  to   = module.key.aws_kms_key.this
}

moved {
  from = aws_kms_alias.this
  to   = module.key.aws_kms_alias.this
}

moved {
  from = aws_sqs_queue.dead
  to   = module.queue.aws_sqs_queue.dead
}

moved {
  from = aws_sqs_queue.work
  to   = module.queue.aws_sqs_queue.work
}

moved {
  from = aws_sqs_queue_policy.this
  to   = module.queue.aws_sqs_queue_policy.this
}

moved {
  from = aws_scheduler_schedule.drift[0]
  to   = aws_scheduler_schedule.this["drift"]
}
