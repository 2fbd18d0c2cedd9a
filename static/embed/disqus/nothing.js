// Stands where Disqus's script listed its users by their number of comments: a page that asks for it goes on.
// @ts-check
