"""One Apache Kafka node and the services on loopback, under a process supervisor (design: running it)."""
