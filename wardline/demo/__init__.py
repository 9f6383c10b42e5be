"""What ``wardline up`` does in a demonstration: sample data, filings of published cases, and their lives on screen."""
