<?php
/**
 * The box, in place of the theme's comments, in classic themes and block themes.
 *
 * @package commentsvc
 */

defined( 'ABSPATH' ) || exit;

const COMMENTSVC_BLOCKS = array( 'core/comments', 'core/comments-query-loop', 'core/post-comments' );

add_filter( 'comments_template', 'commentsvc_template', 100 );
add_filter( 'pre_render_block', 'commentsvc_block', 10, 2 );
add_filter( 'script_loader_tag', 'commentsvc_async', 10, 2 );
add_action( 'pre_comment_on_post', 'commentsvc_refuse_form' );
add_filter( 'rest_pre_insert_comment', 'commentsvc_refuse_rest', 10, 2 );

/** Classic themes: the file that comments_template() includes. */
function commentsvc_template( $file ) {
	return commentsvc_is_ours( get_post() ) ? dirname( COMMENTSVC_FILE ) . '/templates/comments.php' : $file;
}

/** Block themes: the box in place of the comments block. A separate comment form block is left out. */
function commentsvc_block( $html, $block ) {
	$name = isset( $block['blockName'] ) ? $block['blockName'] : '';
	$form = 'core/post-comments-form' === $name;
	if ( null !== $html || ! ( $form || in_array( $name, COMMENTSVC_BLOCKS, true ) ) || ! commentsvc_is_ours( get_post() ) ) {
		return $html;
	}
	return $form ? '' : commentsvc_box( get_post() );
}

/**
 * The box of a post. If WordPress has closed the comments, only the existing ones are shown. If the post
 * has a password, nothing is shown until it is entered.
 */
function commentsvc_box( $post ) {
	if ( post_password_required( $post ) ) {
		return '';
	}
	$list = commentsvc_list( $post );
	if ( ! comments_open( $post ) ) {
		return false === strpos( $list, '<li' ) ? '' : "<div id=\"comments\" class=\"comments-area default-max-width\">$list</div>";
	}
	commentsvc_scripts();
	$attributes = array(
		'class'       => 'commentsvc',
		'id'          => 'respond',
		'data-server' => commentsvc_setting( 'server' ),
		'data-site'   => commentsvc_setting( 'site' ),
		'data-href'   => get_permalink( $post ),
		'data-title'  => wp_strip_all_tags( get_the_title( $post ) ),
	);
	if ( commentsvc_setting( 'login_page' ) && '' !== commentsvc_secret( 'sign_in' ) ) {
		$attributes['data-sign-in-url'] = add_query_arg( 'redirect_to', '{url}', wp_login_url() );
	}
	$html = '';
	foreach ( apply_filters( 'commentsvc_attributes', $attributes, $post ) as $name => $value ) {
		$html .= sprintf( ' %s="%s"', esc_attr( $name ), esc_attr( $value ) );
	}
	$plain = commentsvc_address(
		'/threads.html',
		array(
			'site' => commentsvc_setting( 'site' ),
			'href' => get_permalink( $post ),
		)
	);
	return sprintf(
		'<div id="comments" class="comments-area default-max-width"><div%s>%s</div><noscript><a href="%s">%s</a></noscript></div>',
		$html,
		$list,
		esc_url( $plain ),
		esc_html__( 'Comments', 'commentsvc' )
	);
}

/** Enqueue the loader and, if there is a sign-in secret, the script that signs readers in. */
function commentsvc_scripts() {
	// The server versions its own script.
	wp_enqueue_script( 'commentsvc', commentsvc_address( '/embed.js' ), array(), null, true ); // phpcs:ignore
	if ( '' === commentsvc_secret( 'sign_in' ) ) {
		return;
	}
	wp_enqueue_script( 'commentsvc-sign-in', plugins_url( 'assets/sign-in.js', COMMENTSVC_FILE ), array( 'commentsvc' ), COMMENTSVC_VERSION, true );
}

/** Load the loader asynchronously, and give the sign-in script its addresses. */
function commentsvc_async( $tag, $handle ) {
	if ( 'commentsvc' === $handle && false === strpos( $tag, ' async' ) ) {
		return str_replace( '<script ', '<script async ', $tag );
	}
	if ( 'commentsvc-sign-in' !== $handle ) {
		return $tag;
	}
	$added = sprintf(
		'<script data-token-url="%s" data-sign-out-url="%s" ',
		esc_url( admin_url( 'admin-ajax.php?action=commentsvc_token', 'relative' ) ),
		esc_url( wp_login_url() )
	);
	return str_replace( '<script ', $added, $tag );
}

/** Refuse WordPress's own form: it is not shown, but programs know its address. */
function commentsvc_refuse_form( $post_id ) {
	if ( commentsvc_is_ours( $post_id ) ) {
		wp_die( esc_html__( 'To comment, use the comment box on the page.', 'commentsvc' ), '', array( 'response' => 403 ) );
	}
}

/** Refuse comments through WordPress's REST API. */
function commentsvc_refuse_rest( $comment, $request ) {
	if ( is_wp_error( $comment ) || ! commentsvc_is_ours( (int) $request['post'] ) ) {
		return $comment;
	}
	return new WP_Error( 'commentsvc', __( 'To comment, use the comment box on the page.', 'commentsvc' ), array( 'status' => 403 ) );
}
