<?php
/**
 * Readers who are signed in to WordPress are signed in to the box by a token that names them.
 *
 * A script fetches the token, so that one cached page serves all readers. The script does so only if a
 * cookie says that somebody is signed in: other readers cost no request.
 *
 * @package commentsvc
 */

defined( 'ABSPATH' ) || exit;

const COMMENTSVC_TOKEN_LIFE = 5 * MINUTE_IN_SECONDS;
const COMMENTSVC_COOKIE     = 'commentsvc_signed_in';

add_action( 'wp_ajax_commentsvc_token', 'commentsvc_answer_token' );
add_action( 'wp_ajax_nopriv_commentsvc_token', 'commentsvc_answer_token' );
add_action( 'init', 'commentsvc_mark_signed_in' );
add_action( 'set_logged_in_cookie', 'commentsvc_set_mark', 10, 0 );
add_action( 'clear_auth_cookie', 'commentsvc_clear_mark' );

/** Respond with the token as plain text, or with nothing if nobody is signed in. */
function commentsvc_answer_token() {
	nocache_headers();
	header( 'Content-Type: text/plain; charset=utf-8' );
	header( 'X-Content-Type-Options: nosniff' );
	$user = wp_get_current_user();
	echo $user->exists() ? commentsvc_token( $user ) : ''; // phpcs:ignore -- base64url and dots.
	exit;
}

/** A token that signs this person in once, within five minutes; empty if there is no secret. */
function commentsvc_token( $user ) {
	$secret = commentsvc_secret( 'sign_in' );
	if ( '' === $secret || ! commentsvc_is_set_up() ) {
		return '';
	}
	$now    = time();
	$signed = commentsvc_base64url( '{"alg":"HS256","typ":"JWT"}' ) . '.' . commentsvc_base64url(
		wp_json_encode(
			array(
				'aud'  => commentsvc_setting( 'site' ),
				'iat'  => $now,
				'exp'  => $now + COMMENTSVC_TOKEN_LIFE,
				'jti'  => wp_generate_uuid4(),
				'user' => commentsvc_person( $user ),
			)
		)
	);
	return $signed . '.' . commentsvc_base64url( hash_hmac( 'sha256', $signed, $secret, true ) );
}

/** What a token says about a person. An address that is not confirmed is left out. */
function commentsvc_person( $user ) {
	$person = array(
		'id'             => (string) $user->ID,
		'name'           => $user->display_name,
		'email'          => $user->user_email,
		'email_verified' => commentsvc_is_confirmed( $user ),
		'role'           => commentsvc_role( $user ),
		'locale'         => get_user_locale( $user ),
	);
	if ( ! $person['email_verified'] ) {
		unset( $person['email'] );
	}
	if ( get_option( 'show_avatars' ) ) {
		$person['picture'] = (string) get_avatar_url( $user, array( 'size' => 96 ) );
	}
	return apply_filters( 'commentsvc_person', $person, $user );
}

/** Whether the person's email address is confirmed. */
function commentsvc_is_confirmed( $user ) {
	$confirmed = commentsvc_setting( 'confirmed' ) && is_email( $user->user_email );
	return (bool) apply_filters( 'commentsvc_is_confirmed', $confirmed, $user );
}

/** The highest role that any of the person's roles gives. */
function commentsvc_role( $user ) {
	$given = array_intersect_key( commentsvc_setting( 'roles' ), array_flip( (array) $user->roles ) );
	foreach ( array( 'moderator', 'trusted' ) as $role ) {
		if ( in_array( $role, $given, true ) ) {
			return $role;
		}
	}
	return 'none';
}

/** Base64url without padding, as tokens use it. */
function commentsvc_base64url( $bytes ) {
	return rtrim( strtr( base64_encode( $bytes ), '+/', '-_' ), '=' ); // phpcs:ignore
}

/** Make the cookie match: people may have signed in before the plugin was active. */
function commentsvc_mark_signed_in() {
	$marked = isset( $_COOKIE[ COMMENTSVC_COOKIE ] );
	if ( headers_sent() || is_user_logged_in() === $marked ) {
		return;
	}
	if ( $marked ) {
		commentsvc_clear_mark();
	} elseif ( '' !== commentsvc_secret( 'sign_in' ) ) {
		commentsvc_set_mark();
	}
}

/** Set the cookie when someone signs in. */
function commentsvc_set_mark() {
	commentsvc_send_mark( '1', time() + 14 * DAY_IN_SECONDS );
}

/** Remove the cookie when someone signs out. */
function commentsvc_clear_mark() {
	commentsvc_send_mark( '', time() - YEAR_IN_SECONDS );
}

/** Send the cookie. It contains no secret and names nobody, so scripts can read it. */
function commentsvc_send_mark( $value, $until ) {
	if ( headers_sent() ) {
		return;
	}
	setcookie(
		COMMENTSVC_COOKIE,
		$value,
		array(
			'expires'  => $until,
			'path'     => COOKIEPATH ? COOKIEPATH : '/',
			'domain'   => COOKIE_DOMAIN ? COOKIE_DOMAIN : '',
			'secure'   => is_ssl(),
			'samesite' => 'Lax',
		)
	);
}
