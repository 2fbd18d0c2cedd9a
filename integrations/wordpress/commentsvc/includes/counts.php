<?php
/**
 * How many comments a post has. One request fetches the counts of all posts on a page. The last known
 * count is stored with the post, in case the server cannot be reached.
 *
 * @package commentsvc
 */

defined( 'ABSPATH' ) || exit;

const COMMENTSVC_COUNT      = '_commentsvc_count';
const COMMENTSVC_COUNT_LIFE = 5 * MINUTE_IN_SECONDS;
const COMMENTSVC_MOST_URL   = 6000;

add_filter( 'the_posts', 'commentsvc_will_be_counted' );
add_filter( 'get_comments_number', 'commentsvc_number', 10, 2 );

/** Remember the posts that this page shows: their counts are fetched together. */
function commentsvc_will_be_counted( $posts ) {
	if ( is_array( $posts ) && commentsvc_counts_here() ) {
		foreach ( $posts as $post ) {
			commentsvc_shown_posts( $post->ID );
		}
	}
	return $posts;
}

/** Remember a post, and return all posts remembered so far. */
function commentsvc_shown_posts( $id = 0 ) {
	static $ids = array();
	if ( $id ) {
		$ids[ $id ] = $id;
	}
	return $ids;
}

/** Whether to show the server's counts. Not in wp-admin, whose counts belong to its own list of comments. */
function commentsvc_counts_here() {
	return commentsvc_is_set_up() && ( ! is_admin() || wp_doing_ajax() );
}

/** Filter for get_comments_number(). */
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

/** Whether the count must be fetched again. */
function commentsvc_is_count_old( $post_id ) {
	$known = get_post_meta( $post_id, COMMENTSVC_COUNT, true );
	return ! isset( $known['at'] ) || $known['at'] < time() - COMMENTSVC_COUNT_LIFE;
}

/** Fetch the count of one post, and of this page's other posts whose counts are old. */
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
			break; // the next post without a count starts another request.
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

/** Store a count; if `$at` is 0, it is fetched again when it is next needed. */
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

/** Expire what is cached of a conversation that has changed. */
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
