window.DISQUS_RECOMMENDATIONS={reset(){}};
