<?php
/**
 * The blog's own comments as a WXR file that the server imports: posts without their texts, comments
 * without IP addresses. The IDs are the blog's, so importing again adds only new comments.
 *
 * @package commentsvc
 */

defined( 'ABSPATH' ) || exit;

const COMMENTSVC_BATCH = 500;

/**
 * Write the file piece by piece, without spam, trash, pingbacks and copies of comments that were written
 * on the server.
 *
 * @param callable $write called with each piece.
 * @return int how many comments were written.
 */
function commentsvc_export( $write ) {
	$write(
		'<?xml version="1.0" encoding="UTF-8"?>' . "\n"
		. '<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel>' . "\n"
		. commentsvc_tag( 'title', get_bloginfo( 'name' ) )
		. commentsvc_tag( 'link', home_url() )
		. commentsvc_tag( 'wp:wxr_version', '1.2' )
		. commentsvc_tag( 'wp:base_site_url', network_home_url() )
		. commentsvc_tag( 'wp:base_blog_url', home_url() )
	);
	$written = 0;
	foreach ( commentsvc_posts_with_comments() as $post_id ) {
		$post = get_post( $post_id );
		$write( "<item>\n" . commentsvc_exported_post( $post ) );
		for ( $last = 0; $rows = commentsvc_comments_after( $post_id, $last ); $last = (int) end( $rows )->comment_ID ) { // phpcs:ignore
			foreach ( $rows as $row ) {
				$write( commentsvc_exported_comment( $row ) );
				++$written;
			}
		}
		$write( "</item>\n" );
		if ( function_exists( 'wp_cache_flush_runtime' ) ) {
			wp_cache_flush_runtime(); // a blog may have more posts than fit in memory.
		}
	}
	$write( "</channel></rss>\n" );
	return $written;
}

/** The IDs of posts that have comments, of the post types that show the box. */
function commentsvc_posts_with_comments() {
	global $wpdb;
	$types = commentsvc_setting( 'post_types' );
	if ( ! $types ) {
		return array();
	}
	$marks = implode( ',', array_fill( 0, count( $types ), '%s' ) );
	return array_map( 'intval', $wpdb->get_col( $wpdb->prepare( "SELECT ID FROM $wpdb->posts p WHERE post_type IN ($marks) AND EXISTS (SELECT 1 FROM $wpdb->comments c WHERE c.comment_post_ID = p.ID) ORDER BY ID", $types ) ) ); // phpcs:ignore
}

/** The next batch of a post's comments, by ID. */
function commentsvc_comments_after( $post_id, $last ) {
	global $wpdb;
	return $wpdb->get_results( // phpcs:ignore
		$wpdb->prepare(
			"SELECT * FROM $wpdb->comments c WHERE comment_post_ID = %d AND comment_ID > %d AND comment_approved IN ('0', '1') AND comment_type IN ('', 'comment')
			AND NOT EXISTS (SELECT 1 FROM $wpdb->commentmeta m WHERE m.comment_id = c.comment_ID AND m.meta_key = %s)
			ORDER BY comment_ID LIMIT %d",
			$post_id,
			$last,
			COMMENTSVC_ID,
			COMMENTSVC_BATCH
		)
	);
}

/** A post, as the file contains it. */
function commentsvc_exported_post( $post ) {
	return commentsvc_tag( 'title', $post->post_title )
		. commentsvc_tag( 'link', get_permalink( $post ) )
		. commentsvc_tag( 'wp:post_id', $post->ID )
		. commentsvc_tag( 'wp:post_date', $post->post_date )
		. commentsvc_tag( 'wp:post_date_gmt', $post->post_date_gmt )
		. commentsvc_tag( 'wp:comment_status', $post->comment_status )
		. commentsvc_tag( 'wp:status', $post->post_status )
		. commentsvc_tag( 'wp:post_type', $post->post_type )
		. commentsvc_tag( 'wp:post_password', $post->post_password );
}

/** A comment, as the file contains it. */
function commentsvc_exported_comment( $row ) {
	$html = '';
	foreach ( array( 'ID', 'author', 'author_email', 'author_url', 'date', 'date_gmt', 'content', 'approved', 'type', 'parent' ) as $field ) {
		$html .= commentsvc_tag( 'wp:comment_' . strtolower( $field ), $row->{"comment_$field"} );
	}
	return "<wp:comment>\n$html" . commentsvc_tag( 'wp:comment_user_id', $row->user_id ) . "</wp:comment>\n";
}

/** One element, without characters that XML does not allow. */
function commentsvc_tag( $name, $text ) {
	$text = preg_replace( '/[^\x{9}\x{A}\x{D}\x{20}-\x{D7FF}\x{E000}-\x{FFFD}\x{10000}-\x{10FFFF}]/u', '', wp_check_invalid_utf8( (string) $text, true ) );
	return "<$name>" . htmlspecialchars( (string) $text, ENT_XML1 | ENT_NOQUOTES, 'UTF-8' ) . "</$name>\n";
}

/** Send the file to the browser, compressed if PHP has zlib. */
function commentsvc_send_export() {
	$pack = function_exists( 'deflate_init' ) ? deflate_init( ZLIB_ENCODING_GZIP ) : null;
	$name = sanitize_file_name( 'comments-' . wp_parse_url( home_url(), PHP_URL_HOST ) . '-' . gmdate( 'Y-m-d' ) . '.xml' . ( $pack ? '.gz' : '' ) );
	nocache_headers();
	header( 'Content-Type: ' . ( $pack ? 'application/gzip' : 'text/xml; charset=utf-8' ) );
	header( "Content-Disposition: attachment; filename=\"$name\"" );
	header( 'X-Content-Type-Options: nosniff' );
	commentsvc_export(
		function ( $piece ) use ( $pack ) {
			echo $pack ? deflate_add( $pack, $piece, ZLIB_NO_FLUSH ) : $piece; // phpcs:ignore
		}
	);
	if ( $pack ) {
		echo deflate_add( $pack, '', ZLIB_FINISH ); // phpcs:ignore
	}
}
