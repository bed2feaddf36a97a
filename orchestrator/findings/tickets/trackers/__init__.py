"""The systems that hold tickets: one adapter each, over one port."""
