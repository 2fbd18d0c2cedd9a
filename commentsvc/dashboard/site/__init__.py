"""An owner's pages of one site: settings, policy, roles, keys, webhooks, import and export."""
