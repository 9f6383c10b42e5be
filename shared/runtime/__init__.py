"""What touches the outside world and is the same for every service."""
