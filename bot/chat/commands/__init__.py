"""Slash commands: one file a family, and what they share.

tree ─┬─ feeds ─┬─ adding ── drafts, offers, reading, subscribing
      │         ├─ health     the lists, and how feeds do
      │         ├─ stopping   remove, pause, resume
      │         └─ trying     the newest post, as previews show it
      ├─ follow ── changing, choosing, samples, rules
      ├─ why ── traces
      ├─ notices
      ├─ search ── found ─┬─ asked, searching   what is meant, and what is found now
      │                   ├─ results            how it looks
      │                   └─ sharing            for all who read a channel
      ├─ tags
      └─ helping

answers      how a person is answered, whatever happens
places       which channel is meant, and whether asker and bot may write there
naming       which subscription is meant; complete offers them as one types
visibility   who may see what: all that members are shown asks here
suggesting   what members' options offer as one types
pager        lists in pages
registering  tells Discord of the commands, when they changed
"""
