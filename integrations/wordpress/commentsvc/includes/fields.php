<?php
/**
 * The fields of the settings page.
 *
 * @package commentsvc
 */

defined( 'ABSPATH' ) || exit;

/** Add the sections and fields, in order. */
function commentsvc_add_fields() {
	$sections = array(
		'server'     => array(
			__( 'Server', 'commentsvc' ),
			array(
				'server' => __( 'Server address', 'commentsvc' ),
				'site'   => __( 'Site key', 'commentsvc' ),
			),
		),
		'pages'      => array(
			__( 'Pages', 'commentsvc' ),
			array(
				'post_types' => __( 'Show the box on', 'commentsvc' ),
				'list'       => __( 'Search engines', 'commentsvc' ),
			),
		),
		'sign_in'    => array(
			__( 'Sign-in', 'commentsvc' ),
			array(
				'secret'     => __( 'Sign-in secret', 'commentsvc' ),
				'login_page' => __( 'Signing in', 'commentsvc' ),
				'confirmed'  => __( 'Email addresses', 'commentsvc' ),
				'roles'      => __( 'Roles', 'commentsvc' ),
			),
		),
		'write_back' => array(
			__( 'Write-back', 'commentsvc' ),
			array( 'write_back' => __( 'Copies', 'commentsvc' ) ),
		),
	);
	foreach ( $sections as $section => list( $title, $fields ) ) {
		add_settings_section( "commentsvc_$section", $title, '__return_null', COMMENTSVC_PAGE );
		foreach ( $fields as $name => $label ) {
			$one = in_array( $name, array( 'post_types', 'roles' ), true ) ? array() : array( 'label_for' => "commentsvc_$name" );
			add_settings_field( "commentsvc_$name", $label, "commentsvc_field_$name", COMMENTSVC_PAGE, "commentsvc_$section", $one );
		}
	}
}

/** A text input with a hint. */
function commentsvc_text( $name, $type, $value, $hint, $more = '' ) {
	printf(
		'<input class="regular-text" id="commentsvc_%1$s" name="commentsvc[%1$s]" type="%2$s" value="%3$s" autocomplete="off"%4$s><p class="description">%5$s</p>',
		esc_attr( $name ),
		esc_attr( $type ),
		esc_attr( $value ),
		$more, // phpcs:ignore -- ours.
		esc_html( $hint )
	);
}

/** A checkbox, with or without a hint. */
function commentsvc_tick( $name, $label, $hint = '' ) {
	printf(
		'<label><input type="checkbox" id="commentsvc_%1$s" name="commentsvc[%1$s]" value="1"%2$s> %3$s</label>',
		esc_attr( $name ),
		checked( (bool) commentsvc_setting( $name ), true, false ),
		esc_html( $label )
	);
	if ( '' !== $hint ) {
		printf( '<p class="description">%s</p>', esc_html( $hint ) );
	}
}

/** The server's address. */
function commentsvc_field_server() {
	commentsvc_text( 'server', 'url', commentsvc_setting( 'server' ), __( 'For example https://comments.example.org', 'commentsvc' ), ' placeholder="https://"' );
}

/** The key of this blog's site on the server. */
function commentsvc_field_site() {
	commentsvc_text( 'site', 'text', commentsvc_setting( 'site' ), __( 'The dashboard shows it in the tag, as data-site.', 'commentsvc' ) );
}

/** The post types that show the box. */
function commentsvc_field_post_types() {
	foreach ( commentsvc_possible_types() as $type ) {
		printf(
			'<label><input type="checkbox" name="commentsvc[post_types][]" value="%s"%s> %s</label><br>',
			esc_attr( $type ),
			checked( in_array( $type, commentsvc_setting( 'post_types' ), true ), true, false ),
			esc_html( get_post_type_object( $type )->labels->name )
		);
	}
	echo '<p class="description">' . esc_html__( 'If you have turned comments off for a post, the page shows its comments without the box.', 'commentsvc' ) . '</p>';
}

/** Whether the page includes the comments as HTML. */
function commentsvc_field_list() {
	commentsvc_tick( 'list', __( 'Include the comments in the page', 'commentsvc' ), __( 'Readers without JavaScript see them too.', 'commentsvc' ) );
}

/** The sign-in secret, which is never shown. */
function commentsvc_field_secret() {
	if ( defined( commentsvc_constants()['sign_in'] ) ) {
		echo '<p>' . esc_html__( 'It is set in wp-config.php.', 'commentsvc' ) . '</p>';
		return;
	}
	$there = '' !== commentsvc_secret( 'sign_in' );
	commentsvc_text(
		'secret',
		'password',
		'',
		$there
			? __( 'A secret is stored. Leave this empty to keep it.', 'commentsvc' )
			: __( 'Create it in the dashboard, under Settings, Your own sign-in. People who are signed in here are then signed in to the box.', 'commentsvc' )
	);
	if ( $there ) {
		printf( '<label><input type="checkbox" name="commentsvc[forget_secret]" value="1"> %s</label>', esc_html__( 'Remove the secret', 'commentsvc' ) );
	}
}

/** Where people sign in. */
function commentsvc_field_login_page() {
	commentsvc_tick( 'login_page', __( 'Readers sign in on this blog', 'commentsvc' ), __( 'Otherwise, the box opens the server’s own sign-in window.', 'commentsvc' ) );
}

/** Whether this blog confirms email addresses. */
function commentsvc_field_confirmed() {
	commentsvc_tick( 'confirmed', __( 'This blog confirms its users’ addresses', 'commentsvc' ), __( 'Turn this off if people can sign up without confirming their address, as in many shops. They then get no emails about replies.', 'commentsvc' ) );
}

/** The role on the server that each WordPress role gives. */
function commentsvc_field_roles() {
	$given = commentsvc_setting( 'roles' );
	foreach ( wp_roles()->get_names() as $role => $name ) {
		printf( '<p><label>%s <select name="commentsvc[roles][%s]">', esc_html( translate_user_role( $name ) ), esc_attr( $role ) );
		foreach ( array(
			'none'      => __( 'Reader', 'commentsvc' ),
			'trusted'   => __( 'Trusted', 'commentsvc' ),
			'moderator' => __( 'Moderator', 'commentsvc' ),
		) as $gives => $label ) {
			printf( '<option value="%s"%s>%s</option>', esc_attr( $gives ), selected( isset( $given[ $role ] ) ? $given[ $role ] : 'none', $gives, false ), esc_html( $label ) );
		}
		echo '</select></label></p>';
	}
	echo '<p class="description">' . esc_html__( 'The site’s policy says which of these it accepts, under “Highest role that a token can give”. By default, it accepts none of them.', 'commentsvc' ) . '</p>';
}

/** Whether the blog keeps copies. */
function commentsvc_field_write_back() {
	commentsvc_tick( 'write_back', __( 'Keep a copy of each published comment in WordPress', 'commentsvc' ), __( 'If you ever leave, your comments are already here.', 'commentsvc' ) );
}
