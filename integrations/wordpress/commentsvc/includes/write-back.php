<?php
/**
 * Write-back: the server calls this blog when a comment changes, and the blog keeps a copy among its own
 * comments, so that the owner can leave the server at any time. Off by default.
 *
 * @package commentsvc
 */

defined( 'ABSPATH' ) || exit;

const COMMENTSVC_ID      = '_commentsvc_id';      // the ID of a comment that was written on the server.
const COMMENTSVC_PARENT  = '_commentsvc_parent';  // the ID of its parent, until that comment arrives.
const COMMENTSVC_STAMP   = '_commentsvc_stamp';   // time of the last call about it.
const COMMENTSVC_WINDOW  = 5 * MINUTE_IN_SECONDS; // maximum age of a call.
const COMMENTSVC_WAITING = 503;                   // the server tries again in ten seconds.

add_action( 'rest_api_init', 'commentsvc_register_webhook' );
add_filter( 'rest_pre_serve_request', 'commentsvc_serve_challenge', 10, 4 );

/** The address that the server calls. */
function commentsvc_webhook_url() {
	return rest_url( 'commentsvc/v1/webhook' );
}

/** Register the address, whether or not write-back is on: the callbacks check the setting. */
function commentsvc_register_webhook() {
	$open = array( 'permission_callback' => '__return_true' ); // the signature is the permission.
	register_rest_route(
		'commentsvc/v1',
		'/webhook',
		array(
			array(
				'methods'  => 'GET',
				'callback' => 'commentsvc_answer_challenge',
			) + $open,
			array(
				'methods'  => 'POST',
				'callback' => 'commentsvc_receive',
			) + $open,
		)
	);
}

/** Whether calls are accepted. */
function commentsvc_writes_back() {
	return commentsvc_setting( 'write_back' ) && '' !== commentsvc_secret( 'webhook' );
}

/** Answer the server's verification request. PHP replaces dots in parameter names with underscores. */
function commentsvc_answer_challenge( $request ) {
	$token = commentsvc_secret( 'verify_token' );
	$given = (string) $request->get_param( 'hub_verify_token' );
	if ( ! commentsvc_writes_back() || '' === $token || ! hash_equals( $token, $given ) ) {
		return new WP_Error( 'commentsvc', 'Write-back is off, or the verify token is wrong.', array( 'status' => 403 ) );
	}
	return new WP_REST_Response( preg_replace( '/\D/', '', (string) $request->get_param( 'hub_challenge' ) ) );
}

/** Serve the challenge as plain text, not as JSON. */
function commentsvc_serve_challenge( $served, $response, $request, $server ) {
	if ( $served || 'GET' !== $request->get_method() || '/commentsvc/v1/webhook' !== $request->get_route() || 200 !== $response->get_status() ) {
		return $served;
	}
	$server->send_header( 'Content-Type', 'text/plain; charset=utf-8' );
	echo $response->get_data(); // phpcs:ignore -- digits only.
	return true;
}

/** Handle a call. One that does not concern this blog is accepted and ignored, so that it is not retried. */
function commentsvc_receive( $request ) {
	if ( ! commentsvc_writes_back() ) {
		return new WP_Error( 'commentsvc', 'Write-back is off.', array( 'status' => 404 ) );
	}
	if ( ! commentsvc_is_genuine( $request ) ) {
		return new WP_Error( 'commentsvc', 'The signature is wrong, or the call is too old.', array( 'status' => 403 ) );
	}
	$seen = 'commentsvc_call_' . md5( (string) $request->get_header( 'webhook-id' ) );
	if ( get_transient( $seen ) ) {
		return new WP_REST_Response( array( 'done' => 'before' ) );
	}
	$value = commentsvc_said( json_decode( $request->get_body(), true ) );
	$done  = $value ? commentsvc_locked( $value, (int) $request->get_header( 'webhook-timestamp' ) ) : 'ignored';
	if ( null === $done ) {
		return new WP_Error( 'commentsvc', 'This comment is being written.', array( 'status' => COMMENTSVC_WAITING ) );
	}
	set_transient( $seen, 1, 2 * COMMENTSVC_WINDOW );
	return new WP_REST_Response( array( 'done' => $done ) );
}

/** Whether a call is recent, and its signature over ID, time and body is valid (Standard Webhooks). */
function commentsvc_is_genuine( $request ) {
	$id   = (string) $request->get_header( 'webhook-id' );
	$time = (string) $request->get_header( 'webhook-timestamp' );
	if ( '' === $id || ! ctype_digit( $time ) || abs( time() - (int) $time ) > COMMENTSVC_WINDOW ) {
		return false;
	}
	$secret = commentsvc_secret( 'webhook' );
	$key    = 0 === strpos( $secret, 'whsec_' ) ? base64_decode( substr( $secret, 6 ), true ) : ''; // phpcs:ignore
	$wanted = 'v1,' . base64_encode( hash_hmac( 'sha256', "$id.$time." . $request->get_body(), $key ? $key : $secret, true ) ); // phpcs:ignore
	foreach ( explode( ' ', (string) $request->get_header( 'webhook-signature' ) ) as $signature ) {
		if ( hash_equals( $wanted, $signature ) ) {
			return true;
		}
	}
	return false;
}

/** The comment that a call is about; null if it is not about a comment on this site. */
function commentsvc_said( $body ) {
	if ( ! isset( $body['object'], $body['entry'][0]['changes'][0]['value'] ) || 'commentsvc' !== $body['object'] ) {
		return null;
	}
	$value = $body['entry'][0]['changes'][0]['value'];
	$known = isset( $value['id'], $value['status'], $value['site'], $value['thread']['href'], $value['created_at'] );
	return $known && commentsvc_setting( 'site' ) === $value['site'] ? $value : null;
}

/** Handle one call per comment at a time, or two would both add it. Null if another is being handled. */
function commentsvc_locked( $value, $stamp ) {
	global $wpdb;
	$lock = 'commentsvc_lock_' . md5( $value['id'] );
	$wpdb->query( $wpdb->prepare( "DELETE FROM $wpdb->options WHERE option_name = %s AND option_value < %d", $lock, time() - MINUTE_IN_SECONDS ) ); // phpcs:ignore
	$mine = $wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO $wpdb->options (option_name, option_value, autoload) VALUES (%s, %s, 'no')", $lock, time() ) ); // phpcs:ignore
	if ( ! $mine ) {
		return null;
	}
	try {
		return commentsvc_write( $value, $stamp );
	} finally {
		$wpdb->delete( $wpdb->options, array( 'option_name' => $lock ) ); // phpcs:ignore
	}
}

/** Update the blog's copy as the call says. Returns what was done, in one word. */
function commentsvc_write( $value, $stamp ) {
	$post_id = commentsvc_post_of( $value['thread']['href'] );
	if ( $post_id ) {
		commentsvc_is_stale( $post_id );
	}
	$id = commentsvc_copy_of( $value['id'], isset( $value['source'] ) ? $value['source'] : null );
	if ( $id && (int) get_comment_meta( $id, COMMENTSVC_STAMP, true ) > $stamp ) {
		return 'ignored'; // a newer call has already been handled.
	}
	if ( $id ) {
		update_comment_meta( $id, COMMENTSVC_STAMP, $stamp );
	}
	if ( 'published' === $value['status'] ) {
		return $id ? commentsvc_change( $id, $value ) : commentsvc_add( $post_id, $value, $stamp );
	}
	if ( ! $id ) {
		return 'ignored';
	}
	if ( 'withdrawn' === $value['status'] ) {
		wp_delete_comment( $id, true );
		set_transient( 'commentsvc_gone_' . md5( $value['id'] ), 1, 2 * COMMENTSVC_WINDOW ); // an older call may still arrive.
		return 'deleted';
	}
	if ( 'rejected' === $value['status'] ) {
		wp_trash_comment( $id );
		return 'trashed';
	}
	wp_set_comment_status( $id, 'hold' );
	return 'held';
}

/** The ID of the post at this address; 0 unless its comments are on the server. */
function commentsvc_post_of( $href ) {
	$post_id = url_to_postid( $href );
	return $post_id && commentsvc_is_ours( $post_id ) ? $post_id : 0;
}

/** The ID of the blog's comment: the one that the server imported, or the copy of one written there; or 0. */
function commentsvc_copy_of( $id, $source ) {
	$here = commentsvc_source();
	if ( is_string( $source ) && 0 === strpos( $source, "$here:" ) ) {
		$number = substr( $source, strlen( $here ) + 1 );
		if ( ctype_digit( $number ) && get_comment( (int) $number ) ) {
			return (int) $number;
		}
	}
	return $id ? commentsvc_with_meta( COMMENTSVC_ID, $id )[0] ?? 0 : 0;
}

/** The prefix of the source that the server gives comments imported from this blog. */
function commentsvc_source() {
	$home = wp_parse_url( home_url() );
	return 'wordpress:' . strtolower( $home['host'] ) . rtrim( isset( $home['path'] ) ? $home['path'] : '', '/' );
}

/** The IDs of comments with this metadata, in any status. */
function commentsvc_with_meta( $key, $value ) {
	global $wpdb;
	return array_map( 'intval', $wpdb->get_col( $wpdb->prepare( "SELECT comment_id FROM $wpdb->commentmeta WHERE meta_key = %s AND meta_value = %s", $key, $value ) ) ); // phpcs:ignore
}
