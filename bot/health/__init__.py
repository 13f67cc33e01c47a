"""How the running bot is: counted while it works, checked on request, and shown to other programs."""
