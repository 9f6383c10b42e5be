"""What the command line makes of told events: headlines, a case's summary, its life in chapters."""
