"""Files of logs into the lake. What comes in is an event or in quarantine, never lost, never twice.

Memory does not grow with the files, and what was broken off goes on where it stopped.
"""
