"""Slash commands: one file a family, and what they share.

tree        which commands there are; errors become answers
registering tells Discord of them, when they changed
answers     how a person is answered, whatever happens
places      which channel is meant, and whether asker and bot may write there
"""
