"""The WordPress plugin in a real WordPress, with MariaDB and a real server of ours."""
