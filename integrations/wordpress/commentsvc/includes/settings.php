<?php
/**
 * The owner's settings: one option for settings, and one that is not autoloaded for secrets.
 *
 * @package commentsvc
 */

defined( 'ABSPATH' ) || exit;

/** The defaults of all settings. */
function commentsvc_defaults() {
	return array(
		'server'     => '',
		'site'       => '',
		'post_types' => array( 'post', 'page' ),
		'list'       => true,
		'login_page' => (bool) get_option( 'users_can_register' ),
		'confirmed'  => true,
		'roles'      => array(
			'administrator' => 'moderator',
			'editor'        => 'moderator',
		),
		'write_back' => false,
	);
}

/** One setting. */
function commentsvc_setting( $name ) {
	$stored = get_option( 'commentsvc', array() );
	return array_merge( commentsvc_defaults(), is_array( $stored ) ? $stored : array() )[ $name ];
}

/** Whether server and site are set, without which no box can be shown. */
function commentsvc_is_set_up() {
	return '' !== commentsvc_setting( 'server' ) && '' !== commentsvc_setting( 'site' );
}

/** Secrets that wp-config.php can hold instead of the database. */
function commentsvc_constants() {
	return array(
		'sign_in'      => 'COMMENTSVC_SECRET',
		'webhook'      => 'COMMENTSVC_WEBHOOK_SECRET',
		'verify_token' => 'COMMENTSVC_VERIFY_TOKEN',
	);
}

/** A secret, or an empty string. */
function commentsvc_secret( $name ) {
	$constant = commentsvc_constants()[ $name ];
	if ( defined( $constant ) ) {
		return (string) constant( $constant );
	}
	$stored = get_option( 'commentsvc_secrets', array() );
	return is_array( $stored ) && isset( $stored[ $name ] ) ? (string) $stored[ $name ] : '';
}

/** Store a secret; an empty one is removed. */
function commentsvc_keep_secret( $name, $value ) {
	$stored = get_option( 'commentsvc_secrets', array() );
	$stored = is_array( $stored ) ? $stored : array();
	unset( $stored[ $name ] );
	if ( '' !== $value ) {
		$stored[ $name ] = $value;
	}
	update_option( 'commentsvc_secrets', $stored, false );
}

/** The server's address as it is stored: without a trailing slash, and empty if it is not a web address. */
function commentsvc_clean_server( $given ) {
	$given = trim( (string) $given );
	if ( '' !== $given && ! preg_match( '#^https?://#i', $given ) ) {
		$given = "https://$given";
	}
	$parts = wp_parse_url( $given );
	if ( empty( $parts['host'] ) || isset( $parts['user'] ) || isset( $parts['pass'] ) ) {
		return '';
	}
	$path = isset( $parts['path'] ) ? rtrim( $parts['path'], '/' ) : '';
	$port = isset( $parts['port'] ) ? ":{$parts['port']}" : '';
	return esc_url_raw( strtolower( "{$parts['scheme']}://{$parts['host']}" ) . $port . $path );
}

/** The settings from the form, sanitized. Secrets are stored elsewhere. */
function commentsvc_clean( $given ) {
	$given = is_array( $given ) ? $given : array();
	$types = isset( $given['post_types'] ) && is_array( $given['post_types'] ) ? $given['post_types'] : array();
	$roles = array();
	foreach ( isset( $given['roles'] ) && is_array( $given['roles'] ) ? $given['roles'] : array() as $role => $gives ) {
		if ( in_array( $gives, array( 'trusted', 'moderator' ), true ) ) {
			$roles[ sanitize_key( $role ) ] = $gives;
		}
	}
	$clean = array(
		'server'     => commentsvc_clean_server( isset( $given['server'] ) ? $given['server'] : '' ),
		'site'       => preg_replace( '/[^a-z0-9-]/', '', strtolower( isset( $given['site'] ) ? (string) $given['site'] : '' ) ),
		'post_types' => array_values( array_intersect( array_map( 'sanitize_key', $types ), commentsvc_possible_types() ) ),
		'roles'      => $roles,
	);
	foreach ( array( 'list', 'login_page', 'confirmed', 'write_back' ) as $name ) {
		$clean[ $name ] = ! empty( $given[ $name ] );
	}
	return $clean;
}

/** Post types that can have comments and pages of their own. */
function commentsvc_possible_types() {
	$types = array();
	foreach ( get_post_types( array( 'public' => true ) ) as $type ) {
		if ( post_type_supports( $type, 'comments' ) ) {
			$types[] = $type;
		}
	}
	return $types;
}

/** Whether the conversation of this post is on the server. */
function commentsvc_is_ours( $post ) {
	$post = get_post( $post );
	$ours = $post
		&& commentsvc_is_set_up()
		&& 'publish' === get_post_status( $post )
		&& in_array( $post->post_type, commentsvc_setting( 'post_types' ), true );
	return (bool) apply_filters( 'commentsvc_is_ours', $ours, $post );
}
