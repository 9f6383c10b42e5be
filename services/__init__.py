"""The services. They meet on topics only and never import each other."""
