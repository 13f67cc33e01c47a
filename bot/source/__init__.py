"""Where posts come from: addresses in, parsed feeds out."""
