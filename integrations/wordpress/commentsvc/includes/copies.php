<?php
/**
 * The blog's copies of comments: stored like WordPress's own, without notifying anyone.
 *
 * @package commentsvc
 */

defined( 'ABSPATH' ) || exit;

/** Add a copy of a comment that this blog does not have yet. */
function commentsvc_add( $post_id, $value, $stamp ) {
	if ( ! $post_id || get_transient( 'commentsvc_gone_' . md5( $value['id'] ) ) ) {
		return 'ignored';
	}
	$above  = isset( $value['parent_id'] ) ? $value['parent_id'] : '';
	$parent = commentsvc_copy_of( $above, isset( $value['parent_source'] ) ? $value['parent_source'] : null );
	$parent = $parent && (int) get_comment( $parent )->comment_post_ID === $post_id ? $parent : 0;
	$gmt    = gmdate( 'Y-m-d H:i:s', (int) strtotime( $value['created_at'] ) );
	$id     = wp_insert_comment(
		wp_slash(
			array(
				'comment_post_ID'   => $post_id,
				'comment_author'    => sanitize_text_field( isset( $value['author']['name'] ) ? $value['author']['name'] : '' ),
				'comment_content'   => commentsvc_content( $value ),
				'comment_parent'    => $parent,
				'comment_approved'  => 1,
				'comment_date'      => get_date_from_gmt( $gmt ),
				'comment_date_gmt'  => $gmt,
				'comment_agent'     => 'commentsvc',
				'comment_type'      => 'comment',
				'comment_author_IP' => '',
				'comment_meta'      => array(
					COMMENTSVC_ID    => $value['id'],
					COMMENTSVC_STAMP => $stamp,
				),
			)
		)
	);
	if ( ! $id ) {
		return null;
	}
	if ( $above && ! $parent ) {
		add_comment_meta( $id, COMMENTSVC_PARENT, $above );
	}
	commentsvc_adopt( $id, $value['id'] );
	return 'added';
}

/** Attach replies that arrived before the comment that they reply to. */
function commentsvc_adopt( $id, $name ) {
	foreach ( commentsvc_with_meta( COMMENTSVC_PARENT, $name ) as $child ) {
		wp_update_comment(
			array(
				'comment_ID'     => $child,
				'comment_parent' => $id,
			)
		);
		delete_comment_meta( $child, COMMENTSVC_PARENT );
	}
}

/** Publish a comment that this blog already has, perhaps with another text. */
function commentsvc_change( $id, $value ) {
	if ( 'trash' === wp_get_comment_status( $id ) ) {
		wp_untrash_comment( $id );
	}
	$changed = array(
		'comment_ID'       => $id,
		'comment_approved' => 1,
	);
	if ( ! empty( $value['edited_at'] ) || get_comment_meta( $id, COMMENTSVC_ID, true ) ) {
		$changed['comment_content'] = commentsvc_content( $value ); // the blog's own comment keeps its text unless edited.
	}
	wp_update_comment( wp_slash( $changed ) );
	return 'changed';
}

/** The text as WordPress stores it: the inline tags allowed in comments, and line breaks for paragraphs. */
function commentsvc_content( $value ) {
	if ( ! isset( $value['html'] ) ) {
		return esc_html( isset( $value['text'] ) ? $value['text'] : '' );
	}
	$lines = preg_replace(
		array( '#\s*<br\s*/?>\s*#', '#<li[^>]*>\s*#', '#\s*</li>\s*#', '#\s*</(p|ul|ol|pre|h\d)>\s*#', '#</?(p|ul|ol|pre|h\d)\b[^>]*>#' ),
		array( "\n", '– ', "\n", "\n\n", '' ),
		$value['html']
	);
	$lines = preg_replace( array( "#\s*</blockquote>\s*#", "#\n{3,}#" ), array( "</blockquote>\n\n", "\n\n" ), $lines );
	return trim( wp_kses( $lines, wp_kses_allowed_html( 'pre_comment_content' ) ) );
}
