"""How staff share their work: saved filters, and who has claimed which card."""
