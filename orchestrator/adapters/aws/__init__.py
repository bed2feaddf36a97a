"""AWS by boto3. Every client is made in `session.py`."""
