"""What can be said across runs; a single run is luck."""
