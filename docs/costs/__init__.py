"""What it costs to run: prices with their source, and a sum for fleets of a given size."""
