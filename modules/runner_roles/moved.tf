# Addresses of before 1.0, so that what is there already is kept. They go with 2.0.
moved {
  from = aws_iam_role.reader
  to   = aws_iam_role.this["reader"]
}

moved {
  from = aws_iam_role.this
  to   = aws_iam_role.this["runner"]
}

moved {
  from = aws_iam_role_policy.reader
  to   = aws_iam_role_policy.this["reader"]
}

moved {
  from = aws_iam_role_policy.this
  to   = aws_iam_role_policy.this["runner"]
}
