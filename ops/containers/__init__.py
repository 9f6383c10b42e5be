"""What the containers need beyond the services themselves."""
