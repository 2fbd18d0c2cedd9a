<?php
/**
 * "Test the connection": what works, and what is wrong, in sentences.
 *
 * @package commentsvc
 */

defined( 'ABSPATH' ) || exit;

const COMMENTSVC_PATIENCE = 10; // seconds; longer than for readers, because the owner is waiting.

/** The results of all checks: pairs of "good", "warning" or "bad" and a sentence. Ends early if server or site fails. */
function commentsvc_check( $user ) {
	if ( ! commentsvc_is_set_up() ) {
		return array( array( 'bad', __( 'Enter the server’s address and the site key, and save them.', 'commentsvc' ) ) );
	}
	$found = commentsvc_check_server();
	if ( 'bad' !== end( $found )[0] ) {
		$found[] = commentsvc_check_site();
	}
	if ( 'bad' !== end( $found )[0] ) {
		$found = array_merge( $found, commentsvc_check_secret( $user ), commentsvc_check_write_back() );
		delete_transient( 'commentsvc_away' );
	}
	return $found;
}

/** Whether a commentsvc server responds. */
function commentsvc_check_server() {
	$found = array();
	if ( is_ssl() && 0 === strpos( commentsvc_setting( 'server' ), 'http:' ) ) {
		$found[] = array( 'warning', __( 'Your pages use https but the server’s address does not, so browsers will block the box.', 'commentsvc' ) );
	}
	$answer = commentsvc_ask( '/healthz', array(), array( 'timeout' => COMMENTSVC_PATIENCE ) );
	if ( is_wp_error( $answer ) ) {
		/* translators: %s: error message */
		$found[] = array( 'bad', sprintf( __( 'The server cannot be reached: %s', 'commentsvc' ), $answer->get_error_message() ) );
	} elseif ( 200 !== $answer['status'] ) {
		/* translators: %d: HTTP status */
		$found[] = array( 'bad', sprintf( __( 'There is a web server at this address, but it is not commentsvc, or it is not ready. It returned status %d.', 'commentsvc' ), $answer['status'] ) );
	} else {
		$found[] = array( 'good', __( 'The server responds.', 'commentsvc' ) );
	}
	return $found;
}

/** Whether the site exists and this blog can show it, using the same request as the box. */
function commentsvc_check_site() {
	$home   = home_url( '/' );
	$parts  = wp_parse_url( $home );
	$origin = $parts['scheme'] . '://' . $parts['host'] . ( isset( $parts['port'] ) ? ":{$parts['port']}" : '' );
	$answer = commentsvc_ask(
		'/embed/thread',
		array(
			'site' => commentsvc_setting( 'site' ),
			'href' => $home,
			'page' => $origin,
		),
		array( 'timeout' => COMMENTSVC_PATIENCE )
	);
	$status = is_wp_error( $answer ) ? 0 : $answer['status'];
	if ( 404 === $status ) {
		/* translators: %s: site key */
		return array( 'bad', sprintf( __( 'The server has no site with the key “%s”.', 'commentsvc' ), commentsvc_setting( 'site' ) ) );
	}
	if ( 403 === $status || 422 === $status ) {
		/* translators: %s: address such as https://example.org */
		return array( 'bad', sprintf( __( 'The site does not list this blog. In the dashboard, open the site’s Settings and add %s under “Websites that may show these comments”.', 'commentsvc' ), $origin ) );
	}
	if ( 200 !== $status ) {
		/* translators: %d: HTTP status */
		return array( 'bad', sprintf( __( 'The comment box could not be loaded. The server returned status %d.', 'commentsvc' ), $status ) );
	}
	return array( 'good', __( 'The site exists and lists this blog.', 'commentsvc' ) );
}

/** Whether the secret signs people in. Signs the current user in and out again. */
function commentsvc_check_secret( $user ) {
	if ( '' === commentsvc_secret( 'sign_in' ) ) {
		return array( array( 'warning', __( 'There is no sign-in secret, so people who are signed in here are not signed in to the box.', 'commentsvc' ) ) );
	}
	if ( ! $user ) {
		return array( array( 'warning', __( 'Sign-in was not tested, because nobody is signed in here.', 'commentsvc' ) ) );
	}
	$answer = commentsvc_send(
		'/api/v1/sign-in/site',
		array(
			'site'  => commentsvc_setting( 'site' ),
			'token' => commentsvc_token( $user ),
		)
	);
	$said   = is_wp_error( $answer ) ? array() : json_decode( $answer['body'], true );
	if ( ! is_wp_error( $answer ) && 200 === $answer['status'] && isset( $said['refresh_token'] ) ) {
		commentsvc_send( '/api/v1/sign-in/out', array( 'refresh_token' => $said['refresh_token'] ) );
		return array( array( 'good', __( 'Sign-in works.', 'commentsvc' ) ) );
	}
	$why = is_wp_error( $answer ) ? $answer->get_error_message() : ( isset( $said['detail'] ) ? $said['detail'] : "HTTP {$answer['status']}" );
	/* translators: %s: the server's answer */
	return array( array( 'bad', sprintf( __( 'Sign-in does not work. The server says: %s', 'commentsvc' ), $why ) ) );
}

/** Send JSON. */
function commentsvc_send( $path, $body ) {
	return commentsvc_ask(
		$path,
		array(),
		array(
			'method'  => 'POST',
			'timeout' => COMMENTSVC_PATIENCE,
			'headers' => array(
				'Content-Type'    => 'application/json',
				'Accept-Language' => str_replace( '_', '-', get_user_locale() ),
			),
			'body'    => wp_json_encode( $body ),
		)
	);
}

/** Whether write-back can work. */
function commentsvc_check_write_back() {
	if ( ! commentsvc_setting( 'write_back' ) ) {
		return array();
	}
	if ( '' === commentsvc_secret( 'webhook' ) || '' === commentsvc_secret( 'verify_token' ) ) {
		return array( array( 'bad', __( 'Write-back is on but has no secret. Create one below.', 'commentsvc' ) ) );
	}
	return array( array( 'good', __( 'Write-back is on. The site’s Webhooks page in the dashboard shows whether requests arrive.', 'commentsvc' ) ) );
}
