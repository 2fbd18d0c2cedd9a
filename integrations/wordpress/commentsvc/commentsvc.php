<?php
/**
 * Plugin Name:       commentsvc
 * Description:       Comments from your own commentsvc server, in place of WordPress's comments.
 * Version:           1.0.0
 * Requires at least: 6.0
 * Requires PHP:      7.4
 * License:           MIT
 * License URI:       https://opensource.org/license/mit
 * Text Domain:       commentsvc
 *
 * @package commentsvc
 */

defined( 'ABSPATH' ) || exit;

define( 'COMMENTSVC_FILE', __FILE__ );
define( 'COMMENTSVC_VERSION', '1.0.0' );

foreach ( array( 'settings', 'service', 'counts', 'conversation', 'box', 'sign-in', 'write-back', 'copies', 'export', 'connection' ) as $commentsvc_part ) {
	require __DIR__ . "/includes/$commentsvc_part.php";
}
if ( is_admin() ) {
	require __DIR__ . '/includes/admin.php';
	require __DIR__ . '/includes/fields.php';
}
if ( defined( 'WP_CLI' ) && WP_CLI ) {
	require __DIR__ . '/includes/cli.php';
}

add_action(
	'init',
	function () {
		load_plugin_textdomain( 'commentsvc', false, dirname( plugin_basename( COMMENTSVC_FILE ) ) . '/languages' );
	}
);
