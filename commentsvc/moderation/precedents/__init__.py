"""Earlier decisions of a site's moderators about comments like a pending one."""
