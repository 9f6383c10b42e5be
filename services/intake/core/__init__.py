"""What intake decides, without a framework, a file, a socket, a clock or chance."""
