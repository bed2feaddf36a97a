# Addresses of before 1.0, so that what is there already is kept. They go with 2.0.
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
