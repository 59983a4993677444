"""Printed strips for the network that follows a trace."""
