<?php
/**
 * Requests to the server. A page waits at most two seconds in all, and after a failure no page waits
 * for a minute.
 *
 * @package commentsvc
 */

defined( 'ABSPATH' ) || exit;

const COMMENTSVC_SECONDS = 2;

/** An address on the server. A list becomes several parameters of the same name. */
function commentsvc_address( $path, $query = array() ) {
	$pairs = array();
	foreach ( $query as $name => $values ) {
		foreach ( (array) $values as $value ) {
			$pairs[] = rawurlencode( $name ) . '=' . rawurlencode( $value );
		}
	}
	return commentsvc_setting( 'server' ) . $path . ( $pairs ? '?' . implode( '&', $pairs ) : '' );
}

/** Send a request. Returns the status and the body, or a WP_Error. */
function commentsvc_ask( $path, $query = array(), $more = array() ) {
	$answer = wp_remote_request(
		commentsvc_address( $path, $query ),
		array_merge(
			array(
				'method'              => 'GET',
				'timeout'             => COMMENTSVC_SECONDS,
				'redirection'         => 0,
				'limit_response_size' => 4 * MB_IN_BYTES,
				'user-agent'          => 'commentsvc-wordpress/' . COMMENTSVC_VERSION,
			),
			$more
		)
	);
	if ( is_wp_error( $answer ) ) {
		return $answer;
	}
	return array(
		'status' => (int) wp_remote_retrieve_response_code( $answer ),
		'body'   => wp_remote_retrieve_body( $answer ),
	);
}

/** Read something for a reader's page: the body, or null on failure. All calls of a page share a time limit. */
function commentsvc_read( $path, $query ) {
	static $left = COMMENTSVC_SECONDS;
	if ( $left < 1 || get_transient( 'commentsvc_away' ) ) {
		return null; // WordPress supports no timeout below a second.
	}
	$begun  = microtime( true );
	$answer = commentsvc_ask( $path, $query, array( 'timeout' => $left ) );
	$left  -= microtime( true ) - $begun;
	if ( is_wp_error( $answer ) || 200 !== $answer['status'] ) {
		set_transient( 'commentsvc_away', 1, MINUTE_IN_SECONDS );
		return null;
	}
	return $answer['body'];
}
