"""What AWS is asked about each stack. A question reads and compares; it changes nothing."""
