"""The state of the running bot: counted while it works, checked on request, and shown to other programs."""
