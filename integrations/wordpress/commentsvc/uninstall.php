<?php
/**
 * Removes what the plugin has stored. Copies of comments stay, with the metadata that keeps a later
 * export from treating them as the blog's own comments.
 *
 * @package commentsvc
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

/** Remove what the plugin has stored in the current blog. */
function commentsvc_clean_up() {
	global $wpdb;
	delete_option( 'commentsvc' );
	delete_option( 'commentsvc_secrets' );
	delete_post_meta_by_key( '_commentsvc_count' );
	delete_metadata( 'comment', 0, '_commentsvc_stamp', '', true );
	delete_metadata( 'comment', 0, '_commentsvc_parent', '', true );
	$wpdb->query( // phpcs:ignore
		"DELETE FROM $wpdb->options WHERE option_name LIKE '\\_transient\\_commentsvc\\_%'
		OR option_name LIKE '\\_transient\\_timeout\\_commentsvc\\_%' OR option_name LIKE 'commentsvc\\_lock\\_%'"
	);
	wp_cache_flush();
}

if ( is_multisite() ) {
	foreach ( get_sites( array( 'fields' => 'ids', 'number' => 0 ) ) as $commentsvc_blog ) { // phpcs:ignore
		switch_to_blog( $commentsvc_blog );
		commentsvc_clean_up();
		restore_current_blog();
	}
} else {
	commentsvc_clean_up();
}
