"""Slash commands: one file a family, and what they share.

For admins:
tree ─┬─ feeds ─┬─ adding ── drafts, offers, reading, subscribing, filling
      │         ├─ health     the lists, and how feeds do
      │         ├─ stopping   remove, pause, resume
      │         └─ trying     the newest post, as previews show it
      ├─ follow ── changing, choosing, samples, rules
      ├─ why ── traces
      └─ notices

For members:
tree ─┬─ search ── found ─┬─ searching ── asked   what was asked, and what is found of it now
      │                   ├─ results              a page, as an embed
      │                   └─ sharing              the same for a whole channel
      ├─ tags
      └─ helping

visibility   which feeds and messages the asker may see: all that members get passes here
suggesting   what members' options offer as one types
answers      how a person is answered, whatever happens
places       which channel is meant, and whether asker and bot may write there
naming       which subscription is meant; complete offers them as one types
pager        lists in pages
registering  tells Discord of the commands, when they changed
"""
