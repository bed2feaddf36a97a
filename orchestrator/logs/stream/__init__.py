"""Lines of machines that go through Data Firehose, and are made events of on the way.

`function` runs in AWS Lambda: it imports the standard library, and of ours what `deployment` lists.
"""
