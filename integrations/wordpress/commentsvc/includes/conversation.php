<?php
/**
 * The comments as part of the page itself, for search engines and for readers without scripts.
 *
 * @package commentsvc
 */

defined( 'ABSPATH' ) || exit;

const COMMENTSVC_LIST_LIFE = MINUTE_IN_SECONDS;

/** The comments of a post as HTML from the server, or an empty string. */
function commentsvc_list( $post ) {
	if ( ! commentsvc_setting( 'list' ) && comments_open( $post ) ) {
		return '';
	}
	$key   = "commentsvc_list_{$post->ID}";
	$known = get_transient( $key );
	$known = is_array( $known ) ? $known : array( 'html' => '' );
	if ( isset( $known['at'] ) && $known['at'] > time() - COMMENTSVC_LIST_LIFE ) {
		return $known['html'];
	}
	$html = commentsvc_read(
		'/threads.html',
		array(
			'site'   => commentsvc_setting( 'site' ),
			'href'   => get_permalink( $post ),
			'part'   => 'list',
			'locale' => get_locale(),
		)
	);
	if ( null === $html || false === strpos( $html, 'commentsvc-comments' ) ) {
		return $known['html'];
	}
	set_transient(
		$key,
		array(
			'at'   => time(),
			'html' => $html,
		),
		DAY_IN_SECONDS
	);
	return $html;
}
