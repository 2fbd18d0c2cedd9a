<?php
/**
 * How many comments a post has. All posts of a page are asked for in one request. The last known
 * number stays with the post, so that it is there when the server is not.
 *
 * @package commentsvc
 */

defined( 'ABSPATH' ) || exit;

const COMMENTSVC_COUNT      = '_commentsvc_count';
const COMMENTSVC_COUNT_LIFE = 5 * MINUTE_IN_SECONDS;
const COMMENTSVC_MOST_URL   = 6000;

add_filter( 'the_posts', 'commentsvc_will_be_counted' );
add_filter( 'get_comments_number', 'commentsvc_number', 10, 2 );

/** The posts that this page shows: asked for together once one of them is. */
function commentsvc_will_be_counted( $posts ) {
	if ( is_array( $posts ) && commentsvc_counts_here() ) {
		foreach ( $posts as $post ) {
			commentsvc_shown_posts( $post->ID );
		}
	}
	return $posts;
}

/** Remembers a post; returns all that were remembered. */
function commentsvc_shown_posts( $id = 0 ) {
	static $ids = array();
	if ( $id ) {
		$ids[ $id ] = $id;
	}
	return $ids;
}

/** Lists in the dashboard show WordPress's own numbers, which belong to its own list of comments. */
function commentsvc_counts_here() {
	return commentsvc_is_set_up() && ( ! is_admin() || wp_doing_ajax() );
}

/** The filter of get_comments_number(). */
function commentsvc_number( $number, $post_id ) {
	if ( ! commentsvc_counts_here() || ! commentsvc_is_ours( $post_id ) ) {
		return $number;
	}
	commentsvc_shown_posts( (int) $post_id );
	if ( commentsvc_is_count_old( $post_id ) ) {
		commentsvc_fetch_counts( (int) $post_id );
	}
	$known = get_post_meta( $post_id, COMMENTSVC_COUNT, true );
	return isset( $known['number'] ) ? $known['number'] : $number;
}

/** Whether the number must be asked for again. */
function commentsvc_is_count_old( $post_id ) {
	$known = get_post_meta( $post_id, COMMENTSVC_COUNT, true );
	return ! isset( $known['at'] ) || $known['at'] < time() - COMMENTSVC_COUNT_LIFE;
}

/** Ask for one post, and with it for all others of this page whose number is old. */
function commentsvc_fetch_counts( $first ) {
	$asked  = array();
	$length = 0;
	foreach ( array( $first => $first ) + commentsvc_shown_posts() as $id ) {
		if ( $id !== $first && ( ! commentsvc_is_ours( $id ) || ! commentsvc_is_count_old( $id ) ) ) {
			continue;
		}
		$href    = get_permalink( $id );
		$length += strlen( rawurlencode( $href ) ) + 6;
		if ( $asked && $length > COMMENTSVC_MOST_URL ) {
			break; // the next post that is not known yet starts another request.
		}
		$asked[ $id ] = $href;
	}
	$body  = commentsvc_read(
		'/api/v1/counts',
		array(
			'site' => commentsvc_setting( 'site' ),
			'href' => array_values( $asked ),
		)
	);
	$found = null === $body ? null : json_decode( $body, true );
	if ( ! isset( $found['counts'] ) || ! is_array( $found['counts'] ) ) {
		return;
	}
	foreach ( $asked as $id => $href ) {
		if ( isset( $found['counts'][ $href ] ) ) {
			commentsvc_keep_count( $id, (int) $found['counts'][ $href ], time() );
		}
	}
}

/** Remember a number; with 0 as its time it is asked for again when it is next needed. */
function commentsvc_keep_count( $post_id, $number, $at ) {
	update_post_meta(
		$post_id,
		COMMENTSVC_COUNT,
		array(
			'number' => $number,
			'at'     => $at,
		)
	);
}

/** Something has changed in this conversation: what is cached of it is old now. */
function commentsvc_is_stale( $post_id ) {
	$known = get_post_meta( $post_id, COMMENTSVC_COUNT, true );
	if ( isset( $known['number'] ) ) {
		commentsvc_keep_count( $post_id, $known['number'], 0 );
	}
	$list = get_transient( "commentsvc_list_$post_id" );
	if ( is_array( $list ) ) {
		set_transient( "commentsvc_list_$post_id", array( 'at' => 0 ) + $list, DAY_IN_SECONDS );
	}
}
