"""Chat services that notify moderators of what is waiting: Slack, Discord, Teams, Telegram, Matrix,
ntfy."""
