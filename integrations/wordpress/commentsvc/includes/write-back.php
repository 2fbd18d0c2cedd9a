<?php
/**
 * Write-back: the server calls this blog when a comment changes, and the blog keeps a copy among its own
 * comments, so that leaving is possible at any time. Off until the owner turns it on.
 *
 * @package commentsvc
 */

defined( 'ABSPATH' ) || exit;

const COMMENTSVC_ID      = '_commentsvc_id';      // of a comment that was written on the server.
const COMMENTSVC_PARENT  = '_commentsvc_parent';  // the comment it replies to, while that is not here.
const COMMENTSVC_STAMP   = '_commentsvc_stamp';   // when the server last said something about it.
const COMMENTSVC_WINDOW  = 5 * MINUTE_IN_SECONDS; // how old a call may be.
const COMMENTSVC_WAITING = 503;                   // the server tries again in ten seconds.

add_action( 'rest_api_init', 'commentsvc_register_webhook' );
add_filter( 'rest_pre_serve_request', 'commentsvc_serve_challenge', 10, 4 );

/** Where the server calls. */
function commentsvc_webhook_url() {
	return rest_url( 'commentsvc/v1/webhook' );
}

/** The address exists always; what it answers depends on the setting. */
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

/** The server asks whether this address wants to be called. PHP turns the dots of its parameters into lines. */
function commentsvc_answer_challenge( $request ) {
	$token = commentsvc_secret( 'verify_token' );
	$given = (string) $request->get_param( 'hub_verify_token' );
	if ( ! commentsvc_writes_back() || '' === $token || ! hash_equals( $token, $given ) ) {
		return new WP_Error( 'commentsvc', 'Write-back is off, or the verify token is wrong.', array( 'status' => 403 ) );
	}
	return new WP_REST_Response( preg_replace( '/\D/', '', (string) $request->get_param( 'hub_challenge' ) ) );
}

/** The challenge goes out as it came, not as JSON. */
function commentsvc_serve_challenge( $served, $response, $request, $server ) {
	if ( $served || 'GET' !== $request->get_method() || '/commentsvc/v1/webhook' !== $request->get_route() || 200 !== $response->get_status() ) {
		return $served;
	}
	$server->send_header( 'Content-Type', 'text/plain; charset=utf-8' );
	echo $response->get_data(); // phpcs:ignore -- digits only.
	return true;
}

/** A call. Whatever is not for this blog is accepted and ignored, so that it is not sent again. */
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

/** Signed with the webhook's secret, as Standard Webhooks says, over the id, the time and the body. */
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

/** What a call says of a comment of this site; null for anything else. */
function commentsvc_said( $body ) {
	if ( ! isset( $body['object'], $body['entry'][0]['changes'][0]['value'] ) || 'commentsvc' !== $body['object'] ) {
		return null;
	}
	$value = $body['entry'][0]['changes'][0]['value'];
	$known = isset( $value['id'], $value['status'], $value['site'], $value['thread']['href'], $value['created_at'] );
	return $known && commentsvc_setting( 'site' ) === $value['site'] ? $value : null;
}

/** One call at a time for each comment, or two would each write it. Null if another is at work. */
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

/** Bring the blog's copy to what the call says. Returns in a word what was done. */
function commentsvc_write( $value, $stamp ) {
	$post_id = commentsvc_post_of( $value['thread']['href'] );
	if ( $post_id ) {
		commentsvc_is_stale( $post_id );
	}
	$id = commentsvc_copy_of( $value['id'], isset( $value['source'] ) ? $value['source'] : null );
	if ( $id && (int) get_comment_meta( $id, COMMENTSVC_STAMP, true ) > $stamp ) {
		return 'ignored'; // a later call was here first.
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
		set_transient( 'commentsvc_gone_' . md5( $value['id'] ), 1, 2 * COMMENTSVC_WINDOW ); // an older call may still come.
		return 'deleted';
	}
	if ( 'rejected' === $value['status'] ) {
		wp_trash_comment( $id );
		return 'trashed';
	}
	wp_set_comment_status( $id, 'hold' );
	return 'held';
}

/** The post with this address, if its comments are on the server. */
function commentsvc_post_of( $href ) {
	$post_id = url_to_postid( $href );
	return $post_id && commentsvc_is_ours( $post_id ) ? $post_id : 0;
}

/** The blog's own comment: the one that was imported from here, or the copy of one written there. */
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

/** The server's name for comments imported from this blog. */
function commentsvc_source() {
	$home = wp_parse_url( home_url() );
	return 'wordpress:' . strtolower( $home['host'] ) . rtrim( isset( $home['path'] ) ? $home['path'] : '', '/' );
}

/** The ids of comments that carry a value, in any status. */
function commentsvc_with_meta( $key, $value ) {
	global $wpdb;
	return array_map( 'intval', $wpdb->get_col( $wpdb->prepare( "SELECT comment_id FROM $wpdb->commentmeta WHERE meta_key = %s AND meta_value = %s", $key, $value ) ) ); // phpcs:ignore
}
