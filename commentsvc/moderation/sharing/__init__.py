"""How staff share their work: saved filters, canned messages, and who has claimed which card."""
