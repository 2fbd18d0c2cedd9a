<?php
/**
 * The settings page: Settings → Comment box. Secrets are entered there and never shown again.
 *
 * @package commentsvc
 */

defined( 'ABSPATH' ) || exit;

const COMMENTSVC_PAGE = 'commentsvc';

add_action( 'admin_menu', 'commentsvc_add_page' );
add_action( 'admin_init', 'commentsvc_register_settings' );
add_action( 'admin_post_commentsvc_test', 'commentsvc_do_test' );
add_action( 'admin_post_commentsvc_export', 'commentsvc_do_export' );
add_action( 'admin_post_commentsvc_webhook', 'commentsvc_do_webhook' );
add_filter( 'plugin_action_links_' . plugin_basename( COMMENTSVC_FILE ), 'commentsvc_add_link' );

/** The page's address. */
function commentsvc_page_url() {
	return admin_url( 'options-general.php?page=' . COMMENTSVC_PAGE );
}

/** Add the page to the menu. */
function commentsvc_add_page() {
	$title = __( 'Comment box', 'commentsvc' );
	add_options_page( $title, $title, 'manage_options', COMMENTSVC_PAGE, 'commentsvc_page' );
}

/** Add a link to the list of plugins. */
function commentsvc_add_link( $links ) {
	return array_merge( array( sprintf( '<a href="%s">%s</a>', esc_url( commentsvc_page_url() ), esc_html__( 'Settings', 'commentsvc' ) ) ), $links );
}

/** Register the setting. WordPress checks the form's nonce and capability, and stores what the callback returns. */
function commentsvc_register_settings() {
	register_setting(
		'commentsvc',
		'commentsvc',
		array(
			'type'              => 'object',
			'sanitize_callback' => 'commentsvc_take_form',
		)
	);
	commentsvc_add_fields();
}

/** Sanitize the form. A secret is stored only if one was entered, and removed only if requested. */
function commentsvc_take_form( $given ) {
	static $before = null; // WordPress may call this twice when it first stores an option.
	$clean = commentsvc_clean( $given );
	if ( null === $before && is_array( $given ) && current_user_can( 'manage_options' ) ) {
		$before = true;
		commentsvc_take_secret( $given );
		if ( ! empty( $given['server'] ) && '' === $clean['server'] ) {
			add_settings_error( 'commentsvc', 'server', __( 'The server’s address is not a web address.', 'commentsvc' ) );
		}
		delete_transient( 'commentsvc_away' );
	}
	return $clean;
}

/** Store or remove the sign-in secret. */
function commentsvc_take_secret( $given ) {
	$typed = isset( $given['secret'] ) ? trim( (string) $given['secret'] ) : '';
	if ( ! empty( $given['forget_secret'] ) ) {
		commentsvc_keep_secret( 'sign_in', '' );
	} elseif ( '' !== $typed ) {
		commentsvc_keep_secret( 'sign_in', $typed );
	}
}

/** Show the page. */
function commentsvc_page() {
	if ( ! current_user_can( 'manage_options' ) ) {
		return;
	}
	echo '<div class="wrap"><h1>' . esc_html( get_admin_page_title() ) . '</h1>';
	commentsvc_show_results();
	echo '<form action="options.php" method="post">';
	settings_fields( 'commentsvc' );
	do_settings_sections( COMMENTSVC_PAGE );
	submit_button();
	echo '</form>';
	commentsvc_section(
		'test',
		__( 'Test the connection', 'commentsvc' ),
		__( 'Save your changes first. The test also signs you in to the box for a moment.', 'commentsvc' ),
		__( 'Test the connection', 'commentsvc' )
	);
	commentsvc_section(
		'export',
		__( 'Import this blog’s comments', 'commentsvc' ),
		__( 'Download the file, then upload it in the dashboard, on the site’s Import & export page. You can do this again later: only new comments are added.', 'commentsvc' ),
		__( 'Download comments', 'commentsvc' )
	);
	commentsvc_section(
		'webhook',
		__( 'Webhook for write-back', 'commentsvc' ),
		/* translators: %s: address */
		sprintf( __( 'Create a secret and a verify token, then add a webhook in the dashboard with them and this address: %s. Choose all events that begin with “comment.”. A new secret replaces the old one.', 'commentsvc' ), commentsvc_webhook_url() ),
		__( 'Create secret and token', 'commentsvc' )
	);
	echo '</div>';
}

/** A heading, a sentence and a button that does one thing. */
function commentsvc_section( $does, $title, $lead, $button ) {
	printf( '<h2>%s</h2><p>%s</p><form action="%s" method="post">', esc_html( $title ), esc_html( $lead ), esc_url( admin_url( 'admin-post.php' ) ) );
	printf( '<input type="hidden" name="action" value="commentsvc_%s">', esc_attr( $does ) );
	wp_nonce_field( "commentsvc_$does" );
	submit_button( $button, 'secondary', "commentsvc_do_$does", false );
	echo '</form>';
}

/** End the request unless an administrator sent the form. */
function commentsvc_must_be_owner( $does ) {
	if ( ! current_user_can( 'manage_options' ) ) {
		wp_die( esc_html__( 'Only administrators can do this.', 'commentsvc' ), '', array( 'response' => 403 ) );
	}
	check_admin_referer( "commentsvc_$does" );
}

/** The button "Test the connection". */
function commentsvc_do_test() {
	commentsvc_must_be_owner( 'test' );
	commentsvc_go_back( commentsvc_check( wp_get_current_user() ) );
}

/** The button "Download comments". */
function commentsvc_do_export() {
	commentsvc_must_be_owner( 'export' );
	commentsvc_send_export();
	exit;
}

/** The button "Create secret and token": the next page shows both, once. */
function commentsvc_do_webhook() {
	commentsvc_must_be_owner( 'webhook' );
	$secret = 'whsec_' . base64_encode( random_bytes( 32 ) ); // phpcs:ignore
	$token  = bin2hex( random_bytes( 16 ) );
	commentsvc_keep_secret( 'webhook', $secret );
	commentsvc_keep_secret( 'verify_token', $token );
	commentsvc_go_back(
		array(
			/* translators: %s: secret */
			array( 'good', sprintf( __( 'Secret, shown only now: %s', 'commentsvc' ), $secret ) ),
			/* translators: %s: token */
			array( 'good', sprintf( __( 'Verify token, shown only now: %s', 'commentsvc' ), $token ) ),
		)
	);
}

/** Redirect to the page, which shows these results once, to this person only. */
function commentsvc_go_back( $results ) {
	set_transient( 'commentsvc_said_' . get_current_user_id(), $results, MINUTE_IN_SECONDS );
	wp_safe_redirect( commentsvc_page_url() );
	exit;
}

/** Show the results of the last button. */
function commentsvc_show_results() {
	$key     = 'commentsvc_said_' . get_current_user_id();
	$results = get_transient( $key );
	delete_transient( $key );
	$classes = array(
		'good'    => 'notice-success',
		'warning' => 'notice-warning',
		'bad'     => 'notice-error',
	);
	foreach ( is_array( $results ) ? $results : array() as list( $how, $sentence ) ) {
		printf( '<div class="notice %s"><p>%s</p></div>', esc_attr( $classes[ $how ] ), esc_html( $sentence ) );
	}
}
