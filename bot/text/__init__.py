"""Words: hostile HTML in, Discord's Markdown within Discord's limits out. All pure."""
