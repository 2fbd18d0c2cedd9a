<?php
/**
 * WP-CLI: wp commentsvc export, wp commentsvc check.
 *
 * @package commentsvc
 */

defined( 'ABSPATH' ) || exit;

WP_CLI::add_command( 'commentsvc export', 'commentsvc_cli_export' );
WP_CLI::add_command( 'commentsvc check', 'commentsvc_cli_check' );

/**
 * Writes this blog's comments as a file that commentsvc imports.
 *
 * ## OPTIONS
 *
 * <file>
 * : The file to write, or - for standard output.
 *
 * ## EXAMPLES
 *
 *     wp commentsvc export comments.xml
 */
function commentsvc_cli_export( $arguments ) {
	list( $file ) = $arguments;
	$out          = fopen( '-' === $file ? 'php://stdout' : $file, 'wb' ); // phpcs:ignore
	if ( ! $out ) {
		WP_CLI::error( "Cannot write $file." );
	}
	$written = commentsvc_export(
		function ( $piece ) use ( $out ) {
			if ( strlen( $piece ) !== fwrite( $out, $piece ) ) { // phpcs:ignore
				WP_CLI::error( 'The file could not be written completely.' );
			}
		}
	);
	if ( '-' !== $file ) {
		WP_CLI::success( "Wrote $written comments to $file." );
	}
}

/**
 * Tests the connection to the server.
 *
 * ## EXAMPLES
 *
 *     wp commentsvc check --user=admin
 */
function commentsvc_cli_check() {
	$user = wp_get_current_user();
	$bad  = false;
	foreach ( commentsvc_check( $user->exists() ? $user : null ) as list( $how, $sentence ) ) {
		WP_CLI::log( "$how: $sentence" );
		$bad = $bad || 'bad' === $how;
	}
	if ( $bad ) {
		WP_CLI::halt( 1 );
	}
}
