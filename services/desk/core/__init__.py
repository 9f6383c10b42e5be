"""What the desk decides without a database, a broker or a clock: the projection, who may open what, who must wait."""
