"""Addresses, and whether they are an unfilled template: one table for the server and the script."""

LEFT = (
    "{{ url }}", "https://blog.example.org/{{slug}}", "{% url %}", "https://blog.example.org/%}", "a}}",
    "<?php url() ?>", "<%= url %>", "${url}", "https://blog.example.org/#{id}", "%url%", "%permalink%",
    "https://blog.example.org/%ad_url%/", "https://blog.example.org/%page.url%", "[permalink]", "[url]",
    "[object Object]", "undefined", "null", "None", "about:blank", "UNDEFINED",
)  # fmt: skip
WRITTEN = (
    "https://blog.example.org/les%20%C3%AAtre%20vivants", "https://blog.example.org/%ac%20b",
    "https://blog.example.org/100%25-sure%20thing", "https://blog.example.org/%C3%A4%C3%B6",
    "https://blog.example.org/%E2%80%99s%20day", "https://blog.example.org/a?q=%D0%BC%D0%B8%D1%80",
    "https://blog.example.org/a%20b%20c", "https://blog.example.org/fad%C3%A9dade%20%C3%A9",
    "https://blog.example.org/[a]", "https://blog.example.org/undefined", "https://blog.example.org/null",
    "https://blog.example.org/about:blank", "https://blog.example.org/?a={b}", "https://blog.example.org/$1",
    "https://blog.example.org/%deadbeef%20x",
)  # fmt: skip
