<?php
/**
 * The template that classic themes include where they show comments.
 *
 * @package commentsvc
 */

defined( 'ABSPATH' ) || exit;

echo commentsvc_box( get_post() ); // phpcs:ignore -- commentsvc_box() escapes; the list is the server's own HTML.
