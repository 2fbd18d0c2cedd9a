"""Chat services that tell a moderator what waits: Slack, Discord, Teams, Telegram, Matrix, ntfy."""
