// Replaces Disqus's list of its most active users: pages that load it keep working.
// @ts-check
