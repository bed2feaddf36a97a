"""Files of logs into the lake. What comes in is an event or in quarantine, never lost, never twice.

Memory does not grow with the files, and an interrupted ingest goes on where it stopped.
"""
